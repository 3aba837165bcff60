package org.tandemopc.relay.ua.security;

import java.security.Provider;
import java.security.Security;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;

/**
 * The security policies that Tandem has (OPC UA Part 7, 6.6), weakest first. Basic128Rsa15 and Basic256 are broken and
 * not among them. Any thread.
 */
public final class SecurityPolicies {
    /** In the order of the OPC Foundation's own stack; strength here decides between a server's equal offers. */
    public static final List<SecurityPolicy> SECURED = List.of(
            SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss);

    private SecurityPolicies() {}

    /** Made once, whoever comes first; who comes meanwhile waits for it. */
    private static final class Made {
        static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
    }

    /** Begins {@link #makeAvailable} on a thread of its own and returns: a tenth of a second that a start need not wait for. */
    public static void prepare() {
        Thread.ofPlatform().daemon().name("ua-algorithms").start(SecurityPolicies::makeAvailable);
    }

    /**
     * Makes the algorithms of every policy available to this process. The JDK has RSA-PSS under another name than Milo
     * asks for, and OAEP with SHA-256 only with another mask function than OPC UA means; Bouncy Castle has both as meant.
     * It comes last, so that everything else stays with the JDK. Idempotent.
     */
    public static void makeAvailable() {
        if (Security.getProvider(BouncyCastleProvider.PROVIDER_NAME) == null) {
            Security.addProvider(Made.BOUNCY_CASTLE);
        }
    }

    public static boolean isSecured(SecurityPolicy policy) {
        return SECURED.contains(policy);
    }

    /** 1 for the weakest of {@link #SECURED}; 0 for None; below 0 for what Tandem does not have. */
    public static int rank(SecurityPolicy policy) {
        return policy == SecurityPolicy.None ? 0 : isSecured(policy) ? SECURED.indexOf(policy) + 1 : -1;
    }
}
