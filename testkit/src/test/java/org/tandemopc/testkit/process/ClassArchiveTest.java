package org.tandemopc.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void processStartsWithTheClassesThatTheExampleLoaded() throws Exception {
        ClassArchive.make(folder, () -> assertThat(greet(List.of())).contains("hello"));
        System.setProperty("tandem.test.archive", folder.toString());
        try {
            assertThat(greet(List.of("-Xlog:class+load")))
                    .contains("hello")
                    .anyMatch(line -> line.contains(Greeting.class.getName()) && line.contains("shared objects file"));
        } finally {
            System.clearProperty("tandem.test.archive");
        }
        assertThat(greet(List.of("-Xlog:class+load")))
                .as("control: without the archive it comes from the class path")
                .noneMatch(line -> line.contains(Greeting.class.getName()) && line.contains("shared objects file"));
    }

    private List<String> greet(List<String> jvmFlags) {
        Path errors = folder.resolve("errors.txt");
        try (TestProcess process =
                TestProcess.startJava("greeting", errors, jvmFlags, Greeting.class.getName(), List.of())) {
            assertThat(process.awaitExit(LONG)).as(process.log()).isZero();
            return process.output();
        }
    }

    /** A program. */
    static final class Greeting {
        private Greeting() {}

        public static void main(String[] args) {
            System.out.println("hello");
        }
    }

    @Test
    void exampleThatStartsNothingMakesNoArchive() {
        assertThatThrownBy(() -> ClassArchive.make(folder, () -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no process has left a list of its classes");
    }

    @Test
    void listsAreOneWithoutNumbersAndWithoutClassesOfOtherLoaders() {
        assertThat(ClassArchive.merged(List.of(
                        "# a remark",
                        "java/lang/Object id: 0",
                        "java/lang/Object id: 3",
                        "plug/In id: 7 super: 0 source: plug.jar",
                        "@cp java/lang/Object 1 2")))
                .containsExactly("java/lang/Object", "@cp java/lang/Object 1 2");
    }

    @Test
    void foldersOfTheClassPathBecomeJars() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes/plant"));
        Files.writeString(classes.resolve("Valve.class"), "bytes");
        Path jar = Files.writeString(folder.resolve("a.jar"), "a jar");

        String packed = ClassArchive.packed(
                String.join(File.pathSeparator, folder.resolve("classes").toString(), "not/there", jar.toString()),
                folder);

        String[] parts = packed.split(File.pathSeparator);
        assertThat(parts).hasSize(2).endsWith(jar.toString());
        try (JarFile made = new JarFile(parts[0])) {
            assertThat(made.getEntry("plant/Valve.class")).isNotNull();
        }
    }

    /** The JVM archives no class of a signed one. */
    @Test
    void signedJarsArePackedAgainWithoutTheirSignatures() throws IOException {
        Path signed = folder.resolve("signed.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
        manifest.getEntries().put("plant/Valve.class", new Attributes());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(signed), manifest)) {
            for (String each : List.of("META-INF/MAKER.SF", "META-INF/MAKER.RSA", "plant/Valve.class")) {
                out.putNextEntry(new JarEntry(each));
                out.write(each.getBytes(StandardCharsets.US_ASCII));
            }
        }

        String packed = ClassArchive.packed(signed.toString(), folder);

        assertThat(packed).isNotEqualTo(signed.toString());
        try (JarFile made = new JarFile(packed)) {
            assertThat(made.stream().map(JarEntry::getName))
                    .containsExactlyInAnyOrder("META-INF/MANIFEST.MF", "plant/Valve.class");
            assertThat(made.getInputStream(made.getEntry("plant/Valve.class"))).hasContent("plant/Valve.class");
            assertThat(made.getManifest().getEntries()).isEmpty();
            assertThat(made.isMultiRelease()).isTrue();
        }
    }
}
