package org.tandemopc.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.SecretSource;
import org.tandemopc.relay.FileTrouble;

/** Passwords from files and from the environment. */
public final class FileSecrets implements SecretSource {
    private static final int BYTES_MAX = 4096;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Map<String, String> environment;

    public FileSecrets(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public Secret find(String reference) throws SecretMissing {
        return reference.startsWith("file:")
                ? ofFile(path(reference.substring("file:".length())))
                : ofEnvironment(reference.substring("env:".length()));
    }

    private static Path path(String name) throws SecretMissing {
        try {
            return Path.of(name).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new SecretMissing("What names the password file is no path (" + e.getReason() + ").");
        }
    }

    private static Secret ofFile(Path file) throws SecretMissing {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new SecretMissing("The password file " + file + " is too long.");
            }
            String text = Files.readString(file);
            // Some editors begin a file with a mark that nobody sees.
            return new Secret((text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).stripTrailing());
        } catch (IOException e) {
            throw new SecretMissing("The password file " + file + " cannot be read (" + FileTrouble.why(e) + ").");
        }
    }

    private Secret ofEnvironment(String name) throws SecretMissing {
        String value = environment.get(name);
        if (value == null) {
            throw new SecretMissing("The environment variable " + name + " is not set.");
        }
        return new Secret(value);
    }
}
