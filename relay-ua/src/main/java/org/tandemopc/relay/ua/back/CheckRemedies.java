package org.tandemopc.relay.ua.back;

import java.nio.file.Path;
import java.util.Set;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.tandemopc.relay.LegResult.Leg;
import org.tandemopc.relay.ua.security.UserIdentity;

/** What to do about a leg that failed: sentences that name the file or the command. Pure. */
record CheckRemedies(MemberAddress address, UserIdentity identity, Path pki) {
    private static final Set<Long> USER_REFUSED = Set.of(
            StatusCodes.Bad_UserAccessDenied,
            StatusCodes.Bad_IdentityTokenRejected,
            StatusCodes.Bad_IdentityTokenInvalid);
    private static final Set<Long> CERTIFICATE_DATES =
            Set.of(StatusCodes.Bad_CertificateTimeInvalid, StatusCodes.Bad_CertificateIssuerTimeInvalid);
    private static final Set<Long> FULL =
            Set.of(StatusCodes.Bad_TooManySessions, StatusCodes.Bad_TcpServerTooBusy, StatusCodes.Bad_ServerTooBusy);

    String name() {
        return "Correct the host in '" + address.endpointUrl()
                + "', or let this machine know the name (DNS, /etc/hosts).";
    }

    String closedPort() {
        return "Start the server, or correct the port in '" + address.endpointUrl() + "'.";
    }

    String silentPort() {
        return "Look whether the machine is on and whether a firewall lets this machine in, in both directions.";
    }

    String otherProtocol() {
        return "Correct the port in '" + address.endpointUrl() + "': it is not that of an OPC UA server.";
    }

    String silentPeer() {
        return "The server hangs, or another program has this port: restart the server, or correct the port in '"
                + address.endpointUrl() + "'.";
    }

    String silence(Leg leg) {
        return "The server hangs at this point (" + leg.name().toLowerCase(java.util.Locale.ROOT)
                + "): look into its log; restart it if it serves nobody.";
    }

    /** For a leg that a link goes, too. */
    String link(Leg leg, long status) {
        return switch (leg) {
            case ENDPOINT -> endpoint(status);
            case CERTIFICATE -> certificate(status);
            case CHANNEL -> channel();
            default -> login(status);
        };
    }

    private String endpoint(long status) {
        if (status == StatusCodes.Bad_SecurityPolicyRejected) {
            return "Switch this policy and mode on at the server, or set 'security' and 'mode' of this member in"
                    + " tandem.yaml to one that it offers.";
        }
        if (status == StatusCodes.Bad_TcpEndpointUrlInvalid) {
            return "The server does not know the address '" + address.endpointUrl()
                    + "': write it as the server shows its own, with what stands behind the port.";
        }
        return "The server must answer GetEndpoints without security, also when its sessions need it: look into its"
                + " settings of discovery.";
    }

    private String certificate(long status) {
        if (status == StatusCodes.Bad_CertificateUntrusted) {
            return "If it is the right server: 'tandem trust list' shows its certificate and 'tandem trust add members"
                    + " THUMBPRINT' accepts it (or move it from " + pki.resolve("members/refused") + " to "
                    + pki.resolve("members/trusted") + ").";
        }
        if (CERTIFICATE_DATES.contains(status)) {
            return "Renew the server's certificate, or set the clock of this machine.";
        }
        return "Give the server a certificate that is complete and names the server's ApplicationUri.";
    }

    private String channel() {
        if (address.policy() == SecurityPolicy.None) {
            return "The server refuses channels without security: set 'security' of this member in tandem.yaml to"
                    + " Basic256Sha256.";
        }
        return "Most likely the server does not trust our certificate: copy " + ownCertificate()
                + " to its trust list (many servers keep it in a list of rejected certificates, from where it can be"
                + " moved).";
    }

    private String login(long status) {
        if (USER_REFUSED.contains(status)) {
            return identity instanceof UserIdentity.UserName user
                    ? "Check the password of '" + user.name() + "' in tandem.yaml (user, password of this member), and"
                            + " that the server knows this user."
                    : "The server admits no anonymous user: set 'user' and 'password' of this member in tandem.yaml.";
        }
        if (status == StatusCodes.Bad_SecurityModeInsufficient) {
            return "The password would cross the network in clear: set 'security' of this member in tandem.yaml to"
                    + " Basic256Sha256.";
        }
        if (status == StatusCodes.Bad_CertificateUntrusted) {
            return certificate(status);
        }
        if (FULL.contains(status)) {
            return "The server takes no more sessions: close some, or raise its limit.";
        }
        return "Look into the server's log; if it names our certificate, copy " + ownCertificate()
                + " to its trust list.";
    }

    String notReadable() {
        return "Let the account that Tandem uses there browse and read the Server object.";
    }

    String namespaces() {
        return "Give each namespace of the servers a URI of its own, and a server at most 255 of them: Tandem maps"
                + " namespaces by URI, and never promotes a member whose table it cannot map.";
    }

    String subscription() {
        return "Allow subscriptions and monitored items to the account that Tandem uses there, or raise the server's"
                + " limits.";
    }

    String inSession(Leg leg) {
        return leg == Leg.SUBSCRIPTION ? subscription() : notReadable();
    }

    private Path ownCertificate() {
        return pki.resolve("own/back.crt");
    }
}
