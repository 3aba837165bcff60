package org.tandemopc.service.users;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Who is logged in. In memory only: after a restart everybody logs in again. Any thread.
 */
public final class Sessions {
    /** Since the last request. */
    public static final Duration IDLE_MAX = Duration.ofHours(1);
    /** Since the login: a shift. */
    public static final Duration LIFE_MAX = Duration.ofHours(12);
    /** Of one user; a login beyond ends the one that was idle longest. */
    public static final int OF_USER_MAX = 10;
    /** Of all users; the same. */
    public static final int ALL_MAX = 200;

    private static final int ID_BYTES = 32;

    private final LongSupplier nanoClock;
    private final SecureRandom random = new SecureRandom();
    /** By the hash of their ids: neither the time of a search nor a dump of the memory tells an id. */
    private final Map<String, Session> all = new HashMap<>();

    /** One login. */
    public static final class Session {
        private final String user;
        private final String csrf;
        private final long began;
        private long used;
        private boolean ended;

        private Session(String user, String csrf, long now) {
            this.user = user;
            this.csrf = csrf;
            this.began = now;
            this.used = now;
        }

        public String user() {
            return user;
        }

        /** What a page shows to prove that it is ours: a page of another origin cannot read it. */
        public String csrf() {
            return csrf;
        }
    }

    /** A new session and its id, which is told to the browser and kept nowhere. */
    public record Started(String id, Session session) {}

    Sessions(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Always with a new id, whatever id the browser had before (session fixation). */
    synchronized Started start(String user) {
        long now = nanoClock.getAsLong();
        end(session -> isOver(session, now));
        makeRoom(session -> isOf(session, user), OF_USER_MAX);
        makeRoom(session -> true, ALL_MAX);
        String id = fresh();
        Session session = new Session(user, fresh(), now);
        all.put(key(id), session);
        return new Started(id, session);
    }

    private void makeRoom(Predicate<Session> which, int most) {
        List<Session> longestIdleFirst = all.values().stream()
                .filter(which)
                .sorted(Comparator.comparingLong(session -> session.used - nanoClock.getAsLong()))
                .toList();
        for (int i = 0; i <= longestIdleFirst.size() - most; i++) {
            Session superfluous = longestIdleFirst.get(i);
            end(session -> session == superfluous);
        }
    }

    /** The session of this id, used now. */
    synchronized Optional<Session> use(String id) {
        Session session = all.get(key(id));
        long now = nanoClock.getAsLong();
        if (session == null || isOver(session, now)) {
            return Optional.empty();
        }
        session.used = now;
        return Optional.of(session);
    }

    /** Whether it is neither ended nor timed out; for streams, which is no use. */
    public synchronized boolean isLive(Session session) {
        return !isOver(session, nanoClock.getAsLong());
    }

    synchronized void end(Session session) {
        end(each -> each == session);
    }

    synchronized void endAllOf(String user) {
        end(session -> isOf(session, user));
    }

    synchronized void endOthersOf(String user, Session kept) {
        end(session -> isOf(session, user) && session != kept);
    }

    private void end(Predicate<Session> which) {
        all.values().removeIf(session -> {
            session.ended |= which.test(session);
            return session.ended;
        });
    }

    private static boolean isOf(Session session, String user) {
        return session.user.equalsIgnoreCase(user);
    }

    private static boolean isOver(Session session, long now) {
        return session.ended || now - session.used >= IDLE_MAX.toNanos() || now - session.began >= LIFE_MAX.toNanos();
    }

    private String fresh() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String key(String id) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
