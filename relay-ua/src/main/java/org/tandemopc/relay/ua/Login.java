package org.tandemopc.relay.ua;

import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.back.LinkException;
import org.tandemopc.relay.ua.back.MemberSession;
import org.tandemopc.relay.ua.security.UserIdentity;

/**
 * Who the client of a session is, and whether the members let it in. A first login waits until the active has accepted
 * the user and requests flow; another user on a living session replaces the old one only when the active accepts it.
 * Owned by the session's loop.
 *
 * <p>A link is proof that its member has let in the user that the session has now. So there is none before somebody logs
 * in, and none stays of a first login that failed: the next user would be let in on the strength of it (S32).
 */
final class Login {
    private static final long WAIT_MS = 20_000;
    private static final long CHANGE_TIMEOUT_MS = 10_000;

    private final UaSession session;
    private final Callbacks callbacks;

    /** Null while nobody is logged in nor about to be: there is nobody then in whose name to ask a member. */
    private @Nullable UserIdentity identity;

    private String[] localeIds = new String[0];
    /** Read by the pair from other threads. */
    private volatile boolean activated;

    private @Nullable Attempt attempt;

    private record Attempt(UserIdentity identity, CompletableFuture<StatusCode> answer) {}

    Login(UaSession session, Callbacks callbacks) {
        this.session = session;
        this.callbacks = callbacks;
    }

    /** @throws IllegalStateException while nobody is logged in nor about to be */
    UserIdentity identity() {
        UserIdentity now = identity;
        if (now == null) {
            throw new IllegalStateException("nobody is logged in");
        }
        return now;
    }

    String[] localeIds() {
        return localeIds;
    }

    boolean isActivated() {
        return activated;
    }

    boolean isUnderWay() {
        return attempt != null;
    }

    void activate(UserIdentity wanted, String[] locales, CompletableFuture<StatusCode> answer) {
        localeIds = locales.clone();
        if (activated && isSame(identity(), wanted)) {
            // The client came back on a new channel: what the members accepted is still in force.
            answer.complete(StatusCode.GOOD);
            return;
        }
        finish(new StatusCode(StatusCodes.Bad_InvalidState));
        Attempt now = new Attempt(wanted, answer);
        attempt = now;
        if (activated) {
            changeUser(now);
            return;
        }
        identity = wanted;
        session.place();
        callbacks.later(WAIT_MS, TimeUnit.MILLISECONDS, () -> {
            if (now.equals(attempt)) {
                finish(new StatusCode(StatusCodes.Bad_NoCommunication));
            }
        });
    }

    private static boolean isSame(UserIdentity a, UserIdentity b) {
        if (a instanceof UserIdentity.UserName x && b instanceof UserIdentity.UserName y) {
            return x.sameUser(y) && MessageDigest.isEqual(x.password(), y.password());
        }
        return a.sameUser(b);
    }

    /** Another user on a living session: adopted only when the active agrees; the standby's link is made anew (S32). */
    private void changeUser(Attempt now) {
        SessionLink active = session.activeLink();
        MemberSession with = active == null ? null : active.session();
        if (active == null || with == null) {
            finish(new StatusCode(StatusCodes.Bad_NoCommunication));
            return;
        }
        int at = active.incarnation();
        callbacks.when(
                with.activate(now.identity(), localeIds, CHANGE_TIMEOUT_MS),
                status -> {
                    if (now.equals(attempt)) {
                        boolean sameLink = at == active.incarnation();
                        if (sameLink && status.isGood()) {
                            forgetPassword();
                            identity = now.identity();
                            session.userChanged(active);
                        }
                        finish(sameLink ? status : new StatusCode(StatusCodes.Bad_NoCommunication));
                    }
                },
                error -> {
                    if (now.equals(attempt)) {
                        changeFailed(now, active, error);
                    }
                });
    }

    private void changeFailed(Attempt now, SessionLink active, Throwable error) {
        if (error instanceof LinkException why && why.isPasswordKept()) {
            session.passwordKept(active.member, now.identity(), why);
            finish(new StatusCode(StatusCodes.Bad_IdentityTokenRejected));
        } else {
            finish(new StatusCode(StatusCodes.Bad_NoCommunication));
        }
    }

    /** The active has accepted the user and requests flow. */
    void accepted() {
        if (!activated) {
            finish(StatusCode.GOOD);
        }
    }

    void refused(StatusCode status) {
        // What the member says of our link to it is no matter of the client's channel.
        finish(
                status.value() == StatusCodes.Bad_SecurityModeInsufficient
                        ? new StatusCode(StatusCodes.Bad_IdentityTokenRejected)
                        : status);
    }

    /**
     * Something between us and the active keeps the user out, and only a person can change it: waiting for it helps
     * nobody. What it is, is no matter of the client's, so a user with a password hears what a wrong one would hear.
     */
    void refusedByUs() {
        finish(new StatusCode(
                identity instanceof UserIdentity.UserName
                        ? StatusCodes.Bad_IdentityTokenRejected
                        : StatusCodes.Bad_NoCommunication));
    }

    private void finish(StatusCode status) {
        Attempt now = attempt;
        attempt = null;
        if (now == null) {
            return;
        }
        activated |= status.isGood();
        if (!activated) {
            forgetPassword();
            identity = null;
            session.leave();
        }
        now.answer().complete(status);
    }

    /** The session ends. */
    void end() {
        finish(new StatusCode(StatusCodes.Bad_SessionClosed));
        forgetPassword();
    }

    private void forgetPassword() {
        if (identity instanceof UserIdentity.UserName user) {
            user.forget();
        }
    }
}
