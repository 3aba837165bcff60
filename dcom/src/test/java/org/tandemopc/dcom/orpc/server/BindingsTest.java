package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.StringBinding;
import org.tandemopc.dcom.rpc.PeerPolicy;

/** What a server tells of where it is. */
class BindingsTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress TWO = InetAddress.ofLiteral("10.0.0.2");
    private static final InetAddress ALL = InetAddress.ofLiteral("0.0.0.0");

    private static List<String> addresses(DualStringArray bindings) {
        assertThat(bindings.strings())
                .allSatisfy(binding -> assertThat(binding.towerId()).isEqualTo(StringBinding.TCP));
        return bindings.strings().stream().map(StringBinding::address).toList();
    }

    /** dcom.md 4.6: first where the client has reached it, then what is configured; the objects' port always. */
    @Test
    void theReachedAddressComesFirstAndObjectsNameTheirPort() {
        Bindings bindings =
                new Bindings(true, List.of("plant.example", "10.0.0.1"), Map.of(ALL, 135), Map.of(ALL, 31000));
        assertThat(addresses(bindings.objects(ONE))).containsExactly("10.0.0.1[31000]", "plant.example[31000]");
        assertThat(addresses(bindings.resolver(ONE))).containsExactly("10.0.0.1", "plant.example");
        assertThat(addresses(bindings.resolver(TWO))).containsExactly("10.0.0.2", "plant.example", "10.0.0.1");
    }

    @Test
    void aResolverElsewhereThanAt135SaysSo() {
        Bindings bindings = new Bindings(true, List.of(), Map.of(ALL, 31001), Map.of(ALL, 31000));
        assertThat(addresses(bindings.resolver(ONE))).containsExactly("10.0.0.1[31001]");
    }

    @Test
    void whereTheReachedAddressMeansNothingItIsNotTold() {
        Bindings bindings = new Bindings(false, List.of("plant.example"), Map.of(ALL, 135), Map.of(ALL, 31000));
        assertThat(addresses(bindings.objects(ONE))).containsExactly("plant.example[31000]");
        // nothing at all would help nobody
        Bindings silent = new Bindings(false, List.of(), Map.of(ALL, 135), Map.of(ALL, 31000));
        assertThat(addresses(silent.objects(ONE))).containsExactly("10.0.0.1[31000]");
    }

    @Test
    void eachListeningAddressHasItsOwnPort() {
        Bindings bindings = new Bindings(true, List.of(), Map.of(ONE, 135, TWO, 135), Map.of(ONE, 31000, TWO, 31001));
        assertThat(addresses(bindings.objects(ONE))).containsExactly("10.0.0.1[31000]");
        assertThat(addresses(bindings.objects(TWO))).containsExactly("10.0.0.2[31001]");
    }

    @Test
    void publishedAddressesAreWithoutPort() {
        NtlmAcceptor nobody = new NtlmAcceptor(NtlmServerSettings.of("TANDEM"), (domain, user) -> Optional.empty());
        DcomServerSettings settings = DcomServerSettings.of(nobody, PeerPolicy.strict());
        for (String bad : List.of("", "plant[135]", "plant example", "plant\0", "x".repeat(256))) {
            assertThatThrownBy(() -> settings.withPublished(true, List.of(bad)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(settings.withPublished(true, List.of("plant-1.example", "fe80::1"))
                        .published())
                .hasSize(2);
    }
}
