package org.tandemopc.service.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // a monotonic clock may overflow
    private final Sessions sessions = new Sessions(now::get);

    @Test
    void idsAreLongRandomAndNewAtEachLogin() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Sessions.Started started = sessions.start("anna");
            ids.add(started.id());
            ids.add(started.session().csrf());
            assertThat(started.id()).matches("[0-9a-f]{64}");
        }

        assertThat(ids).hasSize(200);
    }

    @Test
    void sessionEndsWhenItIsIdleTooLong() {
        String id = sessions.start("anna").id();
        now.addAndGet(Sessions.IDLE_MAX.toNanos() - 1);
        assertThat(sessions.use(id)).isPresent();
        now.addAndGet(Sessions.IDLE_MAX.toNanos() - 1);
        assertThat(sessions.use(id)).as("used meanwhile").isPresent();
        now.addAndGet(Sessions.IDLE_MAX.toNanos());

        assertThat(sessions.use(id)).isEmpty();
    }

    @Test
    void sessionEndsAfterAShiftHoweverBusyItIs() {
        String id = sessions.start("anna").id();
        long step = Sessions.IDLE_MAX.toNanos() / 2;
        for (long age = step; age < Sessions.LIFE_MAX.toNanos(); age += step) {
            now.addAndGet(step);
            assertThat(sessions.use(id)).isPresent();
        }
        now.addAndGet(step);

        assertThat(sessions.use(id)).isEmpty();
    }

    @Test
    void oneUserHasSoManySessionsAndTheLongestIdleGoes() {
        String other = sessions.start("ben").id();
        String first = sessions.start("anna").id();
        now.incrementAndGet();
        String second = sessions.start("anna").id();
        for (int i = 2; i < Sessions.OF_USER_MAX; i++) {
            now.incrementAndGet();
            sessions.start("Anna");
        }
        now.incrementAndGet();
        assertThat(sessions.use(first)).isPresent();
        sessions.start("anna");

        assertThat(sessions.use(second)).isEmpty();
        assertThat(sessions.use(first)).isPresent();
        assertThat(sessions.use(other)).isPresent();
    }

    @Test
    void endedSessionIsNoneAndOthersStay() {
        Sessions.Started one = sessions.start("anna");
        Sessions.Started two = sessions.start("anna");
        sessions.end(one.session());

        assertThat(sessions.use(one.id())).isEmpty();
        assertThat(sessions.isLive(one.session())).isFalse();
        assertThat(sessions.isLive(two.session())).isTrue();
        sessions.endAllOf("ANNA");
        assertThat(sessions.use(two.id())).isEmpty();
    }
}
