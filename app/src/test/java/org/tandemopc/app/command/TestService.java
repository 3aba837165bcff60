package org.tandemopc.app.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.tandemopc.core.config.MailConfig;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.NotificationConfig;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.SmtpSecurity;
import org.tandemopc.core.config.SmtpServer;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.config.WhenDisabled;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.relay.LegResult;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.LiveConfigurations;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.service.rest.RestServer;
import org.tandemopc.service.rest.ServiceFacade;
import org.tandemopc.testkit.Await;
import tools.jackson.databind.JsonNode;

/** A service in this process whose members are always well: plant1 and plant2, hot, served by their primaries. */
public final class TestService implements AutoCloseable {
    public static final String REFUSED = FakeCertificates.REFUSED;

    private static final Monitoring MONITORING = new Monitoring(2, List.of(watchdog("watchdog"), watchdog("missing")));

    /** Not enabled; nothing listens on its port. */
    private static final NotificationConfig MAIL_TO_NOBODY = new NotificationConfig(
            false,
            Set.of(),
            Optional.of(new MailConfig(
                    new SmtpServer("127.0.0.1", 1, SmtpSecurity.NONE, null),
                    Optional.empty(),
                    "tandem@plant.example",
                    List.of("bob@plant.example"),
                    "x",
                    "",
                    "")),
            Optional.empty(),
            Optional.empty());

    private final Path folder;
    private final DataFolder data;
    private final ObedientProtocol protocol = new ObedientProtocol();
    private final TandemRuntime runtime;
    private final RestServer rest;
    private final FakeConfigurations configurations = new FakeConfigurations();
    private final String token;
    private boolean closed;

    private TestService(Path folder) throws IOException {
        this.folder = folder;
        data = DataFolder.hold(folder);
        runtime = new TandemRuntime(
                new TandemConfig(
                        OpcUaConfig.open("127.0.0.1", 0),
                        List.of(pairOf("plant1"), pairOf("plant2").withNotifications(MAIL_TO_NOBODY))),
                door -> protocol,
                data,
                true);
        runtime.start();
        rest = RestServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ServiceFacade(
                        runtime,
                        configurations,
                        configurations,
                        new FakeCertificates(),
                        "1.2.3",
                        folder.resolveSibling("plant.yaml"),
                        Instant.now()),
                folder);
        token = Files.readString(folder.resolve("rest.token")).strip();
    }

    /** Returns when both pairs serve and could switch. */
    public static TestService start(Path folder) throws IOException {
        TestService service = new TestService(folder);
        Await.until(
                "the pairs are served",
                Duration.ofSeconds(20),
                () -> service.runtime.pairs().stream()
                        .allMatch(p -> p.snapshot().phase().equals("serving")
                                && p.snapshot().members().get(1).isReady()));
        return service;
    }

    private static MonitorItem watchdog(String name) {
        return new MonitorItem(
                "ns=2;s=" + name,
                MonitorType.DEFAULT,
                Duration.ofMillis(500),
                new MonitorTrigger.NoChange(Duration.ofMinutes(1)),
                false);
    }

    private static PairConfig pairOf(String name) {
        List<MemberConfig> members = new ArrayList<>();
        members.add(UaMemberConfig.open("opc.tcp://a:4840"));
        members.add(UaMemberConfig.open("opc.tcp://b:4840"));
        PairSettings settings = PairSettings.of(name, Mode.HOT, "opc.tcp://a:4840", "opc.tcp://b:4840");
        return new PairConfig(settings, members, name, MONITORING, PairConfig.EVENTS_DEFAULT, WhenDisabled.CLOSED);
    }

    public PairHandle pair(String name) {
        return runtime.pair(name).orElseThrow();
    }

    /** By an applied configuration that opens another one, really: nothing listens any more. */
    public void loseFrontDoor() throws IOException {
        protocol.losesDoor = true;
        if (!(applyReally("127.0.0.1:4841", "plant1", "plant2") instanceof Configurations.Outcome.Failed)) {
            throw new AssertionError("the front door is not lost");
        }
    }

    /** By an applied configuration, really; the other pair stays. */
    public void removePlant1() throws IOException {
        Configurations.Outcome outcome = applyReally("127.0.0.1:4840", "plant2");
        if (!(outcome instanceof Configurations.Outcome.Applied)) {
            throw new AssertionError(outcome.toString());
        }
    }

    private Configurations.Outcome applyReally(String listen, String... pairs) throws IOException {
        Path file = Files.writeString(folder.resolveSibling("really.yaml"), "");
        ConfigStore store = new ConfigStore(file, data.path(), Map.of());
        StringBuilder text = new StringBuilder("version: 1\nopcua:\n  listen: " + listen + "\npairs:\n");
        for (String pair : pairs) {
            text.append("""
                      - name: %s
                        members:
                          - url: opc.tcp://a:4840
                          - url: opc.tcp://b:4840
                    """.formatted(pair));
        }
        return new LiveConfigurations(store, runtime).apply(text.toString(), null, "ann");
    }

    /** @param legs of each check from now on */
    public void walk(List<LegResult.Leg> legs) {
        protocol.walk = legs;
    }

    /** @param happening after each leg of a check; what it throws ends the walk there */
    public void afterLeg(Consumer<LegResult.Leg> happening) {
        protocol.afterLeg = happening;
    }

    /** @param happening before a relay says that it is at its new member */
    public void beforeRehomed(Runnable happening) {
        protocol.beforeRehomed = happening;
    }

    /** From now on the pair is one of OPC DA, as its address says. */
    public void speaksDa(String pair, String endpoint) {
        protocol.endpoints.put(pair, endpoint);
    }

    public FakeConfigurations configurations() {
        return configurations;
    }

    public String token() {
        return token;
    }

    public JsonNode get(String path) {
        try (RestClient client = RestClient.find(folder)) {
            return client.get(path);
        } catch (CommandFailure | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            rest.close();
            runtime.close();
            data.close();
        }
    }
}
