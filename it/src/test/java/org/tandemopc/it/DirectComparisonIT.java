package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.node.NodeScript;
import org.tandemopc.it.node.NodeServer;
import org.tandemopc.it.pair.PairSpec;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Security;
import org.tandemopc.it.pair.TandemProcess;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.it.script.OwnNodesPage;
import org.tandemopc.it.script.ServerObject;
import org.tandemopc.it.script.ServiceScript;
import org.tandemopc.it.script.SwitchScript;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.MemberProcess;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.process.TestFolder;

/**
 * The same requests get the same answers through Tandem as from the server itself, operation by operation, for clients and
 * servers of two makers, on either member, except for what docs/reference/own-nodes.md lists.
 */
@ExtendWith(Timelines.class)
@Timeout(400)
@Execution(ExecutionMode.CONCURRENT)
class DirectComparisonIT {
    private static final String PAIR = PairUnderTest.NAME;

    /** The services of requests that the page lets differ, and of requests whose answers follow from those. */
    private static final Map<String, String> SERVICES = Map.ofEntries(
            Map.entry("add no nodes", "AddNodes"),
            Map.entry("add no references", "AddReferences"),
            Map.entry("delete a node", "DeleteNodes"),
            Map.entry("delete no references", "DeleteReferences"),
            Map.entry("query", "QueryFirst"),
            Map.entry("query on", "QueryNext"),
            Map.entry("cancel", "Cancel"),
            Map.entry("a state of the server", "Server_RequestServerStateChange"),
            Map.entry("delete items", "DeleteMonitoredItems"),
            Map.entry("the next page", "BrowseNext"),
            Map.entry("republish what was acknowledged", "Republish"),
            Map.entry("transfer", "TransferSubscriptions"),
            Map.entry("who had it is told", "TransferSubscriptions"),
            Map.entry("nor has it the items", "TransferSubscriptions"),
            Map.entry("after the transfer", "TransferSubscriptions"),
            Map.entry("delete the item there", "TransferSubscriptions"),
            Map.entry("delete the subscription there", "TransferSubscriptions"),
            Map.entry("delete the subscription here", "TransferSubscriptions"));

    /** What may be found, by what the page says. */
    private static final Map<String, Set<String>> FITS = Map.of(
            "yes", Set.of("yes"),
            "no", Set.of("no"),
            "other member", Set.of("other member", "no"),
            "one member", Set.of("other member", "only first member", "no"),
            "may", Set.of("yes", "other member", "only first member", "no"));

    /** By then whatever counts publishing intervals has moved. */
    private static final long MOVES_NANOS_MAX = 20_000_000_000L;

    private static final NodeId SECURITY_DIAGNOSTICS =
            NodeIds.Server_ServerDiagnostics_SessionsDiagnosticsSummary_SessionSecurityDiagnosticsArray;

    private final Set<String> listed = OwnNodesPage.services();
    /** Services, and nodes of the Server object at either member. */
    private final Set<String> differing = new LinkedHashSet<>();
    /** Of nodes whose values differed, what they were last. */
    private final Map<NodeId, String> unequal = new HashMap<>();

    private enum Maker {
        MILO {
            @Override
            List<MemberProcess> launch(Security security) {
                return List.of(simulated("A", security), simulated("B", security));
            }
        },
        NODE_OPCUA {
            @Override
            List<MemberProcess> launch(Security security) {
                return List.of(node(security), node(security));
            }
        },
        /** One of each: answers are those of whoever is active, also where the other one's are different. */
        MIXED {
            @Override
            List<MemberProcess> launch(Security security) {
                return List.of(node(security), simulated("A", security));
            }
        };

        /** Both start at the same time; {@link MemberProcess#awaitReady()} must follow. */
        abstract List<MemberProcess> launch(Security security);

        private static MemberProcess simulated(String name, Security security) {
            return ServerProcess.launchOnly(
                    name,
                    List.of("-Xmx256m"),
                    Stream.concat(Stream.of("--session-diagnostics"), Stream.of(security.ofSimulator()))
                            .toArray(String[]::new));
        }

        private static MemberProcess node(Security security) {
            return NodeServer.launchOnly(5, PairUnderTest.PERIOD_MS, security);
        }

