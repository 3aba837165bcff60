package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.relay.ua.back.Links.get;
import static org.tandemopc.relay.ua.back.Links.linkFailure;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

@Timeout(30)
class HostResolverTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final NioEventLoopGroup group = new NioEventLoopGroup(1);
    private final EventLoop loop = group.next();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean silent;
    private volatile boolean broken;
    private final HostResolver resolver = new HostResolver(this::lookUp);

    @AfterEach
    void closeAll() {
        release.countDown();
        resolver.close();
        var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private InetAddress[] lookUp(String host) throws UnknownHostException {
        questions.incrementAndGet();
        if (broken) {
            throw new UnknownHostException(host);
        }
        if (silent) {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return new InetAddress[] {HERE};
    }

    private CompletableFuture<List<InetAddress>> resolve(String host, long timeoutMs) {
        return CompletableFuture.completedFuture(host)
                .thenComposeAsync(name -> resolver.resolve(name, loop, timeoutMs), loop);
    }

    @Test
    void literalAddressAsksNobody() {
        assertThat(get(resolve("127.0.0.1", 1_000))).containsExactly(HERE);
        assertThat(questions).hasValue(0);
    }

    // S25: DNS down or silent must not take a running pair's reconnects down.
    @Test
    @Requirement(value = "S25", protocol = Protocol.UA)
    void lastGoodAddressServesWhileTheNameServiceIsDownOrSilent() {
        get(resolve("plant", 1_000));

        broken = true;
        List<InetAddress> whileBroken = get(resolve("plant", 10_000));
        broken = false;
        silent = true;
        List<InetAddress> whileSilent = get(resolve("plant", 10_000));

        assertThat(whileBroken).containsExactly(HERE);
        assertThat(whileSilent).containsExactly(HERE);
    }

    @Test
    @Requirement(value = "S25", protocol = Protocol.UA)
    void silentNameServiceBlocksNeitherTheLoopNorOtherHostsForLong() {
        silent = true;
        CompletableFuture<List<InetAddress>> hanging = resolve("silent", 400);

        boolean loopIsFree = get(CompletableFuture.supplyAsync(() -> true, loop));
        LinkException failed = linkFailure(hanging);

        assertThat(loopIsFree).isTrue();
        assertThat(failed.status().getValue()).isEqualTo(StatusCodes.Bad_Timeout);
        assertThat(failed.certainlyNotSent()).isTrue();
    }

    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void silentNameIsAskedOnceAtATime() {
        silent = true;

        for (int i = 0; i < 20; i++) {
            linkFailure(resolve("silent", 20));
        }

        Await.until("asked", Duration.ofSeconds(20), () -> questions.get() >= 1);
        assertThat(questions).hasValue(1);
    }

    @Test
    void unknownNameFailsWithAReason() {
        broken = true;

        LinkException failed = linkFailure(resolve("nowhere.invalid", 5_000));

        assertThat(failed.status().getValue()).isEqualTo(StatusCodes.Bad_CommunicationError);
        assertThat(failed).hasMessageContaining("nowhere.invalid");
    }
}
