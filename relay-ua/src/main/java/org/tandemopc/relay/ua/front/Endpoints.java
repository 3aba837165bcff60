package org.tandemopc.relay.ua.front;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Security;
import org.tandemopc.relay.ua.security.ApplicationCertificate;
import org.tandemopc.relay.ua.security.SecurityPolicies;

/**
 * What clients are told of the endpoints: each pair with each security that is offered, under the host that the client
 * itself used, so that it works through address translation and several network cards. Pure.
 */
final class Endpoints {
    static final String ANONYMOUS = "anonymous";
    private static final String USER_NAME = "username-";
    private static final String DISCOVERY_PATH = "/discovery";
    private static final String PRODUCT_URI = "urn:tandemopc.org:tandem";

    private final FrontDoorConfig config;
    private final FrontIdentity identity;

    Endpoints(FrontDoorConfig config, FrontIdentity identity) {
        this.config = config;
        this.identity = identity;
    }

    /** A pair with its own part of the URL. */
    record Published(String path, String name) {}

    /** The pairs that a URL speaks of: the one it names; all of them if it names none, or one that is not there. */
    static List<Published> named(EndpointUrl url, Collection<Published> pairs) {
        List<Published> named =
                pairs.stream().filter(p -> p.path().equals(url.path())).toList();
        return named.isEmpty() ? List.copyOf(pairs) : named;
    }

    /** Whether the URL names no pair at all: no path, or the one for discovery. */
    static boolean namesNone(EndpointUrl url) {
        return !url.hasPath() || url.path().equals(DISCOVERY_PATH);
    }

    /**
     * @param local where the client reached us, for clients whose URL has no host
     * @param boundPort for published hosts without a port
     */
    List<EndpointDescription> describe(
            EndpointUrl url, Collection<Published> pairs, @Nullable InetSocketAddress local, int boundPort) {
        String base = base(url, local, boundPort);
        ApplicationCertificate certificate = identity.present();
        List<EndpointDescription> descriptions = new ArrayList<>();
        for (Published pair : named(url, pairs)) {
            for (Security security : config.securities()) {
                descriptions.add(describe(base + pair.path(), pair.name(), security, certificate.encodedChain()));
            }
        }
        return descriptions;
    }

    /** One application, with the URLs of the pairs that the client's URL speaks of. */
    ApplicationDescription application(
            EndpointUrl url, Collection<Published> pairs, @Nullable InetSocketAddress local, int boundPort) {
        String base = base(url, local, boundPort);
        List<Published> named = named(url, pairs);
        return application(
                named.size() == 1 ? named.get(0).name() : "Tandem",
                named.stream().map(p -> base + p.path()).toArray(String[]::new));
    }

    /**
     * What Milo compares a connection with: the securities only. Paths are our matter, since pairs come and go while
     * connections live, and since discovery answers under any path. A living channel is renewed under the certificate
     * that it was opened with. Without issuers, because Milo looks for the thumbprint of these very bytes.
     */
    List<EndpointDescription> transport() {
        return identity.known().stream()
                .flatMap(certificate -> config.securities().stream()
                        .map(security -> describe("opc.tcp://localhost/", "Tandem", security, certificate.encoded())))
                .toList();
    }

    boolean offers(SecurityPolicy policy, org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode mode) {
        return config.securities().contains(new Security(policy, mode));
    }

    private EndpointDescription describe(String url, String name, Security security, ByteString certificate) {
        return new EndpointDescription(
                url,
                application(name, url),
                certificate,
                security.mode(),
                security.policy().getUri(),
                userTokenPolicies(security.policy()),
                TransportProfile.TCP_UASC_UABINARY.getUri(),
                ubyte(level(security)));
    }

    private ApplicationDescription application(String name, String... urls) {
        return new ApplicationDescription(
                identity.present().applicationUri(),
                PRODUCT_URI,
                LocalizedText.english(name),
                ApplicationType.Server,
                null,
                null,
                urls);
    }

    private String base(EndpointUrl url, @Nullable InetSocketAddress local, int boundPort) {
        List<String> published = config.publishedHosts();
        if (!published.isEmpty()) {
            String chosen = published.stream()
                    .filter(p -> hostOf(p).equalsIgnoreCase(url.host()))
                    .findFirst()
                    .orElse(published.get(0));
            return "opc.tcp://" + (chosen.equals(hostOf(chosen)) ? chosen + ":" + boundPort : chosen);
        }
        if (url.host() != null) {
            return "opc.tcp://" + url.host() + ":" + (url.port() < 0 ? 4840 : url.port());
        }
        String host = local == null ? "localhost" : NetUtil.toAddressString(local.getAddress());
        return "opc.tcp://" + NetUtil.toSocketAddressString(host, boundPort);
    }

    private static String hostOf(String published) {
        int colon = published.lastIndexOf(':');
        return colon > published.lastIndexOf(']') ? published.substring(0, colon) : published;
    }

    /** Encryption outweighs every policy: clients that take the highest level get a channel that nobody reads. */
    private static int level(Security security) {
        int mode = switch (security.mode()) {
            case SignAndEncrypt -> 100;
            case Sign -> 50;
            case None, Invalid -> 0;
        };
        return mode + SecurityPolicies.rank(security.policy());
    }

    /**
     * The policy that encrypts a password on a channel with this policy: its own. On an unsecured channel the password is
     * encrypted all the same, with the weakest of the policies that are offered, which most clients have.
     */
    SecurityPolicy passwordPolicy(SecurityPolicy channel) {
        return channel != SecurityPolicy.None
                ? channel
                : SecurityPolicies.SECURED.stream()
                        .filter(policy -> config.securities().stream().anyMatch(s -> s.policy() == policy))
                        .findFirst()
                        .orElse(SecurityPolicies.SECURED.getFirst());
    }

    /** Unique per policy, as Part 4, 7.42 wants it: the same name must not mean two ways to encrypt. */
    static String userNamePolicyId(SecurityPolicy policy) {
        return USER_NAME + policy.name().toLowerCase(Locale.ROOT);
    }

    private UserTokenPolicy[] userTokenPolicies(SecurityPolicy channel) {
        List<UserTokenPolicy> policies = new ArrayList<>();
        if (config.anonymous()) {
            policies.add(new UserTokenPolicy(ANONYMOUS, UserTokenType.Anonymous, null, null, null));
        }
        if (config.userName()) {
            SecurityPolicy password = passwordPolicy(channel);
            policies.add(new UserTokenPolicy(
                    userNamePolicyId(password), UserTokenType.UserName, null, null, password.getUri()));
        }
        return policies.toArray(UserTokenPolicy[]::new);
    }

    @Override
    public String toString() {
        return "Endpoints" + Arrays.toString(config.securities().toArray());
    }
}