        /** Control: what the page lists does differ, of one of the servers and for one of the users. */
        void requireDifferences(Security security, Set<String> listed, Set<String> differing) {
            if (this != MILO) {
                assertThat(differing).contains("Cancel");
            }
            if (this == MIXED) {
                assertThat(differing).contains(id(NodeIds.Server_ServerStatus_BuildInfo_ProductName));
            }
            if (this != NODE_OPCUA && security == Security.NONE) {
                assertThat(differing)
                        .containsAll(listed.stream()
                                .filter(each -> !each.equals("Cancel"))
                                .toList())
                        .contains(id(NodeIds.Server_NamespaceArray), id(SECURITY_DIAGNOSTICS));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"MILO, NONE, WARM", "NODE_OPCUA, SECURED, COLD", "MIXED, NONE, HOT", "MIXED, SECURED, WARM"})
    @Requirement(
            value = {"CON-1", "ARC-1", "SYS-7", "I6"},
            protocol = Protocol.UA)
    void answersThroughTandemAreThoseOfTheServer(Maker maker, Security security, Mode mode) throws Exception {
        List<MemberProcess> members = maker.launch(security);
        try (TestFolder keys = new TestFolder("script-keys");
                MemberProcess a = members.get(0);
                MemberProcess b = members.get(1)) {
            members.forEach(MemberProcess::awaitReady);
            PairSpec spec = PairSpec.of(PAIR, mode, a.url(), b.url());
            try (TandemProcess tandem = TandemProcess.start(security.of(spec))) {
                assertThat(differences(tandem, mode, members, security, keys)).isEmpty();
            }
            maker.requireDifferences(security, listed, differing);
        }
    }

    private List<String> differences(
            TandemProcess tandem, Mode mode, List<MemberProcess> members, Security security, TestFolder keys)
            throws Exception {
        List<String> differences = new ArrayList<>();
        tandem.awaitPhase(PAIR, "serving", PairUnderTest.LONG);
        int first = (int) tandem.figure(PAIR, "active");
        String url = tandem.url(PAIR);
        compare("first", members.get(first), url, security, keys, differences);
        Set<NodeId> atFirst = compareServer(members.get(first).url(), url, security, differences);
        compareOverSwitch(members.get(first), members.get(1 - first), url, security, differences, () -> {
            awaitReady(tandem, mode);
            members.get(first).kill();
            tandem.awaitServing(PAIR, 1 - first, PairUnderTest.LONG);
        });
        compare("second", members.get(1 - first), url, security, keys, differences);
        Set<NodeId> atSecond = compareServer(members.get(1 - first).url(), url, security, differences);
        compareWithPage(atFirst, atSecond, differences);
        return differences;
    }

    private static void awaitReady(TandemProcess tandem, Mode mode) {
        if (mode != Mode.COLD) {
            Await.until(
                    "both are ready",
                    PairUnderTest.LONG,
                    () -> tandem.status(PAIR, "ready").equals("11"));
        }
    }

    private static String id(NodeId node) {
        return node.toParseableString();
    }

    private void compare(
            String which,
            MemberProcess member,
            String tandem,
            Security security,
            TestFolder keys,
            List<String> differences)
            throws Exception {
        Map<String, String> expected = ServiceScript.run(() -> security.connect(member.url()));
        Map<String, String> actual = ServiceScript.run(() -> security.connect(tandem));
        assertThat(expected).hasSizeGreaterThan(200);
        requireAnswers(member, expected);
        compare("Milo, " + which, expected, actual, differences);

        List<Map<String, String>> answers = NodeScript.run(security, keys.path(), member.url(), tandem);
        requireAnswers(member, answers.get(0));
        compare("node-opcua, " + which, answers.get(0), answers.get(1), differences);
    }

    /** What was set up at one member is used at the other one, as if it had been set up there. */
    private void compareOverSwitch(
            MemberProcess one,
            MemberProcess next,
            String tandem,
            Security security,
            List<String> differences,
            SwitchScript.Meanwhile strike)
            throws Exception {
        SwitchScript.settle(() -> security.connect(one.url()));
        SwitchScript.Told atOne = SwitchScript.run(() -> security.connect(one.url()), () -> {});
        SwitchScript.settle(() -> security.connect(one.url()));
        SwitchScript.settle(() -> security.connect(next.url()));
        SwitchScript.Told through = SwitchScript.run(() -> security.connect(tandem), strike);
        SwitchScript.settle(() -> security.connect(next.url()));
        SwitchScript.Told atNext = SwitchScript.run(() -> security.connect(next.url()), () -> {});
        assertThat(atOne.before().get("first values")).as("control").startsWith("true");
        assertThat(atOne.before().get("an event"))
                .as("control")
                .startsWith("true")
                .contains("before");
        assertThat(atNext.after().get("an event after"))
                .as("control")
                .startsWith("true")
                .contains("after");
        compare("set up before a switch", atOne.before(), through.before(), differences);
        compare("used after a switch", atNext.after(), through.after(), differences);
    }

