package org.tandemopc.dcom.orpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.RemoteHost;

/** An account is not locked by a client that goes on trying. */
@Timeout(60)
class LoginGuardTest {
    private static final RemoteHost ONE = RemoteHost.of("one", InetAddress.ofLiteral("10.1.2.3"));
    private static final RemoteHost OTHER = RemoteHost.of("other", InetAddress.ofLiteral("10.1.2.4"));

    private final LoginGuard guard = new LoginGuard("PLANT\\opc");

    private LoginGuard.Attempt begin(RemoteHost host) throws LinkException {
        return guard.begin(host, Deadline.after(Duration.ofMillis(100)));
    }

    private void refused(RemoteHost host) throws LinkException {
        assertThat(begin(host).refused("test")).isTrue();
    }

    @Test
    void noThirdLoginAfterTwoRefusals() throws Exception {
        refused(ONE);
        refused(ONE);
        assertThatThrownBy(() -> begin(ONE))
                .isInstanceOfSatisfying(
                        LinkException.class, e -> assertThat(e.isNotSent()).isTrue())
                .hasMessageContaining("PLANT\\opc")
                .hasMessageContaining("check password and permissions");
        guard.allowAgain();
        refused(ONE);
    }

    /** A domain has one account for all hosts. */
    @Test
    void refusalsOfSeveralHostsCountTogether() throws Exception {
        refused(ONE);
        refused(OTHER);
        assertThatThrownBy(() -> begin(ONE)).hasMessageContaining("not locked");
        assertThatThrownBy(() -> begin(OTHER)).hasMessageContaining("not locked");
    }

    /** A computer has accounts of its own: that one takes the password says nothing of another. */
    @Test
    void successAtOneHostDoesNotCoverRefusalsOfAnother() throws Exception {
        refused(ONE);
        begin(OTHER).accepted();
        refused(ONE);
        begin(OTHER).accepted();
        assertThatThrownBy(() -> begin(ONE)).hasMessageContaining("not locked");
        begin(OTHER).accepted();
    }

    @Test
    void refusalsCountInARow() throws Exception {
        refused(ONE);
        begin(ONE).accepted();
        refused(ONE);
        begin(ONE).accepted();
    }

    /** What is refused after it was accepted is a permission, and no login. */
    @Test
    void refusalAfterAcceptanceIsAboutSomethingElse() throws Exception {
        LoginGuard.Attempt attempt = begin(ONE);
        attempt.accepted();
        assertThat(attempt.refused("test")).isFalse();
        begin(ONE).accepted();
    }

    /** After a password has changed, ten connections at once are two refusals, and not ten. */
    @Test
    void loginsOfUnknownFateCountAsRefused() throws Exception {
        LoginGuard.Attempt one = begin(ONE);
        LoginGuard.Attempt other = begin(OTHER);
        assertThatThrownBy(() -> begin(ONE)).isInstanceOf(DeadlineException.class);
        CompletableFuture<LoginGuard.Attempt> third = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return guard.begin(ONE, Deadline.after(Duration.ofSeconds(30)));
                    } catch (LinkException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
        other.unknown();
        LoginGuard.Attempt begun = third.get(20, TimeUnit.SECONDS);
        assertThat(one.refused("test")).isTrue();
        assertThat(begun.refused("test")).isTrue();
        assertThatThrownBy(() -> begin(OTHER)).hasMessageContaining("not locked");
        // what is known late counts as well
        assertThat(other.refused("test")).isTrue();
    }
}
