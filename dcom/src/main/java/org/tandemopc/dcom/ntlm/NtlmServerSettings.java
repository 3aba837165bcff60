package org.tandemopc.dcom.ntlm;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which logins this side accepts.
 *
 * <p>Time and replay: each challenge is random, is answered once, and must be answered within {@code challengeLifetime}; a
 * recorded login fits no other challenge. The response must carry the names and the time of this very challenge, or the login was
 * meant for another server. The client's own clock may differ by {@code clockDifferenceMax}: nothing rests on it, and plants have
 * wrong clocks, so that it is as wide as Windows had it before it stopped to look ([MS-NLMP] 3.1.1.1 note 39, 3.2.5.1.2 note 69).
 *
 * <p>A MIC is verified whenever the client says that it sends one, which it says within its proof. One who sends none (impacket,
 * j-Interop) may still log in: the three messages are then open to change on the way, but what can be taken away so is what the
 * leniencies allow to be missing, and no more. {@code micRequired} shuts such clients out.
 *
 * @param computerName NetBIOS name of this computer (AV pair 1)
 * @param domainName NetBIOS name of its domain, its own name if it has none (AV pair 2)
 * @param dnsComputerName may be empty (AV pair 3)
 * @param dnsDomainName may be empty (AV pair 4)
 * @param leniencies what may be weaker than NTLMv2 with 128-bit keys exchanged and PDUs signed; normally none
 * @param micRequired whether a login without MIC is refused
 * @param targetNames of which the client must name one (AV pair 9), in any case; empty: it may say what it wants
 * @param channelBinding that the client must name (AV pair 10); null: it may say what it wants
 * @param challengeLifetime from the challenge to its answer
 * @param clockDifferenceMax between the client's clock and ours
 */
public record NtlmServerSettings(
        String computerName,
        String domainName,
        String dnsComputerName,
        String dnsDomainName,
        Set<Leniency> leniencies,
        boolean micRequired,
        Set<String> targetNames,
        @Nullable ChannelBinding channelBinding,
        Duration challengeLifetime,
        Duration clockDifferenceMax) {
    /** Longer than any bind may take. */
    public static final Duration CHALLENGE_LIFETIME = Duration.ofMinutes(5);

    /** What Windows XP to 2008 R2 tolerate. */
    public static final Duration CLOCK_DIFFERENCE_MAX = Duration.ofHours(36);

    public NtlmServerSettings {
        leniencies = Set.copyOf(leniencies);
        targetNames = Set.copyOf(targetNames);
    }

    /** Of a computer without domain; without leniencies. */
    public static NtlmServerSettings of(String computerName) {
        return new NtlmServerSettings(
                computerName,
                computerName,
                "",
                "",
                Set.of(),
                false,
                Set.of(),
                null,
                CHALLENGE_LIFETIME,
                CLOCK_DIFFERENCE_MAX);
    }

    public NtlmServerSettings withLeniencies(Set<Leniency> allowed) {
        return new NtlmServerSettings(
                computerName,
                domainName,
                dnsComputerName,
                dnsDomainName,
                allowed,
                micRequired,
                targetNames,
                channelBinding,
                challengeLifetime,
                clockDifferenceMax);
    }

    public NtlmServerSettings withMicRequired() {
        return new NtlmServerSettings(
                computerName,
                domainName,
                dnsComputerName,
                dnsDomainName,
                leniencies,
                true,
                targetNames,
                channelBinding,
                challengeLifetime,
                clockDifferenceMax);
    }

    public NtlmServerSettings withTargetNames(Set<String> names) {
        return new NtlmServerSettings(
                computerName,
                domainName,
                dnsComputerName,
                dnsDomainName,
                leniencies,
                micRequired,
                names,
                channelBinding,
                challengeLifetime,
                clockDifferenceMax);
    }

    public NtlmServerSettings withChannelBinding(ChannelBinding binding) {
        return new NtlmServerSettings(
                computerName,
                domainName,
                dnsComputerName,
                dnsDomainName,
                leniencies,
                micRequired,
                targetNames,
                binding,
                challengeLifetime,
                clockDifferenceMax);
    }
}
