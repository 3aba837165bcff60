package org.tandemopc.relay.ua.back;

import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.encoding.DefaultEncodingContext;
import org.eclipse.milo.opcua.stack.core.security.SecurityAlgorithm;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.ActivateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.AnonymousIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RequestHeader;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.core.types.structured.SignedSoftwareCertificate;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.NonceUtil;
import org.eclipse.milo.opcua.stack.core.util.SignatureUtil;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.security.PasswordEncryption;
import org.tandemopc.relay.ua.security.SecurityPolicies;
import org.tandemopc.relay.ua.security.UserIdentity;

/**
 * The client's part of session security (Part 4, 5.7.2 and 5.7.3): what of a CreateSession answer must be true, the
 * client's signature and the user's token. RSA work: call it on a worker thread.
 */
final class SessionSecurity {
    static final int NONCE_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final LinkEnvironment environment;
    private final SecurityPolicy policy;
    private final MemberEndpoint used;
    private final EndpointDescription endpoint;
    private final List<X509Certificate> serverChain;

    /** @param endpoint as the answer to CreateSession tells it */
    private SessionSecurity(
            LinkEnvironment environment,
            SecurityPolicy policy,
            MemberEndpoint used,
            EndpointDescription endpoint,
            List<X509Certificate> serverChain) {
        this.environment = environment;
        this.policy = policy;
        this.used = used;
        this.endpoint = endpoint;
        this.serverChain = serverChain;
    }

