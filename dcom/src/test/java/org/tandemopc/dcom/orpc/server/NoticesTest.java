package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.testkit.Await;

/** How objects hear that nobody outside has them any more: in order, once for each time, and whatever other objects do. */
@Timeout(60)
class NoticesTest {
    private static final Client ANN = new Client(new Principal("PLANT", "ann"), InetAddress.ofLiteral("10.0.0.1"));
    private static final Duration TIMEOUT = Duration.ofMinutes(6);

    private final AtomicLong clock = new AtomicLong();
    private final ObjectExporter exporter = new ObjectExporter(ExportLimits.DEFAULT, clock::get, Names.random());
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    private ComObject object(String name, Runnable notice) {
        return ComObject.named(name).onUnreferenced(notice).build();
    }

    private StdObjRef handOut(ComObject object) {
        return exporter.export(object, IUnknown.IID, ANN);
    }

    private void letGo(StdObjRef reference) {
        exporter.release(List.of(new RemInterfaceRef(reference.ipid(), reference.publicRefs(), 0)), ANN);
    }

    private int collectAll() {
        clock.addAndGet(TIMEOUT.toNanos());
        return exporter.collect(ExportTable.Pings.none(), TIMEOUT);
    }

    private void awaitHeard(String... all) {
        Await.until("heard", TestDcom.PATIENCE, () -> heard.size() >= all.length);
        assertThat(heard).containsExactly(all);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(TestDcom.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The second notice of an object waits for the first to end; the object has not to look after itself. */
    @Test
    void noticesOfAnObjectComeOneAfterTheOther() {
        CountDownLatch firstMayEnd = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        ComObject object = object("room", () -> {
            int mine = count.incrementAndGet();
            heard.add("begins " + mine);
            if (mine == 1) {
                await(firstMayEnd);
            }
            heard.add("ends " + mine);
        });
        letGo(handOut(object));
        awaitHeard("begins 1");
        letGo(handOut(object));
        CountDownLatch otherHasHeard = new CountDownLatch(1);
        letGo(handOut(object("other", otherHasHeard::countDown)));
        // whoever came later has its notice, while that object still waits with its second
        await(otherHasHeard);
        assertThat(heard).containsExactly("begins 1");
        firstMayEnd.countDown();
        awaitHeard("begins 1", "ends 1", "begins 2", "ends 2");
    }

    /** What was handed out again before its notice came needs none; the one after it comes. */
    @Test
    void anObjectThatIsInUseAgainHearsNothing() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        ComObject object = object("room", () -> {
            heard.add("notice " + count.incrementAndGet());
            await(mayEnd);
        });
        letGo(handOut(object));
        awaitHeard("notice 1");
        StdObjRef inUse = handOut(object);
        assertThat(exporter.isReferenced(object)).isTrue();
        mayEnd.countDown();
        exporter.notHandedOut(object);
        letGo(handOut(object("other", () -> heard.add("other"))));
        awaitHeard("notice 1", "other");
        letGo(new StdObjRef(0, 10, inUse.oxid(), inUse.oid(), inUse.ipid()));
        awaitHeard("notice 1", "other", "notice 2");
    }

    /** One that breaks, with an exception or an error, costs neither the look nor the notices of the others, nor the next look. */
    @Test
    void aNoticeThatBreaksCostsNobodyElseAnything() {
        handOut(object("broken", () -> {
            heard.add("broken");
            throw new IllegalStateException("broken on purpose");
        }));
        handOut(object("broken hard", () -> {
            heard.add("broken hard");
            throw new StackOverflowError("broken on purpose");
        }));
        handOut(object("sound", () -> heard.add("sound")));
        assertThat(collectAll()).isEqualTo(3);
        Await.until("all heard", TestDcom.PATIENCE, () -> heard.size() == 3);
        assertThat(heard).containsExactlyInAnyOrder("broken", "broken hard", "sound");
        handOut(object("later", () -> heard.add("later")));
        assertThat(collectAll()).isEqualTo(1);
        Await.until("heard", TestDcom.PATIENCE, () -> heard.contains("later"));
    }
}
