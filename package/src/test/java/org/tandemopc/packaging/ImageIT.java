package org.tandemopc.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Requirement;

/** The image that {@code package/build} makes: whole, and at home anywhere. */
@Timeout(300)
class ImageIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    /** Needed for pictures in mails and for beans in JSON, neither of which Tandem has. */
    private static final String NOT_MISSED = "java.desktop";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** A module that is missing would be noticed when its first class is asked for, in a plant. */
    @Test
    @Requirement("DEP-1")
    void itsJavaHasEveryModuleThatTheJarsNeed() throws IOException {
        Path image = Built.image();
        List<String> jars;
        try (Stream<Path> files = Files.list(image.resolve("lib"))) {
            jars = files.map(Path::toString).toList();
        }
        List<String> line =
                new ArrayList<>(List.of("--multi-release", "25", "--ignore-missing-deps", "--print-module-deps", "-q"));
        line.addAll(jars);
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);

        int exit = ToolProvider.findFirst("jdeps").orElseThrow().run(out, out, line.toArray(String[]::new));

        assertThat(exit).as(said.toString()).isZero();
        TreeSet<String> needed =
                new TreeSet<>(Arrays.asList(said.toString().strip().split(",")));
        assertThat(needed).contains("java.base", NOT_MISSED);
        needed.remove(NOT_MISSED);
        String release = Files.readString(image.resolve("runtime").resolve("release"));
        Matcher modules = Pattern.compile("MODULES=\"(.*)\"").matcher(release);
        assertThat(modules.find()).isTrue();
        assertThat(modules.group(1).split(" ")).containsAll(needed);
    }

    /** Moved into a folder with a blank in its name, called by a link, by a user without a home. */
    @Test
    @Requirement({"DEP-1", "SYS-1"})
    void itRunsWhereverItLiesAndWithTheCacheOfItsTraining() throws IOException {
        Path moved = folder.resolve("another place");
        var _ = Shell.run(LONG, List.of("cp", "-a", Built.image().toString(), moved.toString()))
                .good();
        Path link = Files.createSymbolicLink(
                folder.resolve("tandem"), moved.resolve("bin").resolve("tandem"));

        String version = Shell.run(
                        LONG,
                        List.of(
                                "env",
                                "-i",
                                "PATH=/usr/bin:/bin",
                                "TANDEM_OPTS=-XX:AOTMode=on",
                                link.toString(),
                                "--version"))
                .good();

        assertThat(version).startsWith("tandem ").hasLineCount(1);

        Files.write(moved.resolve("tandem.aot"), new byte[] {1});
        assertThat(Shell.run(LONG, List.of(link.toString(), "--version")).good())
                .as("a cache that is broken is left alone, without a word")
                .isEqualTo(version);
        assertThat(Shell.run(LONG, List.of("env", "TANDEM_OPTS=-XX:AOTMode=on", link.toString(), "--version"))
                        .exit())
                .as("control: it was used")
                .isNotZero();
    }

    /** No engine for containers is there to build it. */
    @Test
    @Requirement("DEP-1")
    void whatTheContainerFileCopiesIsThere() throws IOException {
        Path image = Built.image();
        Path context = image.resolve("../..").normalize();
        List<String> lines = Files.readAllLines(context.resolve("Containerfile"));
        String version = lines.stream()
                .filter(line -> line.startsWith("ARG VERSION="))
                .map(line -> line.substring("ARG VERSION=".length()))
                .findFirst()
                .orElseThrow();

        List<String> sources = lines.stream()
                .filter(line -> line.startsWith("COPY "))
                .map(line -> line.split(" ")[1].replace("$VERSION", version))
                .toList();

        assertThat(sources)
                .singleElement()
                .satisfies(source -> assertThat(context.resolve(source)).isEqualTo(image));
        assertThat(lines).anyMatch(line -> line.matches("USER (?!0|root).+"));
    }
}
