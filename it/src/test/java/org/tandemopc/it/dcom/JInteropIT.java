package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.testkit.Await;

/**
 * Our server's objects as j-Interop sees them, the client that Java has had so far. It signs nothing where it activates, and its
 * logins are of NTLMv1's strength unless told otherwise: both need switches of the server, and without them it is refused.
 */
@Timeout(240)
class JInteropIT {
    private static final Path JARS = Path.of("target", "j-interop");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final List<String> ALL_WORKS = List.of(
            "activation: an object",
            "a call: 42",
            "many values: 3000, the last 2999.0",
            "a long text: 10500 characters, the same");

    private static Program jInterop(DcomHost host, String password, String mode) throws IOException {
        String classPath;
        try (Stream<Path> jars = Files.list(JARS)) {
            classPath = jars.map(Path::toString).sorted().collect(Collectors.joining(java.io.File.pathSeparator));
        }
        return Program.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-cp",
                classPath,
                "dcom-peers/JInteropClient.java",
                host.host(),
                RpcHost.USER,
                password,
                DcomHost.CLSID,
                mode));
    }

    /** What it says that is no noise of its own. */
    private static List<String> said(Program run) {
        return run.output()
                .lines()
                .filter(line -> line.matches(
                        "(activation|a call|many values|a long text|called back|the sink got|failed|end): .*"))
                .toList();
    }

    /** With session security the connections to objects are sealed, while the one that activates stays unsigned. */
    @ParameterizedTest
    @CsvSource({"ntlm2, CONNECT", "ntlmv2, CONNECT", "sealed, PKT_PRIVACY", "sealed2, PKT_PRIVACY"})
    void everythingWorksWithTheSwitches(String mode, AuthLevel level) throws Exception {
        try (DcomHost host = DcomHost.lenient()) {
            Program run = jInterop(host, RpcHost.PASSWORD, mode);

            assertThat(said(run))
                    .as(run.toString())
                    .startsWith(ALL_WORKS.toArray(String[]::new))
                    .endsWith("end: reached");
            assertThat(host.levels()).containsExactly(level);
            Await.until("the object is released", PATIENCE, () -> host.objects() == 0);
            Await.until("no connections", PATIENCE, () -> host.server().connections() == 0);
            assertThat(Tshark.read(host.traffic()).defects())
                    .as("what tshark finds wrong")
                    .isEmpty();
        }
    }

    /** While it is within its own call. */
    @Test
    void itsObjectIsCalledBack() throws Exception {
        try (DcomHost host = DcomHost.lenient()) {
            Program run = jInterop(host, RpcHost.PASSWORD, "ntlmv2+sink");

            assertThat(said(run))
                    .as(run.toString())
                    .startsWith(ALL_WORKS.toArray(String[]::new))
                    .endsWith("called back: 78", "the sink got: 77", "end: reached");
            assertThat(Tshark.read(host.traffic()).defects())
                    .as("what tshark finds wrong")
                    .isEmpty();
        }
    }

    @Test
    void withoutTheSwitchesItIsRefused() throws Exception {
        try (DcomHost host = DcomHost.strict()) {
            Program run = jInterop(host, RpcHost.PASSWORD, "ntlmv2");

            assertThat(said(run)).as(run.toString()).containsExactly("failed: 0x00000005", "end: reached");
            assertThat(host.objects()).isZero();
        }
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        try (DcomHost host = DcomHost.lenient()) {
            Program run = jInterop(host, "wrong", "ntlmv2");

            assertThat(said(run)).as(run.toString()).containsExactly("failed: 0x00000005", "end: reached");
            assertThat(host.objects()).isZero();
        }
    }
}
