package org.tandemopc.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestProcess;

/**
 * The Debian package in a Debian that was just made: installed, its service run as its unit says, upgraded, removed, purged.
 * Needs root, debootstrap and what {@code package/build} makes. No systemd runs there: this test does what the unit says of user,
 * rights, environment and end; what the unit says of name spaces and of calls to the system is only checked by systemd-analyze.
 */
@Timeout(900)
class PackageIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String UNIT = "/usr/lib/systemd/system/tandem.service";
    private static final String CONFIG = "/etc/tandem/tandem.yaml";
    private static final String DATA = "/var/lib/tandem";
    private static final int PRIVILEGED_PORT = 135;
    /** Of 10; what systemd-analyze calls OK begins below 5. */
    private static final double EXPOSURE_MAX = 2.0;
    /** What dpkg and adduser leave of every package, or keep as the state before. */
    private static final List<String> OF_EVERY_PACKAGE = List.of(
            "/var/lib/dpkg/",
            "/var/log/dpkg.log",
            "/run/adduser",
            "/var/cache/",
            "/var/lib/systemd/deb-systemd-helper",
            "/etc/passwd-",
            "/etc/shadow-",
            "/etc/group-",
            "/etc/gshadow-",
            "/etc/subuid-",
            "/etc/subgid-",
            "/etc/.pwd.lock");

    @SuppressWarnings("NullAway.Init")
    private static DebianRoot debian;

    @SuppressWarnings("NullAway.Init")
    private static TreeSet<String> namesBefore;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeAll
    static void makeDebian() throws IOException {
        Path deb = Built.deb();
        debian = DebianRoot.make("systemd");
        namesBefore = debian.names();
        Files.copy(deb, debian.file("/tmp/tandem.deb"));
    }

    @AfterAll
    static void removeDebian() {
        debian.close();
    }

    @BeforeEach
    void install() {
        var _ = debian.run("dpkg", "-i", "/tmp/tandem.deb").good();
    }

    @Test
    @Requirement({"DEP-1", "SYS-1", "SYS-2", "LIM-15"})
    void programBelongsToRootAndStateToAUserWithoutAShell() throws IOException {
        String[] user = debian.run("getent", "passwd", "tandem").good().strip().split(":");
        assertThat(user).hasSize(7).contains(DATA, "/usr/sbin/nologin");
        assertThat(Integer.parseInt(user[2])).as("a user of the system").isBetween(100, 999);

        String program = debian.run("sh", "-c", "find $(dpkg -L tandem) -maxdepth 0 -printf '%u:%g %M %p\\n'")
                .good();
        assertThat(program.lines()).hasSizeGreaterThan(50).allMatch(line -> line.startsWith("root:root "));
        assertThat(program.lines().map(line -> line.split(" ")[1]).filter(mode -> !mode.startsWith("l")))
                .as("nobody but root writes there, and nothing runs as somebody else")
                .noneMatch(mode -> mode.contains("s") || mode.charAt(5) == 'w' || mode.charAt(8) == 'w');
        assertThat(owner(CONFIG)).isEqualTo("tandem:tandem 640");
        assertThat(owner("/etc/tandem")).isEqualTo("tandem:tandem 750");
        assertThat(owner(DATA)).isEqualTo("tandem:tandem 750");

        assertThat(debian.file("/etc/systemd/system/multi-user.target.wants/tandem.service"))
                .isSymbolicLink();
        assertThat(debian.run("tandem", "--version").good())
                .startsWith("tandem ")
                .hasLineCount(1);
        assertThat(debian.run("bash", "-n", "/usr/share/bash-completion/completions/tandem")
                        .exit())
                .isZero();
    }

    /** The JVM is told to refuse to start without it, which it does if a jar is another one or lies elsewhere. */
    @Test
    void cacheOfTheTrainingRunFitsWhereItIsInstalled() {
        String version = debian.run("env", "TANDEM_OPTS=-XX:AOTMode=on", "tandem", "--version")
                .good();
        assertThat(version).startsWith("tandem ").hasLineCount(1);

        String stale = "cp -a /usr/lib/tandem /tmp/stale && touch /tmp/stale/lib/core-*.jar"
                + " && echo x >>/tmp/stale/lib/app-*.jar && ";
        assertThat(debian.run("sh", "-c", stale + "TANDEM_OPTS=-XX:AOTMode=on /tmp/stale/bin/tandem --version")
                        .exit())
                .as("control: with a jar that is another one")
                .isNotZero();
        assertThat(debian.run("/tmp/stale/bin/tandem", "--version").good())
                .as("without being told so it starts, and says nothing of it")
                .startsWith("tandem ")
                .hasLineCount(1);
        var _ = debian.run("rm", "-r", "/tmp/stale").good();
    }

    private static String owner(String file) {
        return debian.run("stat", "-c", "%U:%G %a", file).good().strip();
    }

    @Test
    void systemdHasNoComplaintAboutTheUnitAndCallsItsExposureLow() {
        assertThat(debian.run("systemd-analyze", "verify", UNIT).good().strip()).isEmpty();

        String security = debian.run("systemd-analyze", "security", "--offline=true", "--no-pager", UNIT)
                .good();
        String verdict = security.lines()
                .filter(line -> line.contains("Overall exposure level"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(security));
        assertThat(Double.parseDouble(verdict.replaceAll(".*: ([0-9.]+) .*", "$1")))
                .as(verdict)
                .isLessThanOrEqualTo(EXPOSURE_MAX);
        assertThat(security.lines().filter(line -> line.contains("MemoryDenyWriteExecute")))
                .as("control: this table is of this unit")
                .singleElement()
                .asString()
                .contains("✗");
    }

    /** As a service manager would: user, rights, environment, mask, start, SIGTERM, time. */
    @Test
    @Requirement(
            value = {"DEP-1", "SYS-1", "ADM-4", "ADM-5"},
            protocol = Protocol.UA)
    void execStartServesAsItsUserWithTheRightToPrivilegedPortsAlone() throws Exception {
        Unit unit = Unit.read(debian.file(UNIT));
        InetAddress address = addressWithFreePort();
        String url = "opc.tcp://" + address.getHostAddress() + ":" + PRIVILEGED_PORT + "/plant1";
        try (ServerProcess a = ServerProcess.launchOnly("A", List.of("-Xmx192m"));
                ServerProcess b = ServerProcess.launchOnly("B", List.of("-Xmx192m"))) {
            a.awaitReady();
            b.awaitReady();
            overwrite(CONFIG, config(address, a.url(), b.url()));
            // As the guide says; before the first start, so that the service finds what another process of its user has
            // made.
            var _ = Shell.run(LONG, debian.command(unit.asItsUser(List.of("tandem", "enable", "plant1"))))
                    .good();

            try (TestProcess service =
                    TestProcess.start("tandem", folder.resolve("errors.txt"), debian.command(unit.start()))) {
                String ready = service.awaitLine("READY", LONG);

                assertThat(ready).isEqualTo("READY pid=" + service.pid());
                assertRights(service.pid());
                Await.until("/health/ready says so", LONG, () -> health() == 200);
                assertThat(read(url).value().value()).isNotNull();
                assertThat(a.stat("sessions")).as("control: it is read there").isPositive();

                service.signal(Posix.Signal.TERM);

                assertThat(service.awaitExit(Duration.ofSeconds(unit.stopSeconds())))
                        .as("the end of a clean stop\n" + service.log())
                        .isZero();
                assertThat(a.stat("sessions")).isZero();
                assertThat(b.stat("sessions")).isZero();
            }
        }
        String notItsOwn = debian.run("sh", "-c", "find " + DATA + " ! -user tandem -o ! -group tandem -o -perm /007")
                .good();
        assertThat(notItsOwn).as("files of others, or for others").isEmpty();
        assertThat(debian.file(DATA + "/state.json")).isNotEmptyFile();
    }

    /** Of its threads and of what they could ask for, by the kernel. */
    private static void assertRights(long pid) throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
        String user = debian.run("id", "-u", "tandem").good().strip();
        String netBindService = "0000000000000400";
        Map<String, String> expected = Map.of(
                "Uid", user + "\t" + user + "\t" + user + "\t" + user,
                "Groups", "",
                "NoNewPrivs", "1",
                "CapPrm", netBindService,
                "CapEff", netBindService,
                "CapBnd", netBindService,
                "CapAmb", netBindService);
        expected.forEach((name, value) -> assertThat(status.stream()
                        .filter(line -> line.startsWith(name + ":"))
                        .map(line -> line.substring(name.length() + 1).strip()))
                .as(name)
                .containsExactly(value));
    }

    @Test
    @Requirement("DEP-2")
    void upgradeKeepsConfigurationAndState() throws IOException {
        overwrite(CONFIG, "# ours\n" + Files.readString(debian.file(CONFIG)));
        keep("/etc/tandem/plant.password");
        keep(DATA + "/state.json");

        String said = debian.run("dpkg", "-i", "/tmp/tandem.deb").good();

        assertThat(said).doesNotContain("Configuration file");
        assertThat(Files.readString(debian.file(CONFIG))).startsWith("# ours\n");
        assertThat(owner(CONFIG)).isEqualTo("tandem:tandem 640");
        assertThat(debian.file("/etc/tandem/plant.password")).hasContent("kept");
        assertThat(debian.file(DATA + "/state.json")).hasContent("kept");
    }

    @Test
    @Requirement("DEP-1")
    void removedPackageLeavesConfigurationAndStateAndPurgedOneNothing() throws IOException {
        keep(DATA + "/pki/own/key.pem");

        var _ = debian.run("dpkg", "--remove", "tandem").good();

        assertThat(debian.file(CONFIG)).exists();
        assertThat(debian.file(DATA + "/pki/own/key.pem")).hasContent("kept");
        assertThat(debian.file("/usr/lib/tandem")).doesNotExist();
        assertThat(debian.file(UNIT)).doesNotExist();
        assertThat(debian.run("getent", "passwd", "tandem").exit())
                .as("its files are still somebody's")
                .isZero();

        var _ = debian.run("dpkg", "--purge", "tandem").good();

        TreeSet<String> left = debian.names();
        left.removeAll(namesBefore);
        left.removeIf(name -> OF_EVERY_PACKAGE.stream().anyMatch(name::startsWith));
        assertThat(left).containsOnly("/tmp/tandem.deb");
        TreeSet<String> gone = new TreeSet<>(namesBefore);
        gone.removeAll(debian.names());
        assertThat(gone).isEmpty();
        for (String place : List.of("/var/lib/dpkg", "/var/lib/systemd", "/var/cache", "/etc/systemd")) {
            assertThat(debian.run("find", place, "-name", "*tandem*").good()).isEmpty();
        }
        assertThat(debian.run("getent", "passwd", "tandem").exit()).isEqualTo(2);
        assertThat(debian.run("getent", "group", "tandem").exit()).isEqualTo(2);
    }

    // ---- helpers

    /** Keeps owner and mode. */
    private static void overwrite(String name, String text) throws IOException {
        Files.writeString(debian.file(name), text, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** A file of the service's own, with the content "kept". */
    private static void keep(String name) throws IOException {
        Path file = debian.file(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "kept");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        var _ = debian.run("chown", "tandem:tandem", name).good();
    }

    private static String config(InetAddress address, String one, String other) {
        return """
                version: 1
                opcua:
                  listen: %s:%d
                  security: [None]
                  trust: all
                pairs:
                  - name: plant1
                    mode: hot
                    members:
                      - url: %s
                        security: None
                      - url: %s
                        security: None
                """.formatted(address.getHostAddress(), PRIVILEGED_PORT, one, other);
    }

    private static int health() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String place = Files.readString(debian.file(DATA + "/rest.port")).strip();
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://" + place + "/health/ready"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static DataValue read(String url) throws UaException {
        OpcUaClient client = OpcUaClient.create(
                url,
                endpoints -> endpoints.stream()
                        .filter(each -> SecurityPolicy.None.getUri().equals(each.getSecurityPolicyUri()))
                        .map(each -> new EndpointDescription(
                                url,
                                each.getServer(),
                                each.getServerCertificate(),
                                each.getSecurityMode(),
                                each.getSecurityPolicyUri(),
                                each.getUserIdentityTokens(),
                                each.getTransportProfileUri(),
                                each.getSecurityLevel()))
                        .findFirst(),
                transport -> {},
                config -> {});
        client.connect();
        try {
            return client.readValues(0, TimestampsToReturn.Both, List.of(new NodeId(2, "static/0")))
                    .getFirst();
        } finally {
            client.disconnect();
        }
    }

    /** Most of loopback is nobody's: one at whose port 135 nobody listens. */
    private static InetAddress addressWithFreePort() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        IOException why = new IOException("not tried");
        for (int i = 0; i < 50; i++) {
            InetAddress address = InetAddress.getByAddress(new byte[] {
                127, (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255)
            });
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(address, PRIVILEGED_PORT));
                return address;
            } catch (IOException e) {
                why = e;
            }
        }
        throw new IOException("port 135 cannot be opened: this test needs root", why);
    }
}
