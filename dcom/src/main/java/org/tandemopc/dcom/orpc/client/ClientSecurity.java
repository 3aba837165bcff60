package org.tandemopc.dcom.orpc.client;

import java.util.Optional;
import java.util.function.Function;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmInitiator;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.Login;
import org.tandemopc.dcom.rpc.SecurityMechanism;

/**
 * As whom a client calls, and how its calls are protected. One for each account, and the same one for all clients that use it:
 * it remembers which logins were refused, so that they do not lock the account together. Thread-safe.
 */
public final class ClientSecurity {
    private final AuthLevel resolver;
    private final AuthLevel calls;
    private final String account;
    private final Function<AuthLevel, SecurityMechanism> logins;
    private final LoginGuard guard;

    private ClientSecurity(
            AuthLevel resolver,
            AuthLevel calls,
            String account,
            Function<AuthLevel, SecurityMechanism> logins,
            LoginGuard guard) {
        this.resolver = resolver;
        this.calls = calls;
        this.account = account;
        this.logins = logins;
        this.guard = guard;
    }

    /** No login at all: trailers of the server are ignored, and nothing is protected. */
    public static ClientSecurity none() {
        return of(AuthLevel.NONE, "nobody", level -> {
            throw new IllegalStateException("no login is made at level NONE");
        });
    }

    /**
     * By any mechanism.
     *
     * @param level of everything; hardened Windows takes {@link AuthLevel#PKT_INTEGRITY} and above
     * @param account for messages
     * @param logins makes the client's side of one login at a level; not asked at NONE
     */
    public static ClientSecurity of(AuthLevel level, String account, Function<AuthLevel, SecurityMechanism> logins) {
        return new ClientSecurity(level, level, account, logins, new LoginGuard(account));
    }

    /** Bare NTLM at PKT_INTEGRITY. */
    public static ClientSecurity of(NtlmClientSettings settings, NtlmCredentials credentials) {
        return of(settings, credentials, AuthLevel.PKT_INTEGRITY);
    }

    /** Bare NTLM. */
    public static ClientSecurity of(NtlmClientSettings settings, NtlmCredentials credentials, AuthLevel level) {
        return of(level, credentials.toString(), new NtlmInitiator(settings, credentials)::ntlm);
    }

    /** NTLM within SPNEGO. */
    public static ClientSecurity spnego(NtlmClientSettings settings, NtlmCredentials credentials, AuthLevel level) {
        return of(level, credentials.toString(), new NtlmInitiator(settings, credentials)::spnego);
    }

    /** The same account, with another level of activation, resolution and pings: j-Interop's resolver takes no logins. */
    public ClientSecurity withResolver(AuthLevel level) {
        return new ClientSecurity(level, calls, account, logins, guard);
    }

    /** The same account, with another least level of calls on objects; an exporter that asks for more gets more. */
    public ClientSecurity withCalls(AuthLevel level) {
        return new ClientSecurity(resolver, level, account, logins, guard);
    }

    /** Of activation, resolution and pings. */
    public AuthLevel resolver() {
        return resolver;
    }

    /** Of calls on objects, the least. */
    public AuthLevel calls() {
        return calls;
    }

    /**
     * Logins that were refused twice in a row are not tried again, so that the account is not locked: to be called once somebody
     * has mended the password or the permission.
     */
    public void allowLoginsAgain() {
        guard.allowAgain();
    }

    LoginGuard guard() {
        return guard;
    }

    /** @return empty: none is made */
    Optional<Login> login(AuthLevel level) {
        return level == AuthLevel.NONE ? Optional.empty() : Optional.of(new Login(logins.apply(level), level));
    }

    /**
     * For calls on an exporter that asks for a level: never lower than ours ([MS-DCOM] 3.2.4.2).
     *
     * @param hint code of a level; others say nothing
     */
    AuthLevel forCalls(long hint) {
        AuthLevel asked = hint > 0 && hint <= AuthLevel.PKT_PRIVACY.code() ? AuthLevel.of((int) hint) : null;
        if (calls == AuthLevel.NONE || asked == null || calls.isAtLeast(asked)) {
            return calls;
        }
        return asked;
    }

    @Override
    public String toString() {
        return "%s at %s and %s".formatted(account, resolver, calls);
    }
}
