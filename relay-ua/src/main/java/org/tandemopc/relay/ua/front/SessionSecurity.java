package org.tandemopc.relay.ua.front;

import java.nio.ByteBuffer;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Objects;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityAlgorithm;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSessionRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.core.util.CertificateUtil;
import org.eclipse.milo.opcua.stack.core.util.NonceUtil;
import org.eclipse.milo.opcua.stack.core.util.SignatureUtil;
import org.tandemopc.relay.ua.security.ApplicationCertificate;

/** The proofs that client and server give each other for a session (OPC UA Part 4, 5.6.2, 5.6.3). Pure but for nonces. */
final class SessionSecurity {
    private static final int NONCE_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SessionSecurity() {}

    static ByteString nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return ByteString.of(nonce);
    }

    /**
     * A client on a secured channel must bring a nonce, and the certificate that it opened the channel with: else somebody
     * else's channel would be used for this session.
     */
    static void checkCreation(CreateSessionRequest request, X509Certificate ofChannel) throws UaException {
        NonceUtil.validateNonce(request.getClientNonce());
        X509Certificate ofRequest =
                CertificateUtil.decodeCertificate(request.getClientCertificate().bytesOrEmpty());
        if (!Objects.equals(ofRequest, ofChannel)) {
            throw new UaException(
                    StatusCodes.Bad_SecurityChecksFailed,
                    "the certificate of the session is not the one of its channel");
        }
    }

    /** Proof towards the client that we have the key of our certificate. */
    static SignatureData sign(
            SecurityPolicy policy, PrivateKey key, ByteString clientCertificate, ByteString clientNonce)
            throws UaException {
        SecurityAlgorithm algorithm = policy.getAsymmetricSignatureAlgorithm();
        byte[] signature = SignatureUtil.sign(
                algorithm,
                key,
                ByteBuffer.wrap(clientCertificate.bytesOrEmpty()),
                ByteBuffer.wrap(clientNonce.bytesOrEmpty()));
        return new SignatureData(algorithm.getUri(), ByteString.of(signature));
    }

    /**
     * Proof of the client that it has the key of its certificate, now: over our certificate and the last nonce that we
     * sent. Over the certificate alone, or as older clients do it, over the chain that they were sent (Part 4, 5.6.3).
     *
     * @throws UaException Bad_ApplicationSignatureInvalid
     */
    static void verify(
            SecurityPolicy policy,
            X509Certificate client,
            ApplicationCertificate shown,
            ByteString serverNonce,
            SignatureData signature)
            throws UaException {
        SecurityAlgorithm algorithm = policy.getAsymmetricSignatureAlgorithm();
        // The policy decides, not the client: else it could choose a weaker algorithm.
        if (signature == null || !algorithm.getUri().equals(signature.getAlgorithm())) {
            throw new UaException(StatusCodes.Bad_ApplicationSignatureInvalid, "wrong signature algorithm");
        }
        byte[] signed = signature.getSignature().bytesOrEmpty();
        if (!isSigned(algorithm, client, shown.encoded(), serverNonce, signed)
                && (shown.chain().size() == 1
                        || !isSigned(algorithm, client, shown.encodedChain(), serverNonce, signed))) {
            throw new UaException(StatusCodes.Bad_ApplicationSignatureInvalid, "wrong signature");
        }
    }

    private static boolean isSigned(
            SecurityAlgorithm algorithm,
            X509Certificate client,
            ByteString serverCertificate,
            ByteString serverNonce,
            byte[] signature) {
        byte[] certificate = serverCertificate.bytesOrEmpty();
        byte[] nonce = serverNonce.bytesOrEmpty();
        byte[] data = ByteBuffer.allocate(certificate.length + nonce.length)
                .put(certificate)
                .put(nonce)
                .array();
        try {
            SignatureUtil.verify(algorithm, client, data, signature);
            return true;
        } catch (UaException e) {
            return false;
        }
    }
}
