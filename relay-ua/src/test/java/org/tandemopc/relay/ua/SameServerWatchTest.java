package org.tandemopc.relay.ua;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.ua.back.MemberFacts;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class SameServerWatchTest {
    private final List<String> told = new ArrayList<>();
    private final SameServerWatch watch = new SameServerWatch((one, other) -> told.add(one + " is " + other));

    private static MemberFacts server(String uri, int port) {
        return server(uri, port, null);
    }

    private static MemberFacts server(String uri, int port, @Nullable DateTime start) {
        return new MemberFacts(
                uri, ByteString.NULL_VALUE, new InetSocketAddress("127.0.0.1", port), start, List.of(), List.of());
    }

    @Test
    @Requirement(value = "S33", protocol = Protocol.UA)
    void bothMembersAtOneServerAreToldOnceHoweverOftenTheyConnect() {
        watch.saw(1, server("urn:a", 4840));
        watch.saw(0, server("urn:a", 4840));
        watch.saw(0, server("urn:a", 4840));
        watch.saw(1, server("urn:a", 4840));

        assertThat(told).containsExactly("0 is 1");
    }

    /** Control for the test above. */
    @Test
    @Requirement(value = "S33", protocol = Protocol.UA)
    void differentServersAreNotTold() {
        watch.saw(0, server("urn:a", 4840));
        watch.saw(1, server("urn:a", 4841));
        watch.saw(1, server("urn:b", 4840));

        assertThat(told).isEmpty();
    }

    /** Without certificates, through two ports: nothing but the start tells. */
    @Test
    @Requirement(value = "S33", protocol = Protocol.UA)
    void oneServerOnTwoWaysIsToldOnceHoweverOftenItStarts() {
        for (long start = 1; start <= 3; start++) {
            watch.saw(0, server("urn:a", 4840, new DateTime(start)));
            watch.saw(1, server("urn:a", 4841, new DateTime(start)));
        }

        assertThat(told).containsExactly("0 is 1");
    }

    /** Members may share a name on purpose, and not say when they started. */
    @Test
    @Requirement(value = "S33", protocol = Protocol.UA)
    void serversOfOneNameAreNotToldWhereNothingElseIsTheSame() {
        watch.saw(0, server("urn:a", 4840, new DateTime(1)));
        watch.saw(1, server("urn:a", 4841, new DateTime(2)));
        watch.saw(0, server("urn:a", 4840));
        watch.saw(1, server("urn:a", 4841));
        watch.saw(1, server("urn:b", 4841, new DateTime(1)));

        assertThat(told).isEmpty();
    }

    /** A member that connects again is not compared with what it was itself. */
    @Test
    @Requirement(value = "S33", protocol = Protocol.UA)
    void oneMemberAloneIsNotItsOwnDouble() {
        watch.saw(0, server("urn:a", 4840));
        watch.saw(0, server("urn:a", 4840));

        assertThat(told).isEmpty();
    }

    @Test
    @Requirement(value = "S33", protocol = Protocol.UA)
    void aSecondOccurrenceIsToldAgain() {
        watch.saw(0, server("urn:a", 4840));
        watch.saw(1, server("urn:a", 4840));
        watch.saw(1, server("urn:b", 4841));

        watch.saw(1, server("urn:a", 4840));

        assertThat(told).containsExactly("0 is 1", "0 is 1");
    }
}
