package org.tandemopc.service.users;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.service.users.UserRefused.Kind;
import org.tandemopc.service.users.UserStore.User;

/**
 * Users, logins, sessions and what they did. Any thread; whatever looks at a password takes some tenths of a second.
 */
public final class Accounts implements AutoCloseable {
    /** In the data folder. */
    public static final String USERS_FILE = "users.json";
    /** In the data folder. */
    public static final String AUDIT_FOLDER = "audit";

    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
    /** Passwords that are looked at together: logins must not take the processor from the pairs. */
    public static final int HASHING_MAX = 2;
    /** For which a login waits for its turn. */
    public static final long HASHING_SECONDS_MAX = 5;

    private static final int NAME_MAX = 64;
    /** Refused logins and setups that are audited one by one, within a minute. */
    private static final int REFUSALS_AUDITED_MAX = 30;

    private static final long REFUSALS_NANOS = Duration.ofMinutes(1).toNanos();

    private final UserStore users;
    private final Sessions sessions;
    private final AuditLog audit;
    private final SetupToken setup;
    private final LongSupplier nanoClock;
    private final Clock clock;
    private final LoginThrottle throttle = new LoginThrottle();
    private final Semaphore hashing = new Semaphore(HASHING_MAX, true);

    /** Counts up with each change of a user, before sessions end for it. */
    private final AtomicLong changes = new AtomicLong();

    private final Object refusalsLock = new Object();
    private long refusalsSince;
    private int refusals;

    /** What came of a login. */
    public sealed interface Login {
        /** @param user as of now */
        record In(Sessions.Started started, User user) implements Login {}

        /** Name or password is wrong; which one is not said. */
        record Wrong() implements Login {}

        /** Too many were wrong: nothing was compared. */
        record Wait(long seconds) implements Login {}

        /** Too many log in at this moment, or a user was changed at this moment. */
        record Busy() implements Login {}
    }

    private Accounts(UserStore users, AuditLog audit, SetupToken setup, LongSupplier nanoClock, Clock clock) {
        this.users = users;
        this.sessions = new Sessions(nanoClock);
        this.audit = audit;
        this.setup = setup;
        this.nanoClock = nanoClock;
        this.clock = clock;
    }

    /**
     * Reads what is in the data folder. Without users a token for making the first one is written there, and where it is is
     * said in the log.
     *
     * @param dataFolder held by the caller
     * @throws IOException with a sentence for people
     */
    public static Accounts open(Path dataFolder) throws IOException {
        return open(dataFolder, PasswordHash.ROUNDS, System::nanoTime, Clock.systemUTC());
    }

    /** @param rounds of each password's hash. @param nanoClock monotonic */
    public static Accounts open(Path dataFolder, int rounds, LongSupplier nanoClock, Clock clock) throws IOException {
        UserStore users = UserStore.open(dataFolder.resolve(USERS_FILE), rounds);
        SetupToken setup = SetupToken.open(dataFolder, users.isEmpty());
        if (users.isEmpty()) {
            LOG.info(
                    "There are no users yet. The token for making the first one in a browser is in {}; 'tandem user add'"
                            + " makes one, too.",
                    setup.file().toAbsolutePath());
        }
        return new Accounts(users, AuditLog.open(dataFolder.resolve(AUDIT_FOLDER), clock), setup, nanoClock, clock);
    }

    public UserStore users() {
        return users;
    }

    public AuditLog audit() {
        return audit;
    }

    public Sessions sessions() {
        return sessions;
    }

    /** Whose session it is, as the user is now; empty when it has ended or there is no such user any more. */
    public Optional<User> user(Sessions.Session session) {
        return sessions.isLive(session) ? users.find(session.user()) : Optional.empty();
    }

    public Optional<Sessions.Session> session(String id) {
        return sessions.use(id);
    }

    public Login login(String name, String password, InetAddress from) throws InterruptedException {
        String who = name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name;
        long wait = begin(from, who);
        if (wait > 0) {
            refused("login", who, from, "wait");
            return new Login.Wait(wait);
        }
        if (!hashing.tryAcquire(HASHING_SECONDS_MAX, TimeUnit.SECONDS)) {
            return new Login.Busy();
        }
        long before = changes.get();
        Optional<User> user;
        try {
            user = users.check(name, password);
        } finally {
            hashing.release();
        }
        if (user.isEmpty()) {
            refused("login", who, from, "wrong");
            return new Login.Wrong();
        }
        succeeded(from, who);
        return in(user.get(), from, before);
    }

