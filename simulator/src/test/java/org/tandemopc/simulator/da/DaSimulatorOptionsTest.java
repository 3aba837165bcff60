package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.server.PingLimits;

class DaSimulatorOptionsTest {
    private static DaSimulatorOptions parse(String... words) {
        return DaSimulatorOptions.parse(List.of(words));
    }

    @Test
    void withoutOptionsItIsAServerOfAllVersionsAtPort135OfLoopback() {
        DaSimulatorOptions options = parse();

        assertThat(options.port()).isEqualTo(135);
        assertThat(options.controlPort()).isZero();
        assertThat(options.settings().resolverPort()).isEqualTo(135);
        assertThat(options.settings().addresses()).containsExactly(InetAddress.getLoopbackAddress());
        assertThat(options.settings().published()).isEmpty();
        assertThat(options.settings().name()).isEqualTo("A");
        assertThat(options.settings().versions()).containsExactlyInAnyOrder(DaVersion.values());
        assertThat(options.settings().ledger()).isNull();
        assertThat(options.settings().forgivesOldPeers()).isFalse();
        assertThat(options.settings().silence()).isEqualTo(PingLimits.DEFAULT.timeout());
    }

    @Test
    void everyOptionIsTaken() {
        DaSimulatorOptions options = DaSimulatorOptions.parse(
                List.of(("--host 127.0.0.2 --port 20135 --object-port 20136 --name B --prog-id Vendor.Server.1"
                                + " --clsid {F8582CF2-88FB-11D0-B850-00C0F0104305} --user scada --password Other1!"
                                + " --versions 1.0,3.0 --period-ms 50 --counters 3 --watchdogs 1 --static 2"
                                + " --ledger /tmp/ledger --control-port -1 --old-clients --publish 127.0.0.9")
                        .split(" ")));
        DaSimulatorSettings settings = options.settings();

        assertThat(options.port()).isEqualTo(20_135);
        assertThat(options.controlPort()).isEqualTo(-1);
        assertThat(settings.addresses()).containsExactly(InetAddress.ofLiteral("127.0.0.2"));
        assertThat(settings.objectPort()).isEqualTo(20_136);
        assertThat(settings.name()).isEqualTo("B");
        assertThat(settings.progId()).isEqualTo("Vendor.Server.1");
        assertThat(settings.clsid()).isEqualTo(Guid.of("f8582cf2-88fb-11d0-b850-00c0f0104305"));
        assertThat(settings.user()).isEqualTo("scada");
        assertThat(settings.password()).isEqualTo("Other1!");
        assertThat(settings.versions()).containsExactlyInAnyOrder(DaVersion.DA_1_0, DaVersion.DA_3_0);
        assertThat(settings.periodMs()).isEqualTo(50);
        assertThat(settings.items().stream().map(DaItem::id).filter(id -> id.matches("(counter|watchdog|static)\\..*")))
                .containsExactlyInAnyOrder("counter.0", "counter.1", "counter.2", "watchdog.0", "static.0", "static.1");
        assertThat(settings.ledger()).isEqualTo(Path.of("/tmp/ledger"));
        assertThat(settings.forgivesOldPeers()).isTrue();
        assertThat(settings.silence()).isEqualTo(PingLimits.FOUR_MINUTE_PINGS);
        assertThat(settings.published()).containsExactly(InetAddress.ofLiteral("127.0.0.9"));
    }

    @Test
    void portZeroIsAFreeOneBelowThoseThatTheSystemGivesAway() throws Exception {
        DaSimulatorOptions options = parse("--port", "0", "--object-port", "20136");

        assertThat(options.settingsAtFreePort().resolverPort()).isBetween(1_024, 32_767);
        assertThat(options.settingsAtFreePort().objectPort()).isEqualTo(20_136);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --colour red           | unknown option --colour
                    --port                 | no value after --port
                    --port many            | --port must be a number, not many
                    --port 65536           | --port must be 0 to 65535, not 65536
                    --control-port -2      | --control-port must be -1 to 65535, not -2
                    --period-ms 0          | --period-ms must be 1 to 3600000, not 0
                    --counters -1          | --counters must be 0 to 1000000, not -1
                    --host 1.2.3.4.5       | --host must be an address of a machine, not 1.2.3.4.5
                    --clsid {12}           | --clsid must be as {3c1f4f6e-5d0a-4b7e-8a43-2f6a90d1e001}, not {12}
                    --versions 2.0         | --versions must be a list of 1.0, 2.05a and 3.0, not 2.0
                    --versions 1.0,        | --versions must be a list of 1.0, 2.05a and 3.0, not 1.0,
                    --prog-id a/b          | --prog-id must be letters, digits and dots, at most 39, as Vendor.Server.1, not a/b
                    """)
    void whatIsNotUnderstoodIsNamed(String line, String message) {
        assertThatThrownBy(() -> parse(line.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
