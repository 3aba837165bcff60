package org.tandemopc.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tests that docs/reference/attacks.md names are there. */
class AttacksPageTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+)(?:\\$(\\w+))?#(\\w+)`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!--)(?!fixed |finding |attack )(.+) \\|$");

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Set<String> missing = new LinkedHashSet<>();
        int found = 0;
        Matcher named = NAMED.matcher(page());
        while (named.find()) {
            if (isTest(named.group(1), named.group(2), named.group(3))) {
                found++;
            } else {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(found).as("control").isGreaterThan(40);
        assertThat(isTest("AttacksPageTest", null, "nothingOfThisName"))
                .as("control")
                .isFalse();
    }

    @Test
    void everyRowNamesATest() throws IOException {
        List<String> rows = new ArrayList<>();
        Matcher row = ROW.matcher(page());
        while (row.find()) {
            rows.add(row.group(1));
        }
        assertThat(rows)
                .hasSizeGreaterThan(25)
                .allMatch(each -> NAMED.matcher(each).find());
    }

    private static boolean isTest(String type, @Nullable String nested, String method) throws IOException {
        for (Path source : sourcesOf(type)) {
            String text = Files.readString(source);
            boolean isNested = nested == null || text.contains("class " + nested + " {");
            if (isNested && isTest(text, method)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTest(String source, String method) {
        int declared = source.indexOf(" void " + method + "(");
        if (declared < 0) {
            return false;
        }
        String annotations = source.substring(source.lastIndexOf("\n\n", declared) + 1, declared);
        return annotations.contains("@Test") || annotations.contains("@ParameterizedTest");
    }

    private static List<Path> sourcesOf(String type) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : Modules.names()) {
            Path tests = Modules.root().resolve(module).resolve("src/test/java");
            if (Files.isDirectory(tests)) {
                try (Stream<Path> files = Files.walk(tests)) {
                    files.filter(file -> file.endsWith(type + ".java")).forEach(sources::add);
                }
            }
        }
        return sources;
    }

    private static String page() throws IOException {
        return Files.readString(Modules.root().resolve("docs/reference/attacks.md"));
    }
}
