package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong, so that a person hears of everything at once. */
final class Problems {
    private final List<ConfigProblem> all = new ArrayList<>();

    void error(String path, int line, String message, String remedy) {
        all.add(new ConfigProblem(ConfigProblem.Severity.ERROR, path, line, message, remedy));
    }

    void warning(String path, int line, String message, String remedy) {
        all.add(new ConfigProblem(ConfigProblem.Severity.WARNING, path, line, message, remedy));
    }

    long errors() {
        return all.stream().filter(ConfigProblem::isError).count();
    }

    List<ConfigProblem> inOrder() {
        return all.stream().sorted(Comparator.comparingInt(ConfigProblem::line)).toList();
    }
}
