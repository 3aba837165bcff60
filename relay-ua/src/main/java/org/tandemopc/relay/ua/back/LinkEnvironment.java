package org.tandemopc.relay.ua.back;

import java.util.concurrent.Executor;

/**
 * What the links of all members share.
 *
 * @param crypto runs RSA work for milliseconds at a time, never an event loop; must be bounded
 * @param plainPasswords a password may go over a link that does not encrypt it, by explicit setting only
 */
public record LinkEnvironment(
        ClientIdentity client, MemberTrust trust, HostResolver resolver, Executor crypto, boolean plainPasswords) {}
