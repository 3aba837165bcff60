package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.config.DaIdentity;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.service.ConfigEdits;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.LiveConfigurations;
import org.tandemopc.service.NewDaMember;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.TandemRuntime;
import org.tandemopc.service.TextEdits;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;

/**
 * A Tandem with any of the pairs {@link #NAME}, {@link #ALIAS1} and {@link #ALIAS2}, all before the same two servers of the model; which
 * it has is changed as the program does it. The pair without alias has the class of its primary.
 */
final class PairsOfOneServer implements AutoCloseable {
    static final String NAME = "Plant.Server.1";
    static final String ALIAS1 = NAME + ".Alias1";
    static final String ALIAS2 = NAME + ".Alias2";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress TANDEM = InetAddress.ofLiteral("127.0.0.4");

    private final ModelServer primary = new ModelServer(InetAddress.ofLiteral("127.0.0.2"));
    private final ModelServer secondary = new ModelServer(InetAddress.ofLiteral("127.0.0.3"));
    private final RemoteHost host;
    private final DataFolder data;
    private final TandemRuntime runtime;
    private final LiveConfigurations configurations;

    /** @param published names of the pairs that there are at first */
    PairsOfOneServer(Path folder, String... published) throws IOException {
        int port = PortPicker.pick();
        host = RemoteHost.of(TANDEM).withResolverPort(port);
        data = DataFolder.hold(folder.resolve("data"));
        Path file = Files.writeString(folder.resolve("tandem.yaml"), text(published));
        ConfigStore store = new ConfigStore(file, data.path(), Map.of());
        runtime = new TandemRuntime(
                store.load().config().orElseThrow(), door -> new DaProtocol((OpcDaConfig) door), data, true);
        runtime.start();
        configurations = new LiveConfigurations(store, runtime);
        awaitServing(published);
    }

    static Guid clsid(String published) {
        return Guid.of(DaIdentity.of(
                        published, !published.equals(NAME), Optional.empty(), Optional.of(ModelServer.CLSID.toUuid()))
                .clsid());
    }

    private String text(String... published) {
        StringBuilder text = new StringBuilder(
                """
                version: 1
                opcda:
                  listen: %s:%d
                  accounts:
                    - user: %s
                      password: %s
                pairs:
                """.formatted(TANDEM.getHostAddress(), host.resolverPort(), Logins.USER, Logins.PASSWORD));
        for (String name : published) {
            text.append("  - name: ").append(NAME).append('\n');
            if (!name.equals(NAME)) {
                text.append("    alias: ").append(name).append('\n');
            }
            text.append("    mode: cold\n    members:\n");
            Stream.of(primary, secondary)
                    .map(ModelServer::address)
                    .forEach(address -> text.append("""
                                  - host: %s
                                    port: %d
                                    clsid: "%s"
                                    user: %s
                                    password: %s
                            """.formatted(
                                    address.address().getHostAddress(),
                                    address.resolverPort(),
                                    ModelServer.CLSID,
                                    Logins.USER,
                                    Logins.PASSWORD)));
        }
        return text.toString();
    }

    /** From now on there are these pairs; returns when they serve. */
    void become(String... published) {
        Configurations.Outcome outcome = configurations.apply(text(published), null, "ann");
        if (!(outcome instanceof Configurations.Outcome.Applied)) {
            throw new AssertionError(outcome.toString());
        }
        awaitServing(published);
    }

    /** Changes the text as commands do, and runs it; returns when all pairs serve. @return what was done */
    String edit(ConfigEdits.Edit edit) {
        ConfigEdits.Edited edited = new TextEdits().edit(configurations.text(), edit);
        Configurations.Outcome outcome = configurations.apply(edited.text(), configurations.version(), "ann");
        if (!(outcome instanceof Configurations.Outcome.Applied)) {
            throw new AssertionError(outcome.toString());
        }
        awaitServing(published());
        return edited.what();
    }

    /** What a command would do, not done. */
    Configurations.Plan planned(ConfigEdits.Edit edit) {
        return configurations.plan(
                new TextEdits().edit(configurations.text(), edit).text());
    }

    String[] published() {
        return runtime.pairs().stream().map(PairHandle::name).toArray(String[]::new);
    }

    /** As a command writes them. */
    List<NewDaMember> members() {
        return Stream.of(primary, secondary)
                .map(ModelServer::address)
                .map(address -> new NewDaMember(
                        address.address().getHostAddress(),
                        Optional.of(String.valueOf(address.resolverPort())),
                        Optional.of(NAME),
                        Optional.of(ModelServer.CLSID.toString()),
                        Optional.empty(),
                        Optional.of(Logins.USER),
                        Optional.of(Logins.PASSWORD)))
                .toList();
    }

    /** Of the configuration with these pairs, each on a line of its own. */
    List<String> problems(String... published) {
        return configurations.plan(text(published)).problems().stream()
                .filter(ConfigProblem::isError)
                .map(problem -> problem.describe("tandem.yaml"))
                .toList();
    }

    private void awaitServing(String... published) {
        for (String name : published) {
            Await.until(
                    name + " serves",
                    PATIENCE,
                    () -> pair(name).snapshot().phase().equals("serving"));
        }
    }

    PairHandle pair(String published) {
        return runtime.pair(published).orElseThrow();
    }

    RemoteHost host() {
        return host;
    }

    @Override
    public void close() throws IOException {
        runtime.close();
        data.close();
        primary.close();
        secondary.close();
    }
}
