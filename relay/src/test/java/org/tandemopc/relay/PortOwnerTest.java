package org.tandemopc.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Requirement;

/** Against a {@code /proc} as Linux writes it; {@code MainTest} asks the real one. */
class PortOwnerTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid" + "  timeout inode\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path proc;

    @BeforeEach
    void twoProcesses() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(
                proc.resolve("net/tcp"),
                HEAD
                        + "   0: 0100007F:12E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n"
                        + "   1: 0100007F:12E9 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4712 1\n");
        Files.writeString(
                proc.resolve("net/tcp6"),
                HEAD
                        + "   0: 00000000000000000000000000000000:12EA 00000000000000000000000000000000:0000 0A"
                        + " 00000000:00000000 00:00000000 00000000     0        0 4713 1\n");
        process(100, "opc-server", 4711);
        process(200, "evil\u001b[31mname", 4713);
        Files.createDirectories(proc.resolve("self"));
    }

    private void process(int pid, String name, int inode) throws IOException {
        Path fd = Files.createDirectories(proc.resolve(pid + "/fd"));
        Files.writeString(proc.resolve(pid + "/comm"), name + "\n");
        Files.createSymbolicLink(fd.resolve("0"), Path.of("/dev/null"));
        Files.createSymbolicLink(fd.resolve("5"), Path.of("socket:[" + inode + "]"));
    }

    @Test
    @Requirement("S26")
    void whoListensIsNamed() {
        assertThat(PortOwner.of(proc, 4840)).hasValue("opc-server (process 100)");
        assertThat(PortOwner.of(proc, 4842)).hasValue("evil?[31mname (process 200)");
    }

    @Test
    void whoOnlyTalksThereIsNot() {
        assertThat(PortOwner.of(proc, 4841)).isEmpty();
        assertThat(PortOwner.of(proc, 4843)).isEmpty();
    }

    @Test
    void elsewhereThanOnLinuxNobodyIsNamed() {
        assertThat(PortOwner.of(proc.resolve("none"), 4840)).isEmpty();
    }
}
