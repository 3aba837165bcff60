package org.tandemopc.dcom.orpc.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.RemoteHost;

/**
 * Stops logging in with what was refused: a client that tries for ever with a wrong password locks the account for everybody
 * who uses it. After two refusals in a row, at one host or at several, no further login is begun until somebody says so.
 * Logins of which it is not known yet whether they are accepted count as if they were refused: many connections that are made
 * at once after a password has changed are two attempts, and not many. One for each account. Thread-safe.
 */
final class LoginGuard {
    /** Lockout policies of domains begin at three. */
    static final int REFUSALS_MAX = 2;

    private static final Logger LOG = LoggerFactory.getLogger(LoginGuard.class);

    private final String account;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition isChanged = lock.newCondition();

    /** A success at another host says nothing of an account that is local to this one. Guarded by the lock, as all below. */
    private final Map<RemoteHost, Integer> refusedAt = new HashMap<>();

    private int refusedInARow;
    private int underWay;
    private long refusedNanos;

    /** @param account for messages */
    LoginGuard(String account) {
        this.account = account;
    }

    /** One login, from before its first octet until it is known what became of it. */
    final class Attempt {
        private final RemoteHost host;
        private volatile boolean isUnderWay = true;
        private volatile boolean isSettled;

        private Attempt(RemoteHost host) {
            this.host = host;
        }

        /** The first answer that is no refusal: with NTLM nothing before shows it. */
        void accepted() {
            if (isSettled && !isUnderWay) {
                // each answer of the connection comes by here
                return;
            }
            lock.lock();
            try {
                if (!isSettled) {
                    isSettled = true;
                    refusedAt.remove(host);
                    refusedInARow = 0;
                }
                ended();
            } finally {
                lock.unlock();
            }
        }

        /** @return false: it was accepted before, so that this refusal is about something else */
        boolean refused(String how) {
            int times;
            lock.lock();
            try {
                ended();
                if (isSettled) {
                    return false;
                }
                isSettled = true;
                times = ++refusedInARow;
                refusedNanos = System.nanoTime();
                refusedAt.merge(host, 1, Integer::sum);
            } finally {
                lock.unlock();
            }
            LOG.warn(
                    "{} refused a login as {} ({} in a row; {} is the last that is tried): {}. The password may be wrong, the"
                            + " account locked or without permission to use DCOM there, or the level too low.",
                    host,
                    account,
                    times,
                    REFUSALS_MAX,
                    how);
            return true;
        }

        /** Nothing will be known for a while: the connection has ended, or its first call has not been answered in time. */
        void unknown() {
            lock.lock();
            try {
                ended();
            } finally {
                lock.unlock();
            }
        }

        private void ended() {
            if (isUnderWay) {
                isUnderWay = false;
                underWay--;
            }
            isChanged.signalAll();
        }
    }

    /**
     * Begins a login, when it cannot be the one too many.
     *
     * @throws LinkException none may be begun, or it is not known in time whether one may
     */
    Attempt begin(RemoteHost host, Deadline deadline) throws LinkException {
        lock.lock();
        try {
            check(host);
            while (refusedInARow + underWay >= REFUSALS_MAX) {
                if (isChanged.awaitNanos(deadline.remainingNanos()) <= 0) {
                    throw new DeadlineException(
                            "no login at %s as %s: others of this account were not answered in time"
                                    .formatted(host, account),
                            true);
                }
                check(host);
            }
            underWay++;
            return new Attempt(host);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted before a login at " + host, e, true);
        } finally {
            lock.unlock();
        }
    }

    private void check(RemoteHost host) throws LinkException {
        int refusals = Math.max(refusedInARow, refusedAt.getOrDefault(host, 0));
        if (refusals >= REFUSALS_MAX) {
            throw new LinkException(
                    ("%d logins in a row as %s were refused, the next one at %s is not tried, so that the account is not"
                                    + " locked: check password and permissions, then allow logins again")
                            .formatted(refusals, account, host),
                    true);
        }
    }

    /** Whether logins are begun everywhere, or none has been refused for so long. */
    boolean isOpen(Duration since) {
        lock.lock();
        try {
            boolean isBarred = refusedInARow >= REFUSALS_MAX
                    || refusedAt.values().stream().anyMatch(refusals -> refusals >= REFUSALS_MAX);
            return !isBarred || System.nanoTime() - refusedNanos >= since.toNanos();
        } finally {
            lock.unlock();
        }
    }

    void allowAgain() {
        lock.lock();
        try {
            refusedInARow = 0;
            refusedAt.clear();
            isChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
