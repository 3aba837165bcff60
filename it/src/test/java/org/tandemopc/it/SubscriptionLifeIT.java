package org.tandemopc.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.it.client.ClientEvent;
import org.tandemopc.it.client.StreamClient;
import org.tandemopc.it.client.StreamVerdict;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.it.pair.Timelines;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/** A stock client is cut off from Tandem for longer than its session lives, then for longer than its subscription does. */
@ExtendWith(Timelines.class)
@Timeout(240)
class SubscriptionLifeIT {
    private static final int ITEMS = 3;
    private static final double SESSION_MS = 5_000;
    /** What waits for longer than the outage. */
    private static final StreamClient.Subscribing LONG_QUEUE = new StreamClient.Subscribing(100, 0, 1_000);

    @Test
    @Requirement(
            value = {"S20", "I4", "I7"},
            protocol = Protocol.UA)
    void aSubscriptionIsTransferredToTheNextSessionAndOneWhoseLifeIsOverIsGone() throws Exception {
        try (PairUnderTest pair = PairUnderTest.start(Mode.HOT)) {
            pair.awaitReady();
            long before = items(pair);
            String url = pair.tandem().url(PairUnderTest.NAME);
            int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
            try (FaultProxy network = FaultProxy.before(port);
                    StreamClient client = StreamClient.connect(
                            network.url(url),
                            SecurityPolicy.None,
                            config -> config.setSessionTimeout(uint((long) SESSION_MS)))) {
                client.watchCounters(0, ITEMS, LONG_QUEUE);
                Await.until("control: items there", PairUnderTest.LONG, () -> items(pair) == before + 2 * ITEMS);
                cutOff(network);
                awaitFigure(pair, "sessions", 0);
                assertThat(pair.tandem().figure(PairUnderTest.NAME, "subscriptions"))
                        .isOne();
                network.set(Fault.Door.OPEN);
                client.awaitPresent(PairUnderTest.PERIOD_MS, PairUnderTest.LONG);

                client.streams().forEach((item, samples) -> {
                    StreamVerdict verdict = StreamVerdict.of(samples, PairUnderTest.PERIOD_MS);
                    assertThat(verdict.isPerfect()).as(item + " " + verdict).isTrue();
                });
                assertThat(texts(client)).noneMatch(each -> each.startsWith("subscription "));
                assertThat(texts(client)).as("control: the session was lost").contains("session active again");

                cutOff(network);
                awaitFigure(pair, "subscriptions", 0);
                Await.until("nothing is left at the servers", PairUnderTest.LONG, () -> items(pair) == before);
                network.set(Fault.Door.OPEN);
                Await.until(
                        "the client is told",
                        PairUnderTest.LONG,
                        () -> texts(client).stream().anyMatch(each -> each.startsWith("subscription transfer failed")));
                assertThat(texts(client)).anyMatch(each -> each.contains("Bad_SubscriptionIdInvalid"));
            }
        }
    }

    private static void cutOff(FaultProxy network) {
        network.set(Fault.Door.REFUSE);
        network.strike(Fault.Strike.RESET);
    }

    private static long items(PairUnderTest pair) {
        return pair.server(0).stat("monitoredItems") + pair.server(1).stat("monitoredItems");
    }

    private static void awaitFigure(PairUnderTest pair, String figure, long value) {
        Await.until(
                figure + " is " + value,
                PairUnderTest.LONG.multipliedBy(3),
                () -> pair.tandem().figure(PairUnderTest.NAME, figure) == value);
    }

    private static List<String> texts(StreamClient client) {
        return client.events().stream().map(ClientEvent::what).toList();
    }
}
