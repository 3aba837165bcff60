package org.tandemopc.service.users;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Proves that who makes the first user may read the data folder: written there (0600) at a start without users, gone with the
 * first user. Any thread.
 */
public final class SetupToken {
    /** In the data folder. */
    public static final String FILE = "setup.token";

    private static final int BYTES = 16;

    private final Path file;
    private volatile @Nullable String token;

    private SetupToken(Path file, @Nullable String token) {
        this.file = file;
        this.token = token;
    }

    static SetupToken open(Path dataFolder, boolean isNeeded) throws IOException {
        Path file = dataFolder.resolve(FILE);
        if (!isNeeded) {
            Files.deleteIfExists(file);
            return new SetupToken(file, null);
        }
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        OwnFile.replace(file, token + "\n");
        return new SetupToken(file, token);
    }

    boolean matches(String given) {
        String wanted = token;
        return wanted != null
                && MessageDigest.isEqual(
                        wanted.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** It is worth nothing from now on. */
    void use() throws IOException {
        token = null;
        Files.deleteIfExists(file);
    }

    Path file() {
        return file;
    }
}
