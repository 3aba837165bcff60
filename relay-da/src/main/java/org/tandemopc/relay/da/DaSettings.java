package org.tandemopc.relay.da;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.DaLevel;
import org.tandemopc.core.config.DaMemberConfig;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.config.OpcDaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.PortSpan;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ntlm.Accounts;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtHash;
import org.tandemopc.dcom.ntlm.NtlmAcceptor;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmServerSettings;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.PortRange;
import org.tandemopc.dcom.rpc.Principal;
import org.tandemopc.dcom.rpc.SecurityMechanism;
import org.tandemopc.dcom.rpc.ServerPolicy;
import org.tandemopc.relay.da.back.HostNames;

/** What the configuration says, in the terms of DCOM. */
final class DaSettings {
    /** What j-Interop and node-dcom do no better than. */
    private static final Set<Leniency> OLD_LOGINS =
            Set.of(Leniency.UNSIGNED_CALLS, Leniency.NTLM2_SESSION, Leniency.NO_KEY_EXCHANGE);

    private static final int NETBIOS_MAX = 15;

    private DaSettings() {}

    /** @throws IOException the address to listen at is none of this machine's, or unknown */
    static DaFrontConfig front(OpcDaConfig config) throws IOException {
        InetAddress address;
        try {
            address = InetAddress.getByName(config.host());
        } catch (UnknownHostException e) {
            throw new IOException(
                    "opcda.listen names '%s', which has no address. Write an address of this machine, or 0.0.0.0."
                            .formatted(config.host()),
                    e);
        }
        return new DaFrontConfig(
                address,
                PortRange.only(config.port()),
                config.objectPorts().map(DaSettings::range),
                policy(config, level(config.level()), config.oldClients()),
                origin -> toClient(config, origin),
                new InetSocketAddress(0).getAddress(),
                range(config.callbackPorts()),
                policy(config, level(config.callbackLevel()), config.oldClients()));
    }

    private static PortRange range(PortSpan span) {
        return new PortRange(span.first(), span.last());
    }

    static AuthLevel level(DaLevel level) {
        return switch (level) {
            case NONE -> AuthLevel.NONE;
            case CONNECT -> AuthLevel.CONNECT;
            case INTEGRITY -> AuthLevel.PKT_INTEGRITY;
            case PRIVACY -> AuthLevel.PKT_PRIVACY;
        };
    }

    private static ServerPolicy policy(OpcDaConfig config, AuthLevel least, boolean isOldAllowed) {
        Set<Leniency> leniencies = EnumSet.noneOf(Leniency.class);
        if (!least.isAtLeast(AuthLevel.PKT_INTEGRITY)) {
            leniencies.add(Leniency.UNSIGNED_CALLS);
        }
        if (isOldAllowed) {
            leniencies.addAll(OLD_LOGINS);
        }
        NtlmAcceptor acceptor = new NtlmAcceptor(
                NtlmServerSettings.of(computerName()).withLeniencies(leniencies), new ConfiguredAccounts(config));
        return new OnePolicy(
                acceptor, PeerPolicy.strict().withMinCallLevel(least).withMinActivationLevel(least));
    }

    private record OnePolicy(NtlmAcceptor acceptor, PeerPolicy peers) implements ServerPolicy {
        @Override
        public @Nullable SecurityMechanism acceptor(int authType, AuthLevel level, InetSocketAddress client) {
            return acceptor.accept(authType, level);
        }

        @Override
        public PeerPolicy peer(InetSocketAddress client) {
            return peers;
        }
    }

    /** Hashes are made once: passwords are not touched at each login. */
    private static final class ConfiguredAccounts implements Accounts {
        private final OpcDaConfig config;
        private final Map<Account, NtHash> hashes;

        ConfiguredAccounts(OpcDaConfig config) {
            this.config = config;
            this.hashes = config.accounts().stream()
                    .collect(Collectors.toUnmodifiableMap(
                            one -> one, one -> NtHash.of(one.password().reveal().toCharArray())));
        }

        @Override
        public Optional<NtHash> find(String domain, String user) {
            return config.account(domain, user).map(hashes::get);
        }
    }

    /**
     * A client's sinks are called by the account that it has logged in with, which its machine surely knows. Clients of old have
     * resolvers that take no logins.
     */
    private static DcomClientSettings toClient(OpcDaConfig config, Importer.Origin origin) {
        RemoteHost host = RemoteHost.of(origin.address());
        boolean isUnsigned = !origin.call().level().isAtLeast(AuthLevel.PKT_INTEGRITY);
        Optional<Account> account =
                config.account(origin.principal().domain(), origin.principal().user());
        if (account.isEmpty() || (isUnsigned && config.oldClients())) {
            return DcomClientSettings.of(host, ClientSecurity.none())
                    .withOptions(ClientOptions.defaults(PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE)));
        }
        return DcomClientSettings.of(
                host, security(account.get(), AuthLevel.PKT_INTEGRITY).like(origin.call()));
    }

    static ClientSecurity security(Account account, AuthLevel level) {
        Set<Leniency> leniencies =
                level.isAtLeast(AuthLevel.PKT_INTEGRITY) ? Set.of() : Set.of(Leniency.UNSIGNED_CALLS);
        return ClientSecurity.of(
                NtlmClientSettings.of(computerName()).withLeniencies(leniencies),
                NtlmCredentials.of(account.user(), account.password().reveal().toCharArray()),
                level);
    }

    /** @param door whose accounts the pair's readers and writers are, as it is when somebody comes */
    static DaPairConfig pair(Supplier<OpcDaConfig> door, PairConfig pair) {
        List<DaPairConfig.Member> members = pair.members().stream()
                .map(DaMemberConfig.class::cast)
                .map(DaSettings::member)
                .toList();
        return new DaPairConfig(
                Guid.of(pair.identity().clsid().toString()),
                members,
                anyOf(door, pair.da().readers()),
                anyOf(door, pair.da().writers()));
    }

    private static DaPairConfig.Member member(DaMemberConfig config) {
        ClientSecurity security = login(config.account(), config.level());
        return new DaPairConfig.Member(
                HostNames.named(config.host(), config.port()),
                config.clsid().map(id -> Guid.of(id.toString())),
                Optional.of(config.progId()).filter(progId -> !progId.isEmpty()),
                security);
    }

    /** @param account null: none, whatever the level */
    static ClientSecurity login(@Nullable Account account, DaLevel level) {
        return account == null ? ClientSecurity.none() : security(account, level(level));
    }

    private static Predicate<Principal> anyOf(Supplier<OpcDaConfig> door, Optional<List<String>> users) {
        return principal -> users.isEmpty()
                || door.get()
                        .account(principal.domain(), principal.user())
                        .filter(account -> users.get().stream().anyMatch(account.user()::equalsIgnoreCase))
                        .isPresent();
    }

    private static String computerName() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // a machine without a name of its own in DNS
            name = "TANDEM";
        }
        String first = name.split("\\.", 2)[0].replaceAll("[^A-Za-z0-9-]", "").toUpperCase(Locale.ROOT);
        return first.isEmpty() ? "TANDEM" : first.substring(0, Math.min(NETBIOS_MAX, first.length()));
    }
}
