package org.tandemopc.testkit.requirement;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** All ids that a test may name, with what each stands for. */
public final class RequirementIds {
    private static final Map<String, String> ALL = read();

    private RequirementIds() {}

    /** Ids in the order of the requirements, each with its short text. */
    public static Map<String, String> all() {
        return ALL;
    }

    private static Map<String, String> read() {
        try (InputStream in = RequirementIds.class.getResourceAsStream("ids.txt")) {
            if (in == null) {
                throw new IllegalStateException("ids.txt is missing");
            }
            Map<String, String> ids = new LinkedHashMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", 2))
                    .forEach(columns -> ids.put(columns[0], columns.length > 1 ? columns[1] : ""));
            return Collections.unmodifiableMap(ids);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
