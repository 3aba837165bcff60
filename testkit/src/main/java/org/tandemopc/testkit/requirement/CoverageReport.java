package org.tandemopc.testkit.requirement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tandemopc.testkit.Protocol;

/** Writes the coverage list of a whole build from the files that {@link RequirementListener} left in its modules. */
public final class CoverageReport {
    /** The tests of one id, by protocol. */
    private record Row(Map<Protocol, Set<String>> tests) {
        boolean isCovered() {
            return !tests.isEmpty();
        }

        String count(Protocol protocol) {
            int count = tests.getOrDefault(protocol, Set.of()).size();
            return count == 0 ? "" : String.valueOf(count);
        }
    }

    private CoverageReport() {}

    /** @param arguments the root of the build; the list is written to its {@code target} folder */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments.length > 0 ? arguments[0] : ".");
        List<Path> files = files(root);
        if (files.isEmpty()) {
            System.err.println("no requirement-ids.txt below " + root + ": run the tests first");
            System.exit(1);
        }
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            lines.addAll(Files.readAllLines(file));
        }
        Path report = root.resolve("target").resolve("requirement-coverage.md");
        Files.createDirectories(root.resolve("target"));
        Files.writeString(report, render(lines));
        System.out.println(summary(lines) + " See " + report + ".");
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            return modules.map(m -> m.resolve("target").resolve("requirement-ids.txt"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /**
     * The list as Markdown.
     *
     * @param lines of the listener
     * @throws IllegalArgumentException for an id that does not exist
     */
    static String render(List<String> lines) {
        Map<String, Row> rows = rows(lines);
        StringBuilder text = new StringBuilder("# Requirements with a passing test\n\n");
        text.append(summary(lines)).append(" Numbers are tests that ran and passed; an id may need more than one.\n\n");
        text.append("| id | what | any protocol | UA | DA |\n|--|--|--|--|--|\n");
        rows.forEach((id, row) -> {
            if (row.isCovered()) {
                text.append("| %s | %s | %s | %s | %s |%n"
                        .formatted(
                                id, what(id), row.count(Protocol.ANY), row.count(Protocol.UA), row.count(Protocol.DA)));
            }
        });
        text.append("\n## Without a test\n\n| id | what |\n|--|--|\n");
        rows.forEach((id, row) -> {
            if (!row.isCovered()) {
                text.append("| %s | %s |%n".formatted(id, what(id)));
            }
        });
        text.append("\n## The tests\n\n");
        rows.forEach((id, row) -> row.tests()
                .forEach((protocol, tests) -> tests.stream()
                        .sorted()
                        .forEach(test -> text.append("- %s (%s): %s%n".formatted(id, protocol, test)))));
        return text.toString();
    }

    private static String what(String id) {
        return String.valueOf(RequirementIds.all().get(id)).replace("|", "\\|").replace("<", "&lt;");
    }

    private static String summary(List<String> lines) {
        Map<String, Row> rows = rows(lines);
        long covered = rows.values().stream().filter(Row::isCovered).count();
        return "%d of %d ids have a passing test.".formatted(covered, rows.size());
    }

    private static Map<String, Row> rows(List<String> lines) {
        Map<String, Row> rows = new LinkedHashMap<>();
        RequirementIds.all().keySet().forEach(id -> rows.put(id, new Row(new EnumMap<>(Protocol.class))));
        for (String line : lines) {
            String[] columns = line.split("\t");
            Row row = columns.length == 3 ? rows.get(columns[1]) : null;
            if (row == null) {
                throw new IllegalArgumentException("not a line of the coverage list, or an unknown id: " + line);
            }
            row.tests()
                    .computeIfAbsent(Protocol.valueOf(columns[0]), _ -> new HashSet<>())
                    .add(columns[2]);
        }
        return rows;
    }
}
