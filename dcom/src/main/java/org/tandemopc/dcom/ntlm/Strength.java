package org.tandemopc.dcom.ntlm;

import java.util.EnumSet;
import java.util.Set;
import org.tandemopc.dcom.rpc.AuthLevel;

/** How strong a login is, judged by what both sides agreed on; the same on either side. Pure. */
final class Strength {
    private Strength() {}

    /** What the client proves itself with. */
    enum Proof {
        ANONYMOUS,
        NTLM1,
        NTLM2_SESSION,
        NTLM2
    }

    /**
     * What would have to be allowed for this login.
     *
     * @param flags that both sides have
     * @throws RefusedException the level cannot be had with these flags at all
     */
    static Set<Leniency> needed(int flags, AuthLevel level, Proof proof) throws RefusedException {
        Set<Leniency> needed = EnumSet.noneOf(Leniency.class);
        if (!NtlmFlags.has(flags, NtlmFlags.UNICODE)) {
            throw new RefusedException("level: the other side does not know Unicode");
        }
        if (level.signs()) {
            requireSessionSecurity(flags, level);
            if (!NtlmFlags.has(flags, NtlmFlags.KEY_128)) {
                needed.add(Leniency.WEAK_KEYS);
            }
            if (!NtlmFlags.has(flags, NtlmFlags.KEY_EXCHANGE)) {
                needed.add(Leniency.NO_KEY_EXCHANGE);
            }
        } else {
            needed.add(Leniency.UNSIGNED_CALLS);
        }
        switch (proof) {
            case ANONYMOUS -> needed.add(Leniency.ANONYMOUS);
            case NTLM1 -> needed.add(Leniency.NTLM1);
            case NTLM2_SESSION -> needed.add(Leniency.NTLM2_SESSION);
            case NTLM2 -> {}
        }
        return needed;
    }

    private static void requireSessionSecurity(int flags, AuthLevel level) throws RefusedException {
        boolean extended = NtlmFlags.has(flags, NtlmFlags.EXTENDED_SESSION_SECURITY);
        boolean seals = NtlmFlags.has(flags, NtlmFlags.SEAL);
        if (!extended || (level.seals() && !seals) || (!seals && !NtlmFlags.has(flags, NtlmFlags.SIGN))) {
            throw new RefusedException("level: %s cannot be had with the agreed flags 0x%08x".formatted(level, flags));
        }
    }

    /** @throws RefusedException one of them is not allowed; the reason names it */
    static void requireAllowed(Set<Leniency> needed, LeniencyLog leniencies) throws RefusedException {
        for (Leniency leniency : needed) {
            if (!leniencies.allows(leniency)) {
                String kind = leniency == Leniency.ANONYMOUS ? "permission" : "level";
                throw new RefusedException(
                        "%s: %s (the setting %s would allow it)".formatted(kind, leniency.consequence(), leniency));
            }
        }
    }
}
