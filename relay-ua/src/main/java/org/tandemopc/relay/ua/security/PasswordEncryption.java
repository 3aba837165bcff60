package org.tandemopc.relay.ua.security;

import static java.util.Objects.requireNonNullElse;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityAlgorithm;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The encrypted password of a user name token in its legacy format (OPC UA Part 4, 7.40.2.2): length of password and
 * nonce as UInt32, password, the server's last nonce; encrypted in blocks with the server's RSA key. Pure functions, any
 * thread; slow (RSA).
 */
public final class PasswordEncryption {
    /** Longest password in UTF-8 bytes, of us and towards us. */
    public static final int PASSWORD_BYTES_MAX = 1024;

    private static final int LENGTH_BYTES = 4;
    private static final int BLOCKS_MAX = 16;

    private PasswordEncryption() {}

    /**
     * The token for a server that wants this user name token policy.
     *
     * @param endpointPolicy of the secure channel; counts when the token policy names none (Part 4, 7.42)
     * @param certificate of the server; may be null only when nothing is encrypted
     * @param serverNonce the last one that the server sent
     * @param plainTextAllowed whether a password may be sent unencrypted, when both policies are None
     * @throws UaException Bad_SecurityPolicyRejected: plain text and not allowed, or a policy that we do not have;
     *     Bad_SecurityChecksFailed: the certificate or the nonce is unfit; Bad_EncodingLimitsExceeded
     */
    public static UserNameIdentityToken token(
            UserIdentity.UserName user,
            UserTokenPolicy tokenPolicy,
            SecurityPolicy endpointPolicy,
            @Nullable X509Certificate certificate,
            ByteString serverNonce,
            boolean plainTextAllowed)
            throws UaException {
        SecurityPolicy policy = policyOf(tokenPolicy, endpointPolicy);
        byte[] password = user.password();
        try {
            if (policy == SecurityPolicy.None) {
                // On an encrypted channel the channel protects the password; without one it would travel readable.
                if (endpointPolicy == SecurityPolicy.None && !plainTextAllowed) {
                    throw new UaException(
                            StatusCodes.Bad_SecurityPolicyRejected, "the server wants the password unencrypted");
                }
                return new UserNameIdentityToken(
                        tokenPolicy.getPolicyId(), user.name(), ByteString.of(password.clone()), null);
            }
            if (certificate == null) {
                throw new UaException(StatusCodes.Bad_SecurityChecksFailed, "the server shows no certificate");
            }
            ByteString secret = encrypt(policy, certificate, password, serverNonce);
            return new UserNameIdentityToken(
                    tokenPolicy.getPolicyId(),
                    user.name(),
                    secret,
                    policy.getAsymmetricEncryptionAlgorithm().getUri());
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /**
     * Encrypts a password for the owner of the certificate.
     *
     * @throws UaException Bad_SecurityPolicyRejected, Bad_SecurityChecksFailed, Bad_EncodingLimitsExceeded
     */
    public static ByteString encrypt(
            SecurityPolicy policy, X509Certificate certificate, byte[] password, ByteString serverNonce)
            throws UaException {
        if (password.length > PASSWORD_BYTES_MAX) {
            throw new UaException(StatusCodes.Bad_EncodingLimitsExceeded, "password too long");
        }
        byte[] nonce = serverNonce.bytesOrEmpty();
        byte[] plain = ByteBuffer.allocate(LENGTH_BYTES + password.length + nonce.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(password.length + nonce.length)
                .put(password)
                .put(nonce)
                .array();
        SecurityAlgorithm algorithm = policy.getAsymmetricEncryptionAlgorithm();
        try {
            Cipher cipher = cipher(algorithm, Cipher.ENCRYPT_MODE, certificate.getPublicKey());
            int step = keyBytes(certificate.getPublicKey()) - paddingBytes(algorithm);
            ByteArrayOutputStream secret = new ByteArrayOutputStream();
            for (int at = 0; at < plain.length; at += step) {
                secret.writeBytes(cipher.doFinal(plain, at, Math.min(step, plain.length - at)));
            }
            return ByteString.of(secret.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new UaException(StatusCodes.Bad_SecurityChecksFailed, e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /**
     * Decrypts a password that was encrypted for us. Whatever is wrong (padding, length, nonce, size) gives the same
     * empty result after the same steps, so that nobody can use us to decrypt a recorded password bit by bit.
     *
     * @param serverNonce the last one that we sent to this client
     */
    public static Optional<byte[]> decrypt(
            SecurityPolicy policy, PrivateKey key, ByteString secret, ByteString serverNonce) {
        byte[] cipherText = secret.bytesOrEmpty();
        byte[] nonce = serverNonce.bytesOrEmpty();
        int block = key instanceof RSAKey rsa ? (rsa.getModulus().bitLength() + 7) / 8 : 0;
        if (block == 0
                || nonce.length == 0
                || cipherText.length == 0
                || cipherText.length % block != 0
                || cipherText.length / block > BLOCKS_MAX) {
            return Optional.empty();
        }
        byte[] plain = new byte[cipherText.length];
        int length = 0;
        boolean good = true;
        for (int at = 0; at < cipherText.length; at += block) {
            try {
                // A new cipher each time: after a failure an old one may be left in any state.
                Cipher cipher = cipher(policy.getAsymmetricEncryptionAlgorithm(), Cipher.DECRYPT_MODE, key);
                length += cipher.doFinal(cipherText, at, block, plain, length);
            } catch (GeneralSecurityException e) {
                good = false;
            }
        }
        try {
            int passwordLength =
                    ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).getInt() - nonce.length;
            good &= passwordLength >= 0 & passwordLength <= PASSWORD_BYTES_MAX;
            good &= length == LENGTH_BYTES + passwordLength + nonce.length;
            int nonceAt = good ? LENGTH_BYTES + passwordLength : 0;
            byte[] sent = Arrays.copyOfRange(plain, nonceAt, nonceAt + nonce.length);
            good &= MessageDigest.isEqual(sent, nonce);
            return good
                    ? Optional.of(Arrays.copyOfRange(plain, LENGTH_BYTES, LENGTH_BYTES + passwordLength))
                    : Optional.empty();
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** The policy that protects a token: its own, else the endpoint's (Part 4, 7.42). */
    public static SecurityPolicy policyOf(UserTokenPolicy tokenPolicy, SecurityPolicy endpointPolicy)
            throws UaException {
        String uri = requireNonNullElse(tokenPolicy.getSecurityPolicyUri(), "");
        return uri.isEmpty() ? endpointPolicy : SecurityPolicy.fromUri(uri);
    }

    private static Cipher cipher(SecurityAlgorithm algorithm, int mode, Key key) throws GeneralSecurityException {
        if (algorithm == SecurityAlgorithm.Rsa15) {
            Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            cipher.init(mode, key);
            return cipher;
        }
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(mode, key, oaep(algorithm));
        return cipher;
    }

    private static AlgorithmParameterSpec oaep(SecurityAlgorithm algorithm) throws GeneralSecurityException {
        return switch (algorithm) {
            case RsaOaepSha1 ->
                new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);
            case RsaOaepSha256 ->
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
            default -> throw new GeneralSecurityException(algorithm + " does not encrypt passwords");
        };
    }

    private static int paddingBytes(SecurityAlgorithm algorithm) throws GeneralSecurityException {
        return switch (algorithm) {
            case Rsa15 -> 11;
            case RsaOaepSha1 -> 42;
            case RsaOaepSha256 -> 66;
            default -> throw new GeneralSecurityException(algorithm + " does not encrypt passwords");
        };
    }

    private static int keyBytes(Key key) throws GeneralSecurityException {
        if (key instanceof RSAKey rsa) {
            return (rsa.getModulus().bitLength() + 7) / 8;
        }
        throw new GeneralSecurityException("not an RSA key");
    }
}
