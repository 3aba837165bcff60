package org.tandemopc.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.MemberConfig;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;

/** With shells in the place of the servers. */
@Timeout(20)
class DaDemoTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private List<DemoServer> servers;

    @SuppressWarnings("NullAway.Init")
    private DaDemo demo;

    @BeforeEach
    void start() throws IOException {
        demo = new DaDemo();
        servers = List.of(server("A", 21_001), server("B", 21_002));
        for (DemoServer server : servers) {
            server.start();
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(DemoServer::close);
    }

    private DemoServer server(String name, int port) {
        String ready = "READY url=opcda://127.0.0.1:%d/Tandem.SimulatedDA.1/{%s} control=1 pid=1"
                .formatted(port, "3c1f4f6e-5d0a-4b7e-8a43-2f6a90d1e001");
        return new DemoServer(name, folder, _ -> List.of("sh", "-c", "echo '%s'; exec sleep 100".formatted(ready)));
    }

    @Test
    void membersAreWhereTheServersSaidAndAreCalledByTheAccountThatTheServersKnow() {
        PairConfig pair = demo.pair(Mode.WARM, servers);

        assertThat(pair.name()).isEqualTo("warm");
        assertThat(pair.settings().mode()).isEqualTo(Mode.WARM);
        assertThat(pair.settings().members().stream().map(PairSettings.MemberName::machine))
                .containsExactly("127.0.0.1:21001", "127.0.0.1:21002");
        List<String> options = demo.options("A", folder);
        for (var member : pair.members()) {
            assertThat(member).isInstanceOfSatisfying(DaMemberConfig.class, da -> {
                MemberConfig.Account account = Objects.requireNonNull(da.account());
                assertThat(options)
                        .containsSequence("--user", account.user())
                        .containsSequence("--password", account.password().reveal())
                        .containsSequence("--clsid", da.clsid().orElseThrow().toString());
            });
        }
    }

    /** All have the same members, whose class would else be that of each. */
    @Test
    void eachPairHasAClassOfItsOwnBehindOneDoorThatNeedsNoRights() {
        List<PairConfig> pairs = Arrays.stream(Mode.values())
                .map(mode -> demo.pair(mode, servers))
                .toList();
        TandemConfig config = new TandemConfig(demo.door(), pairs);

        assertThat(pairs.stream().map(pair -> pair.da().clsid().orElseThrow())).doesNotHaveDuplicates();
        OpcDaConfig door = config.opcda().orElseThrow();
        assertThat(door.port()).isBetween(1_024, 32_767);
        assertThat(door.objectPorts()).isEmpty();
    }
}
