package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.simulator.da.DaTestClient.PATIENCE;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.testkit.Await;

/** Nothing is left of clients that come and go, or go without a word. */
@Timeout(120)
class DaLeaksTest {
    private static void assertNothingLeft(DaSimulatedServer server) {
        Await.until("no clients", PATIENCE, () -> server.clients() == 0);
        Await.until("no objects", PATIENCE, () -> server.objects() == 0);
        assertThat(server.groups()).isZero();
        assertThat(server.items()).isZero();
        assertThat(server.sinks()).isZero();
    }

    private static void work(DaTestClient client) throws Exception {
        ComPointer<IOPCServer> opc = client.server();
        for (int i = 0; i < 5; i++) {
            var group = client.group(opc, "g" + i, 10);
            group.add("counter.0", "counter.1");
            DaTestClient.Heard heard = group.advise();
            Await.until("values", PATIENCE, () -> heard.changes.size() > 1);
        }
        assertThat(client.ask(opc, IOPCBrowseServerAddressSpace.DEF)
                        .within(soon())
                        .browseOpcItemIds(OpcBrowseType.FLAT, "", 0, 0)
                        .value())
                .isPresent();
    }

    @Test
    void clientsThatComeAndGoLeaveNothing() throws Exception {
        try (DaSimulatedServer server = DaSimulatedServer.start(DaTestClient.settings())) {
            for (int i = 0; i < 5; i++) {
                try (DaTestClient client = DaTestClient.of(server)) {
                    work(client);
                    assertThat(server.groups()).as("control").isEqualTo(5);
                    assertThat(server.sinks()).as("control").isEqualTo(5);
                }
                assertNothingLeft(server);
            }
            Await.until("no connections", PATIENCE, () -> server.connections() == 0);
        }
    }

    /** The client itself may live on, and is given up when it says nothing for long. */
    @Test
    void aSinkThatDoesNotAnswerIsCalledNoMore() throws Exception {
        try (DaSimulatedServer server = DaSimulatedServer.start(DaTestClient.settings());
                DaTestClient client = DaTestClient.of(server)) {
            work(client);

            client.vanish();

            Await.until("no sinks", PATIENCE, () -> server.sinks() == 0);
            assertThat(server.clients()).isEqualTo(1);
            assertThat(server.groups()).isEqualTo(5);
        }
    }

    @Test
    void aClientThatVanishesIsGivenUpAndLeavesNothing() throws Exception {
        try (DaSimulatedServer server =
                        DaSimulatedServer.start(DaTestClient.settings().withSilence(Duration.ofSeconds(3)));
                DaTestClient client = DaTestClient.of(server)) {
            work(client);
            assertThat(server.clients()).as("control").isEqualTo(1);

            client.vanish();

            assertNothingLeft(server);
        }
    }
}
