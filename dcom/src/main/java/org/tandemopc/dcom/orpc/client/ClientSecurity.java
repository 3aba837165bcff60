package org.tandemopc.dcom.orpc.client;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tandemopc.dcom.ntlm.NtlmClient;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmInitiator;
import org.tandemopc.dcom.ntlm.SpnegoClient;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallProtection;
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

    /** By the number of their package; the one in use is among them, if its number is known. */
    private final Map<Integer, Function<AuthLevel, SecurityMechanism>> packages;

    private final LoginGuard guard;

    private ClientSecurity(
            AuthLevel resolver,
            AuthLevel calls,
            String account,
            Function<AuthLevel, SecurityMechanism> logins,
            Map<Integer, Function<AuthLevel, SecurityMechanism>> packages,
            LoginGuard guard) {
        this.resolver = resolver;
        this.calls = calls;
        this.account = account;
        this.logins = logins;
        this.packages = packages;
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
        return new ClientSecurity(level, level, account, logins, Map.of(), new LoginGuard(account));
    }

    /** Bare NTLM at PKT_INTEGRITY. */
    public static ClientSecurity of(NtlmClientSettings settings, NtlmCredentials credentials) {
        return of(settings, credentials, AuthLevel.PKT_INTEGRITY);
    }

    /** Bare NTLM. */
    public static ClientSecurity of(NtlmClientSettings settings, NtlmCredentials credentials, AuthLevel level) {
        NtlmInitiator initiator = new NtlmInitiator(settings, credentials);
        return of(level, credentials.toString(), initiator::ntlm, initiator);
    }

    /** NTLM within SPNEGO. */
    public static ClientSecurity spnego(NtlmClientSettings settings, NtlmCredentials credentials, AuthLevel level) {
        NtlmInitiator initiator = new NtlmInitiator(settings, credentials);
        return of(level, credentials.toString(), initiator::spnego, initiator);
    }

    private static ClientSecurity of(
            AuthLevel level, String account, Function<AuthLevel, SecurityMechanism> logins, NtlmInitiator initiator) {
        return new ClientSecurity(
                level,
                level,
                account,
                logins,
                Map.of(NtlmClient.AUTH_TYPE, initiator::ntlm, SpnegoClient.AUTH_TYPE, initiator::spnego),
                new LoginGuard(account));
    }

    /**
     * As somebody's call was that came here: at its level, and by its security package where this account knows it. A call without
     * a login is like none.
     */
    public ClientSecurity like(CallProtection call) {
        return call.level() == AuthLevel.NONE
                ? none()
                : new ClientSecurity(
                        call.level(),
                        call.level(),
                        account,
                        packages.getOrDefault(call.authType(), logins),
                        packages,
                        guard);
    }

    /** The same account, with another level of activation, resolution and pings: j-Interop's resolver takes no logins. */
    public ClientSecurity withResolver(AuthLevel level) {
        return new ClientSecurity(level, calls, account, logins, packages, guard);
    }

    /** The same account, with another least level of calls on objects; an exporter that asks for more gets more. */
    public ClientSecurity withCalls(AuthLevel level) {
        return new ClientSecurity(resolver, level, account, logins, packages, guard);
    }

    /**
     * The same account, whose refused logins are counted apart: for a question of a person's, who may ask again although programs may
     * not. Each of these is good for two refusals.
     */
    public ClientSecurity apart() {
        return new ClientSecurity(resolver, calls, account, logins, packages, new LoginGuard(account));
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
