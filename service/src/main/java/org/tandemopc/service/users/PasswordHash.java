package org.tandemopc.service.users;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What is kept of a password: salt and hash of PBKDF2-HMAC-SHA512 (RFC 8018), with the count of its rounds, so that the count
 * can grow without making those that are there worthless. Immutable; any thread. Making one and comparing with one take some
 * tenths of a second, on purpose.
 */
final class PasswordHash {
    /** What OWASP's cheat sheet on storing passwords asks for of SHA-512, and a little more. */
    static final int ROUNDS = 220_000;

    private static final int ROUNDS_MAX = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 64;
    private static final String ALGORITHM = "PBKDF2WithHmacSHA512";
    private static final Pattern TEXT =
            Pattern.compile("pbkdf2-sha512:([0-9]{1,8}):([A-Za-z0-9+/=]{1,100}):([A-Za-z0-9+/=]{1,200})");

    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int rounds, byte[] salt, byte[] hash) {
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    static PasswordHash of(String password, int rounds, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(rounds, salt, derive(password, rounds, salt));
    }

    /** Of no password: comparing with it takes as long as with any other. */
    static PasswordHash ofNothing(int rounds, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        byte[] hash = new byte[HASH_BYTES];
        random.nextBytes(salt);
        random.nextBytes(hash);
        return new PasswordHash(rounds, salt, hash);
    }

    /** As {@link #text} wrote it; empty for anything else. */
    static Optional<PasswordHash> read(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        int rounds = Integer.parseInt(m.group(1));
        try {
            byte[] salt = Base64.getDecoder().decode(m.group(2));
            byte[] hash = Base64.getDecoder().decode(m.group(3));
            boolean isOurs = rounds >= 1 && rounds <= ROUNDS_MAX && salt.length > 0 && hash.length == HASH_BYTES;
            return isOurs ? Optional.of(new PasswordHash(rounds, salt, hash)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no Base64
        }
    }

    boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(password, rounds, salt));
    }

    String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "pbkdf2-sha512:" + rounds + ":" + base64.encodeToString(salt) + ":" + base64.encodeToString(hash);
    }

    private static byte[] derive(String password, int rounds, byte[] salt) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        } finally {
            spec.clearPassword();
        }
    }
}
