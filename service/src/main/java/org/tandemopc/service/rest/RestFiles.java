package org.tandemopc.service.rest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.tandemopc.relay.OwnerOnly;

/** How commands on this machine find the service and prove that they are its user's: two files in the data folder. */
public final class RestFiles {
    /** 256 random bits as 64 hexadecimal digits, new at each start; for the service's user only ({@link OwnerOnly}). */
    public static final String TOKEN = "rest.token";
    /** {@code host:port}; there while the service runs. */
    public static final String PORT = "rest.port";

    private static final int TOKEN_BYTES = 32;

    private RestFiles() {}

    static String freshToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The token first: whoever finds the port finds its token. */
    static void write(Path folder, String token, String hostAndPort) throws IOException {
        write(folder.resolve(TOKEN), token);
        write(folder.resolve(PORT), hostAndPort);
    }

    static void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(PORT));
        Files.deleteIfExists(folder.resolve(TOKEN));
    }

    private static void write(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        OwnerOnly.create(unfinished);
        Files.write(unfinished, (text + "\n").getBytes(StandardCharsets.US_ASCII));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
