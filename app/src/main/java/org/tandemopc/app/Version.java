package org.tandemopc.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** The version of this build. */
public final class Version {
    private Version() {}

    public static String text() {
        return properties("/tandem.properties").getProperty("version", "unknown");
    }

    /** The commit that it was built of, with {@code -dirty} behind it where there was more; empty: built outside of a clone. */
    public static Optional<String> commit() {
        return Optional.ofNullable(properties("/tandem-build.properties").getProperty("commit"))
                .filter(commit -> !commit.isBlank());
    }

    private static Properties properties(String name) {
        try (InputStream in = Version.class.getResourceAsStream(name)) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
