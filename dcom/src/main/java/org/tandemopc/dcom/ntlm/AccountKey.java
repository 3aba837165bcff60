package org.tandemopc.dcom.ntlm;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Seals what is at rest with AES-256-GCM, each piece under a nonce of its own and tied to what it is. Not thread-safe. */
final class AccountKey {
    static final int KEY_BYTES = 32;
    static final int OVERHEAD_BYTES = 12 + 16;

    private static final String NO_CIPHER = "this Java runtime has no AES-256-GCM";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final Cipher cipher;
    private final SecureRandom random = new SecureRandom();

    /** @param octets 32 of them; not kept */
    AccountKey(byte[] octets) {
        key = new SecretKeySpec(octets, "AES");
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(NO_CIPHER, e);
        }
    }

    static byte[] generate() {
        byte[] octets = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(octets);
        return octets;
    }

    /** @param of what it is; opens only as that */
    byte[] seal(byte[] plain, String of) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = begun(Cipher.ENCRYPT_MODE, nonce, of).doFinal(plain);
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(NO_CIPHER, e);
        }
    }

    /** Empty: it was sealed with another key or as something else, or was changed. */
    Optional<byte[]> open(byte[] sealed, String of) {
        if (sealed.length < OVERHEAD_BYTES) {
            return Optional.empty();
        }
        try {
            byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
            return Optional.of(
                    begun(Cipher.DECRYPT_MODE, nonce, of).doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(NO_CIPHER, e);
        }
    }

    private Cipher begun(int mode, byte[] nonce, String of) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(of.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
