package org.tandemopc.relay.da.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class HostNamesTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress SECOND = InetAddress.ofLiteral("10.0.0.2");

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    @Test
    void addressIsNotLookedUp() throws LinkException {
        HostNames names = new HostNames(host -> {
            throw new UnknownHostException("asked for " + host);
        });
        RemoteHost host = HostNames.named("10.0.0.1", 135);

        assertThat(names.current(host, soon())).isEqualTo(host);
        assertThat(host.address()).isEqualTo(FIRST);
    }

    @Test
    @Requirement(value = "S25", protocol = Protocol.DA)
    void nameIsLookedUpForEachConnectionAndItsLastGoodAnswerIsKept() throws LinkException {
        AtomicReference<@Nullable InetAddress> answer = new AtomicReference<>(FIRST);
        HostNames names = new HostNames(host -> {
            InetAddress now = answer.get();
            if (now == null) {
                throw new UnknownHostException(host);
            }
            return now;
        });

        RemoteHost first = names.current(HostNames.named("server-a", 1135), soon());
        assertThat(first.address()).isEqualTo(FIRST);
        assertThat(first.resolverPort()).isEqualTo(1135);
        answer.set(SECOND);
        RemoteHost second = names.current(first, soon());
        assertThat(second.address()).isEqualTo(SECOND);
        answer.set(null);
        assertThat(names.current(second, soon()).address()).isEqualTo(SECOND);
    }

    @Test
    @Requirement(value = "S25", protocol = Protocol.DA)
    void silentNameServiceDoesNotKeepAConnectionToAKnownServerWaiting() throws LinkException {
        CountDownLatch end = new CountDownLatch(1);
        HostNames names = new HostNames(host -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return SECOND;
        });
        RemoteHost known = RemoteHost.of("server-a", FIRST);

        assertThat(names.current(known, soon()).address()).isEqualTo(FIRST);
        end.countDown();
    }

    @Test
    void nameThatNobodyKnowsIsAnErrorThatNamesIt() {
        HostNames names = new HostNames(host -> {
            throw new UnknownHostException(host);
        });

        assertThatThrownBy(() -> names.current(HostNames.named("server-x", 135), soon()))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("server-x");
    }
}