    /** Control: the server has what is asked for. */
    private static void requireAnswers(MemberProcess member, Map<String, String> direct) {
        assertThat(direct).hasSizeGreaterThan(100).containsEntry("largest message", "2");
        assertThat(direct.get("two events")).contains("one", "two");
        assertThat(direct.get("values with those times")).contains("85");
        if (member instanceof NodeServer) {
            assertThat(direct.get("history, page 2")).contains("2020-01-01T00:09");
        }
    }

    private void compare(
            String who, Map<String, String> expected, Map<String, String> actual, List<String> differences) {
        Set<String> requests = new LinkedHashSet<>(expected.keySet());
        requests.addAll(actual.keySet());
        for (String request : requests) {
            String direct = expected.getOrDefault(request, "(not asked)");
            String through = actual.getOrDefault(request, "(not asked)");
            if (direct.equals(through)) {
                continue;
            }
            String service = SERVICES.getOrDefault(request, "");
            if (listed.contains(service)) {
                differing.add(service);
            } else {
                differences.add("%s: %s%n   direct %s%n  through %s".formatted(who, request, direct, through));
            }
        }
    }

    /**
     * The whole Server object, read of the member, through Tandem, and of the member again: what moves by itself is told
     * so, and may only be a diagnostic. One that goes to and fro may be the same twice, so what the page does not list is watched for longer.
     *
     * @return the nodes whose value differs and does not move
     */
    private Set<NodeId> compareServer(String direct, String tandem, Security security, List<String> differences)
            throws Exception {
        try (StreamClient straight = security.connect(direct);
                StreamClient through = security.connect(tandem)) {
            ServerObject before = ServerObject.read(straight.milo());
            ServerObject seen = ServerObject.read(through.milo());
            ServerObject after = ServerObject.read(straight.milo());
            assertThat(before.nodes()).hasSizeGreaterThan(50);
            Set<NodeId> values = new LinkedHashSet<>();
            Set<NodeId> all = new LinkedHashSet<>(before.nodes());
            all.addAll(seen.nodes());
            for (NodeId node : all) {
                for (String attribute : ServerObject.ATTRIBUTES) {
                    String key = ServerObject.key(node, attribute);
                    String expected = before.values().getOrDefault(key, "(not there)");
                    String actual = seen.values().getOrDefault(key, "(not there)");
                    boolean moves = before.diagnostics().contains(node)
                            && !expected.equals(after.values().get(key));
                    if (expected.equals(actual) || moves) {
                        continue;
                    }
                    if (attribute.equals(AttributeId.Value.name())) {
                        values.add(node);
                        unequal.put(node, "direct %s%n  through %s".formatted(expected, actual));
                    } else {
                        differences.add("%s%n   direct %s%n  through %s".formatted(key, expected, actual));
                    }
                }
            }
            Set<NodeId> unlisted = new LinkedHashSet<>(values);
            unlisted.retainAll(before.diagnostics());
            unlisted.removeAll(OwnNodesPage.differs().keySet());
            values.removeAll(moving(straight, unlisted, before));
            return values;
        }
    }

    private static Set<NodeId> moving(StreamClient straight, Set<NodeId> nodes, ServerObject before) throws Exception {
        Set<NodeId> moved = new LinkedHashSet<>();
        long end = System.nanoTime() + MOVES_NANOS_MAX;
        while (moved.size() < nodes.size() && System.nanoTime() - end < 0) {
            ServerObject now = ServerObject.read(straight.milo());
            for (NodeId node : nodes) {
                String key = ServerObject.key(node, AttributeId.Value.name());
                if (!Objects.equals(before.values().get(key), now.values().get(key))) {
                    moved.add(node);
                }
            }
        }
        return moved;
    }

    private void compareWithPage(Set<NodeId> atFirst, Set<NodeId> atSecond, List<String> differences) {
        Map<NodeId, String> page = OwnNodesPage.differs();
        Function<NodeId, String> found = node -> atFirst.contains(node)
                ? atSecond.contains(node) ? "yes" : "only first member"
                : atSecond.contains(node) ? "other member" : "no";
        Set<NodeId> all = new LinkedHashSet<>(page.keySet());
        all.addAll(atFirst);
        all.addAll(atSecond);
        Stream.concat(atFirst.stream(), atSecond.stream())
                .map(DirectComparisonIT::id)
                .forEach(differing::add);
        for (NodeId node : all) {
            String says = page.getOrDefault(node, "(not listed)");
            if (!FITS.getOrDefault(says, Set.of()).contains(found.apply(node))) {
                differences.add("%s differs: %s, the page says %s%n  %s"
                        .formatted(id(node), found.apply(node), says, unequal.getOrDefault(node, "")));
            }
        }
    }
}
