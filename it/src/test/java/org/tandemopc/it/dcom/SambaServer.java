package org.tandemopc.it.dcom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/**
 * Samba's servers of RPC over TCP, without smbd, without a domain and with nothing of this machine's own samba: all its files
 * are in a folder of the test. The account is that of {@link RpcHost}; samba needs a user of the system behind it and takes root.
 */
final class SambaServer implements AutoCloseable {
    private static final Path DAEMON = Path.of("/usr/libexec/samba/samba-dcerpcd");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAPPER_PORT = 135;

    private final TestFolder folder = new TestFolder("samba");
    private final InetAddress address = Loopback.withFreePort135();
    private final TestProcess process;

    SambaServer() {
        if (!Files.isExecutable(DAEMON)) {
            throw new AssertionError("samba is not installed: run ./verify, or install the package samba");
        }
        Path config = configure();
        addAccount(config);
        process = TestProcess.start(
                "samba-dcerpcd",
                folder.path().resolve("errors.txt"),
                List.of(
                        DAEMON.toString(),
                        "-F",
                        "--no-process-group",
                        "--debug-stdout",
                        "--configfile=" + config,
                        "--libexec-rpcds"));
        Await.until("samba listens on " + address + "\n" + process.log(), PATIENCE, this::listens);
    }

    private Path configure() {
        StringBuilder text = new StringBuilder(
                """
                [global]
                workgroup = %s
                netbios name = PEER
                server role = standalone server
                interfaces = %s/8
                bind interfaces only = yes
                rpc start on demand helpers = no
                disable spoolss = yes
                username map = %s
                passdb backend = smbpasswd:%s
                """.formatted(RpcHost.DOMAIN, address.getHostAddress(), file("users"), file("smbpasswd")));
        try {
            for (String kind : List.of("private dir", "lock directory", "state directory", "cache directory")) {
                text.append("%s = %s%n".formatted(kind, Files.createDirectory(file(kind.substring(0, 3)))));
            }
            text.append("pid directory = %s%n".formatted(Files.createDirectory(file("pid"))));
            text.append("ncalrpc dir = %s%n".formatted(Files.createDirectory(file("ncalrpc"))));
            text.append("log file = %s%n".formatted(file("log")));
            Files.writeString(file("users"), "root = %s\n".formatted(RpcHost.USER));
            Files.createFile(file("smbpasswd"));
            return Files.writeString(file("smb.conf"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String name) {
        return folder.path().resolve(name);
    }

    private static void addAccount(Path config) {
        String twice = RpcHost.PASSWORD + "\\n" + RpcHost.PASSWORD + "\\n";
        Program added = Program.run(
                List.of("sh", "-c", "printf \"$1\" | smbpasswd -c \"$0\" -s -a root", config.toString(), twice));
        if (added.exitCode() != 0) {
            throw new AssertionError(added.toString());
        }
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError(process.log());
        }
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(address, MAPPER_PORT), Math.toIntExact(PATIENCE.toMillis()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    InetSocketAddress mapper() {
        return new InetSocketAddress(address, MAPPER_PORT);
    }

    InetSocketAddress at(int port) {
        return new InetSocketAddress(address, port);
    }

    /** For messages of failed tests. */
    String log() {
        return process.log();
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
