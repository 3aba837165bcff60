package org.tandemopc.relay.ua.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class NamespaceMapTest {
    private static final List<String> PAIR = List.of("UA", "urn:a", "urn:x", "urn:y", "urn:z");

    // Part 5, 6.3.1: 0 is OPC UA, 1 the server itself, whatever it is called.
    @Test
    @Requirement(
            value = {"S10", "LIM-2"},
            protocol = Protocol.UA)
    void indexesFollowTheUris() {
        NamespaceMap map = NamespaceMap.of(PAIR, List.of("UA", "urn:b", "urn:z", "urn:x", "urn:y"));

        assertThat(IntStream.range(0, 5).map(map::toMember)).containsExactly(0, 1, 3, 4, 2);
        assertThat(IntStream.range(0, 5).map(map::toPair)).containsExactly(0, 1, 4, 2, 3);
        assertThat(map.isIdentity()).isFalse();
    }

    @Test
    @Requirement(value = "S10", protocol = Protocol.UA)
    void whatTheOtherSideDoesNotHaveIsNowhere() {
        NamespaceMap map = NamespaceMap.of(PAIR, List.of("UA", "urn:b", "urn:y"));

        assertThat(IntStream.range(0, 6).map(map::toMember))
                .containsExactly(0, 1, NamespaceMap.NOWHERE, 2, NamespaceMap.NOWHERE, NamespaceMap.NOWHERE);
        assertThat(map.toPair(2)).isEqualTo(3);
        assertThat(map.toPair(3)).isEqualTo(NamespaceMap.NOWHERE);
        assertThat(map.toPair(65_535)).isEqualTo(NamespaceMap.NOWHERE);
    }

    @Test
    void tablesThatDifferInTheServersOwnNameAreOne() {
        assertThat(NamespaceMap.of(PAIR, List.of("UA", "urn:b", "urn:x", "urn:y", "urn:z")))
                .isSameAs(NamespaceMap.IDENTITY);
    }

    /** A pair that has grown is another table than the member's, though all that the member has is in its place. */
    @Test
    void aTableWithEntriesMoreIsMapped() {
        NamespaceMap map = NamespaceMap.of(PAIR, List.of("UA", "urn:b", "urn:x"));

        assertThat(map.isIdentity()).isFalse();
        assertThat(IntStream.range(0, 4).map(map::toMember)).containsExactly(0, 1, 2, NamespaceMap.NOWHERE);
    }

    @Test
    void whatAMemberHasInAdditionComesToTheEnd() {
        assertThat(NamespaceMap.grown(PAIR, List.of("UA", "urn:b", "urn:new", "urn:y", "urn:other")))
                .containsExactly("UA", "urn:a", "urn:x", "urn:y", "urn:z", "urn:new", "urn:other");
        assertThat(NamespaceMap.grown(PAIR, PAIR)).isEqualTo(PAIR);
        assertThat(NamespaceMap.lacking(PAIR, List.of("UA", "urn:b", "urn:new", "urn:y")))
                .containsExactly("urn:x", "urn:z");
    }

    @Test
    @Requirement(value = "LIM-2", protocol = Protocol.UA)
    void whatCannotBeToldApartIsNotMapped() {
        refused(List.of("other", "urn:b"), "namespace 0 is \"other\"");
        refused(List.of(), "namespace 0");
        refused(List.of("UA", "urn:b", "urn:x", "urn:x"), "namespaces 2 and 3 are both \"urn:x\"");
        refused(List.of("UA", "urn:x", "urn:x"), "namespaces 1 and 2");
        refused(List.of("UA", "urn:b", "urn:x", ""), "namespace 3 has no URI");
        // On its own server this is namespace 1, and here another one: it would be twice in what clients see.
        refused(List.of("UA", "urn:b", "urn:a"), "with those of the other member namespaces 1 and 5");
    }

    /** 255 in one octet is what no table has. */
    @Test
    void moreThan255NamespacesAreNotMapped() {
        List<String> most = namespaces(255);
        List<String> reversed = new ArrayList<>(most);
        Collections.swap(reversed, 2, 254);

        assertThat(NamespaceMap.difference(most, reversed)).isNull();
        assertThat(NamespaceMap.of(most, reversed).toMember(2)).isEqualTo(254);
        assertThat(NamespaceMap.difference(most, List.of("UA", "urn:b", "urn:more")))
                .contains("256 namespaces");
        assertThat(NamespaceMap.difference(namespaces(300), namespaces(300)))
                .as("the same")
                .isNull();
        assertThat(NamespaceMap.difference(namespaces(65_537), namespaces(65_537)))
                .contains("65537");
    }

    private static List<String> namespaces(int count) {
        List<String> table = new ArrayList<>(List.of("UA", "urn:a"));
        IntStream.range(2, count).forEach(i -> table.add("urn:" + i));
        return table;
    }

    private static void refused(List<String> member, String why) {
        assertThat(NamespaceMap.difference(PAIR, member)).contains(why);
        assertThatThrownBy(() -> NamespaceMap.of(PAIR, member)).isInstanceOf(IllegalArgumentException.class);
    }
}