    static ByteString freshNonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return ByteString.of(nonce);
    }

    static ByteString certificateBytes(ClientIdentity client) throws UaException {
        return client.certificateChain().isEmpty()
                ? ByteString.NULL_VALUE
                : encoded(client.certificateChain().getFirst());
    }

    /**
     * Checks the answer to CreateSession against the endpoint that the channel was opened with: the same certificate,
     * a signature over our certificate and nonce, and a list of endpoints with the one in use. The returned rules are
     * based on that list, which came over the secured channel, and not on the discovery, which did not.
     */
    static SessionSecurity check(
            LinkEnvironment environment,
            SecurityPolicy policy,
            MemberEndpoint used,
            ByteString clientNonce,
            CreateSessionResponse response)
            throws UaException {
        EndpointDescription endpoint = sameEndpoint(used, response);
        List<X509Certificate> chain = used.certificateChain();
        if (policy != SecurityPolicy.None) {
            requireSameCertificate(chain, response.getServerCertificate());
            NonceUtil.validateNonce(response.getServerNonce());
            SignatureData signature = response.getServerSignature();
            String algorithm = signature.getAlgorithm();
            if (!policy.getAsymmetricSignatureAlgorithm().getUri().equals(algorithm)) {
                throw refused("the server signed with " + algorithm);
            }
            SignatureUtil.verify(
                    policy.getAsymmetricSignatureAlgorithm(),
                    chain.getFirst(),
                    joined(certificateBytes(environment.client()), clientNonce),
                    signature.getSignature().bytesOrEmpty());
        }
        return new SessionSecurity(environment, policy, used, endpoint, chain);
    }

    private static EndpointDescription sameEndpoint(MemberEndpoint used, CreateSessionResponse response)
            throws UaException {
        EndpointDescription[] offered = response.getServerEndpoints();
        if (offered == null || offered.length == 0) {
            throw refused("CreateSession named no endpoint");
        }
        EndpointDescription wanted = used.description();
        return Arrays.stream(offered)
                .filter(e -> Objects.equals(e.getSecurityPolicyUri(), wanted.getSecurityPolicyUri())
                        && e.getSecurityMode() == wanted.getSecurityMode()
                        && Objects.equals(e.getTransportProfileUri(), wanted.getTransportProfileUri()))
                .max(Comparator.comparing(e -> sameCertificate(e.getServerCertificate(), used.certificate())))
                .orElseThrow(() -> refused("CreateSession does not name the endpoint in use"));
    }

    private static boolean sameCertificate(ByteString one, ByteString other) {
        return Arrays.equals(bytes(one), bytes(other));
    }

    private static byte[] bytes(ByteString value) {
        return value == null ? new byte[0] : value.bytesOrEmpty();
    }

    private static void requireSameCertificate(List<X509Certificate> chain, ByteString presented) throws UaException {
        if (presented == null || presented.isNullOrEmpty()) {
            throw refused("CreateSession named no server certificate");
        }
        X509Certificate leaf =
                CertificateUtil.decodeCertificates(presented.bytesOrEmpty()).getFirst();
        if (chain.isEmpty() || !leaf.equals(chain.getFirst())) {
            throw refused("the certificate in CreateSession is not that of the endpoint");
        }
    }

    /** Whether the endpoint is of the server, by certificate and name, that the session was made with. */
    boolean isFor(MemberEndpoint other) {
        return sameCertificate(used.certificate(), other.certificate())
                && used.applicationUri().equals(other.applicationUri());
    }

    /** As the server calls itself in the answer to CreateSession; empty when it does not say. */
    String applicationUri() {
        String uri = endpoint.getServer().getApplicationUri();
        return uri == null ? "" : uri;
    }

    /** @throws LinkException the user's password is kept back: {@link LinkException#isPasswordKept} */
    ActivateSessionRequest activation(
            RequestHeader header, ByteString serverNonce, UserIdentity identity, String[] localeIds)
            throws UaException, LinkException {
        UaStructuredType token = switch (identity) {
            case UserIdentity.Anonymous a -> anonymous();
            case UserIdentity.UserName user -> userName(user, serverNonce);
        };
        return new ActivateSessionRequest(
                header,
                clientSignature(serverNonce),
                new SignedSoftwareCertificate[0],
                localeIds,
                ExtensionObject.encode(DefaultEncodingContext.INSTANCE, token),
                new SignatureData(null, ByteString.NULL_VALUE));
    }

    /** A nonce that comes twice would let an old signature be replayed (Part 4, 5.7.3). */
    void checkNextNonce(ByteString before, ByteString next) throws UaException {
        if (policy == SecurityPolicy.None) {
            return;
        }
        NonceUtil.validateNonce(next);
        if (next.equals(before)) {
            throw new UaException(StatusCodes.Bad_NonceInvalid, "the server repeats its nonce");
        }
    }

    private SignatureData clientSignature(ByteString serverNonce) throws UaException {
        KeyPair keys = environment.client().keyPair();
        if (policy == SecurityPolicy.None || keys == null) {
            return new SignatureData(null, ByteString.NULL_VALUE);
        }
        SecurityAlgorithm algorithm = policy.getAsymmetricSignatureAlgorithm();
        byte[] signature = SignatureUtil.sign(
                algorithm, keys.getPrivate(), ByteBuffer.wrap(joined(encoded(serverChain.getFirst()), serverNonce)));
        return new SignatureData(algorithm.getUri(), ByteString.of(signature));
    }

    private AnonymousIdentityToken anonymous() throws UaException {
        return tokenPolicies(UserTokenType.Anonymous)
                .findFirst()
                .map(p -> new AnonymousIdentityToken(p.getPolicyId()))
                .orElseThrow(() -> noPolicyFor("anonymous users"));
    }

    private UserNameIdentityToken userName(UserIdentity.UserName user, ByteString serverNonce)
            throws UaException, LinkException {
        UserTokenPolicy best = tokenPolicies(UserTokenType.UserName)
                .filter(p -> tokenSecurity(p) != null)
                .max(Comparator.comparing(p -> SecurityPolicies.rank(Objects.requireNonNull(tokenSecurity(p)))))
                .orElseThrow(() -> noPolicyFor("user names"));
        SecurityPolicy security = Objects.requireNonNull(tokenSecurity(best));
        if (security == SecurityPolicy.None) {
            requireEncryptedChannel();
        } else {
            requireTrusted(serverNonce);
        }
        return PasswordEncryption.token(
                user, best, policy, serverChain.isEmpty() ? null : serverChain.getFirst(), serverNonce, true);
    }

    /** On a channel without security nobody has looked at the certificate that is to encrypt the password yet. */
    private void requireTrusted(ByteString serverNonce) throws LinkException {
        if (serverChain.isEmpty()) {
            throw kept(
                    StatusCodes.Bad_SecurityChecksFailed,
                    "the server wants it encrypted and shows no certificate to encrypt it with");
        }
        try {
            if (policy == SecurityPolicy.None) {
                environment.trust().check(serverChain, applicationUri());
            }
            NonceUtil.validateNonce(serverNonce);
        } catch (UaException e) {
            throw LinkException.passwordKept(e.getStatusCode(), String.valueOf(e.getMessage()));
        }
    }

    private void requireEncryptedChannel() throws LinkException {
        if (endpoint.getSecurityMode() != MessageSecurityMode.SignAndEncrypt && !environment.plainPasswords()) {
            throw kept(
                    StatusCodes.Bad_SecurityModeInsufficient,
                    "it would be sent in clear, for the link is not encrypted");
        }
    }

    private static LinkException kept(long status, String why) {
        return LinkException.passwordKept(
                StatusCode.of(status), why + "; set the security of this member to Basic256Sha256");
    }

    private Stream<UserTokenPolicy> tokenPolicies(UserTokenType type) {
        UserTokenPolicy[] policies = endpoint.getUserIdentityTokens();
        return policies == null ? Stream.empty() : Arrays.stream(policies).filter(p -> p.getTokenType() == type);
    }

    /** The policy's own security, else the channel's (Part 4, 7.42); null when we do not know it. */
    private @Nullable SecurityPolicy tokenSecurity(UserTokenPolicy token) {
        String uri = token.getSecurityPolicyUri();
        if (uri == null || uri.isEmpty()) {
            return policy;
        }
        return SecurityPolicy.fromUriSafe(uri)
                .filter(known -> SecurityPolicies.rank(known) >= 0)
                .orElse(null);
    }

    private static UaException noPolicyFor(String whom) {
        return new UaException(StatusCodes.Bad_IdentityTokenRejected, "the server's endpoint does not admit " + whom);
    }

    private static UaException refused(String why) {
        return new UaException(StatusCodes.Bad_SecurityChecksFailed, why);
    }

    private static ByteString encoded(X509Certificate certificate) throws UaException {
        try {
            return ByteString.of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new UaException(StatusCodes.Bad_CertificateInvalid, e);
        }
    }

    private static byte[] joined(ByteString one, ByteString other) {
        byte[] first = one.bytesOrEmpty();
        byte[] second = other.bytesOrEmpty();
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
