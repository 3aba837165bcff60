package org.tandemopc.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README is compiled and run, octet for octet, by somebody who has the module and nothing else. */
@Timeout(150)
class ReadmeTest {
    private static final String FENCE = "```";

    /** Imports apart: what there is to understand. */
    private static final int LINES_MAX = 30;

    private static String example() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        int from = readme.indexOf(FENCE + "java\n");
        assertThat(from).as("an example").isNotNegative();
        int begin = readme.indexOf('\n', from) + 1;
        return readme.substring(begin, readme.indexOf(FENCE, begin));
    }

    @Test
    void itsExampleServesAnObjectAndCallsIt(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(folder.resolve("Example.java"), example());
        Path said = folder.resolve("said.txt");
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        source.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean isOver = run.waitFor(110, TimeUnit.SECONDS);
        run.destroyForcibly();

        String output = Files.readString(said, StandardCharsets.UTF_8);
        assertThat(isOver).as(output).isTrue();
        assertThat(output.lines().filter(line -> !line.startsWith("SLF4J"))).containsExactly("84.5 degrees");
        assertThat(run.exitValue()).isZero();
    }

    @Test
    void itIsShort() throws Exception {
        assertThat(example().lines().filter(line -> !line.isBlank() && !line.startsWith("import ")))
                .hasSizeLessThanOrEqualTo(LINES_MAX);
    }

    /** The classes of the module and what it needs; not those of its tests. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
        return java.util.Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> (entry.endsWith("classes") && !entry.endsWith("test-classes"))
                        || Path.of(entry).getFileName().toString().startsWith("slf4j-api"))
                .collect(java.util.stream.Collectors.joining(File.pathSeparator));
    }
}
