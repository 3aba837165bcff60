package org.tandemopc.relay.ua.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Cipher;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PasswordEncryptionTest {
    private static final ByteString NONCE = nonce(1);
    private static ApplicationCertificate server;

    @BeforeAll
    static void keys() throws Exception {
        server = ApplicationCertificates.selfSigned("server", "urn:test:server", java.util.List.of("localhost"));
    }

    @ParameterizedTest
    @EnumSource(
            value = SecurityPolicy.class,
            names = {"Basic128Rsa15", "Basic256", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"})
    void whatIsEncryptedIsDecrypted(SecurityPolicy policy) throws Exception {
        for (int length : new int[] {0, 1, 8, 180, 300, PasswordEncryption.PASSWORD_BYTES_MAX}) {
            byte[] password = new byte[length];
            new Random(length).nextBytes(password);

            ByteString secret = PasswordEncryption.encrypt(policy, server.certificate(), password, NONCE);

            assertThat(PasswordEncryption.decrypt(policy, server.keyPair().getPrivate(), secret, NONCE))
                    .hasValueSatisfying(back -> assertThat(back).isEqualTo(password));
        }
    }

    /** Every fault is the same fault. */
    @Test
    void nothingIsDecryptedFromAnythingElse() throws Exception {
        byte[] good = PasswordEncryption.encrypt(
                        SecurityPolicy.Basic256Sha256, server.certificate(), "secret".getBytes(UTF_8), NONCE)
                .bytesOrEmpty();
        for (int at = 0; at < good.length; at += 17) {
            byte[] tampered = good.clone();
            tampered[at] ^= 0x40;
            assertRefused(tampered, NONCE);
        }
        assertRefused(good, nonce(2));
        assertRefused(good, ByteString.of(Arrays.copyOf(NONCE.bytesOrEmpty(), 31)));
        assertRefused(good, ByteString.NULL_VALUE);
        assertRefused(Arrays.copyOf(good, 255), NONCE);
        assertRefused(Arrays.copyOf(good, 512), NONCE);
        assertRefused(new byte[0], NONCE);
        assertRefused(new byte[256 * 17], NONCE);
    }

    @Test
    void lengthThatLiesIsRefused() throws Exception {
        for (int length : new int[] {0, 31, 32 + 5, 32 + 7, 1_000_000, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            assertRefused(sealed(length, "secret".getBytes(UTF_8)), NONCE);
        }
        // control: the same with the true length
        assertThat(PasswordEncryption.decrypt(
                        SecurityPolicy.Basic256Sha256,
                        server.keyPair().getPrivate(),
                        ByteString.of(sealed(32 + 6, "secret".getBytes(UTF_8))),
                        NONCE))
                .isPresent();
    }

    @Test
    void tokenNamesPolicyAndAlgorithmOfTheServer() throws Exception {
        UserTokenPolicy policy = policy(SecurityPolicy.Basic256Sha256.getUri());

        UserNameIdentityToken token = PasswordEncryption.token(
                user("secret"), policy, SecurityPolicy.None, server.certificate(), NONCE, false);

        assertThat(token.getPolicyId()).isEqualTo("user");
        assertThat(token.getUserName()).isEqualTo("ann");
        assertThat(token.getEncryptionAlgorithm()).isEqualTo("http://www.w3.org/2001/04/xmlenc#rsa-oaep");
        assertThat(PasswordEncryption.decrypt(
                        SecurityPolicy.Basic256Sha256, server.keyPair().getPrivate(), token.getPassword(), NONCE))
                .hasValueSatisfying(back -> assertThat(back).asString(UTF_8).isEqualTo("secret"));
    }

    @Test
    void tokenWithoutPolicyTakesTheEndpoints() throws Exception {
        UserNameIdentityToken token = PasswordEncryption.token(
                user("secret"), policy(null), SecurityPolicy.Aes256_Sha256_RsaPss, server.certificate(), NONCE, false);

        assertThat(token.getEncryptionAlgorithm()).isEqualTo("http://opcfoundation.org/UA/security/rsa-oaep-sha2-256");
    }

    @Test
    void passwordIsSentReadableOnlyWhenAllowed() throws Exception {
        assertThatThrownBy(() ->
                        PasswordEncryption.token(user("x"), policy(null), SecurityPolicy.None, null, NONCE, false))
                .isInstanceOfSatisfying(
                        UaException.class,
                        e -> assertThat(e.getStatusCode().value()).isEqualTo(StatusCodes.Bad_SecurityPolicyRejected));

        UserNameIdentityToken token =
                PasswordEncryption.token(user("x"), policy(null), SecurityPolicy.None, null, NONCE, true);

        assertThat(token.getPassword().bytesOrEmpty()).asString(UTF_8).isEqualTo("x");
        assertThat(token.getEncryptionAlgorithm()).isNull();
    }

    private static void assertRefused(byte[] secret, ByteString nonce) {
        assertThat(PasswordEncryption.decrypt(
                        SecurityPolicy.Basic256Sha256, server.keyPair().getPrivate(), ByteString.of(secret), nonce))
                .isEmpty();
    }

    private static byte[] sealed(int length, byte[] password) throws Exception {
        byte[] plain = ByteBuffer.allocate(4 + password.length + 32)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .put(password)
                .put(NONCE.bytesOrEmpty())
                .array();
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, server.certificate().getPublicKey());
        return cipher.doFinal(plain);
    }

    private static UserIdentity.UserName user(String password) {
        return new UserIdentity.UserName("ann", password.getBytes(UTF_8));
    }

    private static UserTokenPolicy policy(@Nullable String uri) {
        return new UserTokenPolicy("user", UserTokenType.UserName, null, null, uri);
    }

    private static ByteString nonce(int seed) {
        byte[] nonce = new byte[32];
        new Random(seed).nextBytes(nonce);
        return ByteString.of(nonce);
    }
}
