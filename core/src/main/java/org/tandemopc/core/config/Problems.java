package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tandemopc.core.record.Printable;

/** Collects what is wrong, so that a person hears of everything at once. */
final class Problems {
    /** Longer than any sentence of this reader with a value that somebody meant. */
    private static final int SHOWN_MAX = 600;

    private static final int SHOWN_EACH = 280;

    private final List<ConfigProblem> all = new ArrayList<>();

    void error(String path, int line, String message, String remedy) {
        add(ConfigProblem.Severity.ERROR, path, line, message, remedy);
    }

    void warning(String path, int line, String message, String remedy) {
        add(ConfigProblem.Severity.WARNING, path, line, message, remedy);
    }

    private void add(ConfigProblem.Severity severity, String path, int line, String message, String remedy) {
        all.add(new ConfigProblem(severity, shown(path), line, shown(message), shown(remedy)));
    }

    /**
     * On one line, and not without end: a quotation mark that is missing makes one value of the rest of the file, and a key
     * or value in quotes may hold whatever moves a cursor.
     */
    private static String shown(String text) {
        String printable = Printable.of(text);
        return printable.length() <= SHOWN_MAX
                ? printable
                : printable.substring(0, SHOWN_EACH) + " ... " + printable.substring(printable.length() - SHOWN_EACH);
    }

    long errors() {
        return all.stream().filter(ConfigProblem::isError).count();
    }

    List<ConfigProblem> inOrder() {
        return all.stream().sorted(Comparator.comparingInt(ConfigProblem::line)).toList();
    }
}
