package org.tandemopc.dcom.orpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a client may connect to: decided of octets alone. */
class ReachTest {
    private static final RemoteHost PLANT = RemoteHost.of("plant", InetAddress.ofLiteral("10.1.2.3"));

    private static DualStringArray bindings(String... addresses) {
        List<StringBinding> strings = new ArrayList<>();
        for (String address : addresses) {
            strings.add(new StringBinding(StringBinding.TCP, address));
        }
        return new DualStringArray(strings, List.of());
    }

    private static List<String> targets(Reach reach) {
        return reach.targets().stream()
                .map(target -> target.address().getAddress().getHostAddress() + ":"
                        + target.address().getPort())
                .toList();
    }

    /** Name in any case, the address in any spelling: always the configured address, with the port of the binding. */
    @ParameterizedTest
    @ValueSource(strings = {"plant[49200]", "PLANT[49200]", "10.1.2.3[49200]", "::ffff:10.1.2.3[49200]"})
    void hostIsKnownByNameAndAddress(String binding) {
        assertThat(targets(Reach.ofExporter(bindings(binding), List.of(PLANT)))).containsExactly("10.1.2.3:49200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.2.4[49200]",
                "plant2[49200]",
                "plant.evil.example[49200]",
                "localhost[49200]",
                "127.0.0.1[49200]",
                "[49200]",
                "169.254.169.254[80]"
            })
    void otherHostsAreSkippedAndNamed(String binding) {
        Reach reach = Reach.ofExporter(bindings(binding), List.of(PLANT));
        assertThat(reach.targets()).isEmpty();
        assertThat(reach.why(List.of(PLANT)))
                .contains(binding)
                .contains("none of the configured hosts")
                .contains("plant (10.1.2.3)");
    }

    @Test
    void hostBehindATranslationIsKnownByItsAliases() {
        RemoteHost translated = PLANT.withAliases(Set.of("192.168.7.7", "SCADA1"));
        assertThat(targets(Reach.ofExporter(bindings("scada1[1]", "192.168.7.7[2]"), List.of(translated))))
                .containsExactly("10.1.2.3:1", "10.1.2.3:2");
    }

    /** [MS-DCOM] 3.2.4.1.2.1: the resolver's well-known port, unless the binding has one, as those of j-Interop do. */
    @ParameterizedTest
    @CsvSource({"plant, 10.1.2.3:135", "plant[35509], 10.1.2.3:35509"})
    void resolverListensAtTheKnownPortUnlessItSaysOtherwise(String binding, String expected) {
        assertThat(targets(Reach.ofResolver(bindings(binding), List.of(PLANT)))).containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plant", "plant[]", "plant[0]", "plant[65536]", "plant[ncalrpc]", "plant[-1]"})
    void exporterWithoutAPortIsNotReached(String binding) {
        assertThat(Reach.ofExporter(bindings(binding), List.of(PLANT)).targets())
                .isEmpty();
    }

    @Test
    void onlyTcpIsSpoken() {
        DualStringArray pipes =
                new DualStringArray(List.of(new StringBinding(0x0F, "plant[\\pipe\\epmapper]")), List.of());
        assertThat(Reach.ofExporter(pipes, List.of(PLANT)).targets()).isEmpty();
        assertThat(Reach.ofExporter(pipes, List.of(PLANT)).skipped())
                .singleElement()
                .asString()
                .contains("is not TCP");
    }

    /** The order is the server's, and no place is tried twice. */
    @Test
    void eachPlaceComesOnceInTheOrderOfTheBindings() {
        RemoteHost spare = RemoteHost.of("spare", InetAddress.ofLiteral("10.1.2.9"));
        assertThat(targets(Reach.ofExporter(
                        bindings("spare[7]", "plant[5]", "10.1.2.3[5]", "other[5]"), List.of(PLANT, spare))))
                .containsExactly("10.1.2.9:7", "10.1.2.3:5");
    }

    /** Whoever sends thousands costs little, and cannot write lines into the log. */
    @Test
    void bindingsAndMessagesAreBounded() {
        String[] many = new String[10_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = "evil\r\nhost" + i + "x".repeat(1_000);
        }
        many[many.length - 1] = "plant[1]";
        Reach reach = Reach.ofExporter(bindings(many), List.of(PLANT));
        assertThat(reach.targets()).isEmpty();
        assertThat(reach.why(List.of(PLANT))).hasSizeLessThan(2_000).doesNotContain("\n", "\r");
    }

    /** A server's clients are known by their addresses alone: a name means nobody, as it is not looked up. */
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "station.plant.example[135]", "10.0.0.7.example", "", "[135]", "10.0.0.8"})
    void aHostWithoutANameIsKnownByItsAddressAlone(String binding) {
        List<RemoteHost> client = List.of(RemoteHost.of(InetAddress.ofLiteral("10.0.0.7")));
        assertThat(Reach.ofResolver(bindings(binding), client).targets()).isEmpty();
        assertThat(targets(Reach.ofResolver(bindings(binding, "10.0.0.7[31000]", "10.0.0.7"), client)))
                .containsExactly("10.0.0.7:31000", "10.0.0.7:135");
    }

    /** Whoever names many ports of a host would have others look for open ones. */
    @Test
    void fewPlacesAreTried() {
        assertThat(Reach.ofResolver(
                                bindings("plant[1]", "plant[2]", "plant[3]", "plant[4]", "plant[5]"), List.of(PLANT))
                        .targets())
                .hasSize(Reach.TARGETS_MAX);
    }
}