    /** @param before how many changes there were before the password was looked at */
    private Login in(User user, InetAddress from, long before) {
        try {
            users.seen(user.name(), clock.instant());
        } catch (IOException e) {
            // A full disk keeps nobody out.
            LOG.warn("That '{}' logged in is not remembered: {}", user.name(), e.getMessage());
        }
        Sessions.Started started = sessions.start(user.name());
        if (changes.get() != before) {
            // What was compared may be of before the change, which ends what is there, and this was not there yet.
            sessions.end(started.session());
            return new Login.Busy();
        }
        audit.add(user.name(), from.getHostAddress(), "login", "", "", "done");
        return new Login.In(started, user);
    }

    /**
     * Makes the first user, an engineer, and logs him in.
     *
     * @throws UserRefused there are users; the name or the password will not do
     */
    public Login setUp(String token, String name, String password, InetAddress from)
            throws UserRefused, IOException, InterruptedException {
        if (!users.isEmpty()) {
            throw new UserRefused(
                    Kind.USERS_EXIST, "There are users already.", "Log in, or let an engineer make a user for you.");
        }
        long wait = begin(from, "setup");
        if (wait > 0) {
            return new Login.Wait(wait);
        }
        if (!setup.matches(token)) {
            refused("setup", "", from, "wrong");
            return new Login.Wrong();
        }
        succeeded(from, "setup");
        long before = changes.get();
        users.addFirst(name, password);
        setup.use();
        audit.add(name, from.getHostAddress(), "setup", name, "engineer", "done");
        return in(users.find(name).orElseThrow(), from, before);
    }

    /** @throws UserRefused the first one must be an engineer, among other reasons */
    public void add(String name, Role role, String password) throws UserRefused, IOException {
        users.add(name, role, password);
        setup.use();
    }

    /** Ends the sessions of the user if something of them changes: what was known before counts no more. */
    public void change(String name, @Nullable Role role, @Nullable String password) throws UserRefused, IOException {
        users.change(name, role, password);
        changes.incrementAndGet();
        sessions.endAllOf(name);
    }

    public void remove(String name) throws UserRefused, IOException {
        users.remove(name);
        changes.incrementAndGet();
        sessions.endAllOf(name);
    }

    /**
     * A user changes the own password; all sessions of his but this one end.
     *
     * @throws UserRefused also when the old one is wrong, or was wrong too often
     */
    public void changeOwnPassword(Sessions.Session session, String old, String password, InetAddress from)
            throws UserRefused, IOException, InterruptedException {
        long wait = begin(from, session.user());
        if (wait > 0 || !hashing.tryAcquire(HASHING_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new UserRefused(
                    Kind.WRONG_PASSWORD, "Too many passwords were wrong.", "Try again in %d s.".formatted(wait + 1));
        }
        try {
            if (users.check(session.user(), old).isEmpty()) {
                throw new UserRefused(Kind.WRONG_PASSWORD, "The old password is wrong.", "Try again.");
            }
        } finally {
            hashing.release();
        }
        succeeded(from, session.user());
        users.change(session.user(), null, password);
        changes.incrementAndGet();
        sessions.endOthersOf(session.user(), session);
    }

    public void logout(Sessions.Session session) {
        sessions.end(session);
    }

    /** @return seconds to wait; 0: it is counted and may go on */
    private long begin(InetAddress from, String who) {
        synchronized (throttle) {
            long now = nanoClock.getAsLong();
            long wait = throttle.waitNanos(from, who, now);
            if (wait > 0) {
                return TimeUnit.NANOSECONDS.toSeconds(wait) + 1;
            }
            throttle.begins(from, who, now);
            return 0;
        }
    }

    private void succeeded(InetAddress from, String who) {
        synchronized (throttle) {
            throttle.succeeded(from, who);
        }
    }

    /** Bounded in time: whoever guesses must not push out of the log what others did. */
    private void refused(String action, String who, InetAddress from, String why) {
        int left;
        synchronized (refusalsLock) {
            long now = nanoClock.getAsLong();
            left = 0;
            if (now - refusalsSince >= REFUSALS_NANOS) {
                left = Math.max(0, refusals - REFUSALS_AUDITED_MAX);
                refusalsSince = now;
                refusals = 0;
            }
            refusals++;
            if (refusals > REFUSALS_AUDITED_MAX) {
                return;
            }
        }
        if (left > 0) {
            audit.add("", "", action, "", left + " more were refused before and are not listed", "refused");
        }
        audit.add(who, from.getHostAddress(), action, "", "", why);
    }

    /** Writes what waits. */
    @Override
    public void close() {
        audit.close();
    }
}
