package org.tandemopc.dcom.ntlm;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How this side logs in.
 *
 * @param workstation what this computer calls itself; may be empty
 * @param leniencies what may be weaker than NTLMv2 with 128-bit keys exchanged and PDUs signed; normally none
 * @param targetName service and host that the login is meant for, such as "RPCSS/host" (AV pair 9); null: not said
 * @param targetNameTrusted false: the name comes from the network, and the server is told so
 * @param channelBinding of the channel below (AV pair 10); null: there is none
 */
public record NtlmClientSettings(
        String workstation,
        Set<Leniency> leniencies,
        @Nullable String targetName,
        boolean targetNameTrusted,
        @Nullable ChannelBinding channelBinding) {
    public NtlmClientSettings {
        leniencies = Set.copyOf(leniencies);
    }

    /** Without leniencies. */
    public static NtlmClientSettings of(String workstation) {
        return new NtlmClientSettings(workstation, Set.of(), null, true, null);
    }

    public NtlmClientSettings withLeniencies(Set<Leniency> allowed) {
        return new NtlmClientSettings(workstation, allowed, targetName, targetNameTrusted, channelBinding);
    }

    public NtlmClientSettings withTargetName(String name, boolean trusted) {
        return new NtlmClientSettings(workstation, leniencies, name, trusted, channelBinding);
    }

    public NtlmClientSettings withChannelBinding(ChannelBinding binding) {
        return new NtlmClientSettings(workstation, leniencies, targetName, targetNameTrusted, binding);
    }
}
