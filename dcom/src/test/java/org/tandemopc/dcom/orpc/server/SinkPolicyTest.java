package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.StringBinding;

/** Where a server goes to call its clients' objects, and where not. */
class SinkPolicyTest {
    private static final InetAddress CLIENT = InetAddress.ofLiteral("10.0.0.7");
    private static final InetAddress CONFIGURED = InetAddress.ofLiteral("10.0.9.9");

    private static List<InetSocketAddress> allowed(Set<InetAddress> also, StringBinding... bindings) {
        return new SinkPolicy(also).allowed(new DualStringArray(Arrays.asList(bindings), List.of()), CLIENT);
    }

    private static StringBinding tcp(String address) {
        return new StringBinding(StringBinding.TCP, address);
    }

    private static InetSocketAddress at(InetAddress address, int port) {
        return new InetSocketAddress(address, port);
    }

    @Test
    void theAddressThatTheClientCameFromIsCalled() {
        assertThat(allowed(Set.of(), tcp("10.0.0.7"))).containsExactly(at(CLIENT, 135));
    }

    /** j-Interop's own resolver is at any port; Windows leaves it out. */
    @Test
    void thePortOfTheBindingCounts() {
        assertThat(allowed(Set.of(), tcp("10.0.0.7[31000]"), tcp("10.0.0.7"), tcp("10.0.0.7[31000]")))
                .containsExactly(at(CLIENT, 31000), at(CLIENT, 135));
    }

    /** Whoever could name any host would have the server connect to it. */
    @Test
    void otherHostsAreNotCalledUnlessConfigured() {
        StringBinding[] elsewhere = {tcp("10.0.0.8"), tcp("10.0.9.9[31001]"), tcp("192.168.1.1"), tcp("127.0.0.1")};
        assertThat(allowed(Set.of(), elsewhere)).isEmpty();
        assertThat(allowed(Set.of(CONFIGURED), elsewhere)).containsExactly(at(CONFIGURED, 31001));
    }

    @Test
    void namesAreNeverLookedUp() {
        assertThat(allowed(Set.of(), tcp("localhost"), tcp("station.plant.example[135]"), tcp("10.0.0.7.example")))
                .isEmpty();
    }

    @Test
    void whatIsNoPlaceIsPassedOver() {
        assertThat(allowed(
                        Set.of(),
                        tcp(""),
                        tcp("[135]"),
                        tcp("10.0.0.7[0]"),
                        tcp("10.0.0.7[65536]"),
                        tcp("10.0.0.7[x]"),
                        tcp("10.0.0.7[]"),
                        new StringBinding(8, "10.0.0.7"),
                        tcp("10.0.0.7[200]")))
                .containsExactly(at(CLIENT, 200));
    }

    @Test
    void anEndlessListIsNotReadToItsEnd() {
        StringBinding[] many = Collections.nCopies(1_000, tcp("10.0.0.8")).toArray(StringBinding[]::new);
        many[999] = tcp("10.0.0.7");
        assertThat(allowed(Set.of(), many)).isEmpty();
    }
}
