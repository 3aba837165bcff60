package org.tandemopc.service.rest;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The status of the service, taken once for all who look at the same time. Any thread. */
final class LatestStatus {
    private static final long FRESH_NANOS = 400_000_000L;
    /** Changes always, and by itself is no news. */
    private static final String UPTIME = "uptimeSeconds";

    private final Supplier<Map<String, Object>> status;
    private final LongSupplier nanoClock;
    private @Nullable Taken latest;
    private long takenAt;

    LatestStatus(Supplier<Map<String, Object>> status, LongSupplier nanoClock) {
        this.status = status;
        this.nanoClock = nanoClock;
    }

    /**
     * @param news what is compared: all but the time of day
     * @param version of the configuration, or empty
     */
    record Taken(String json, String news, String version) {
        byte[] bytes() {
            return json.getBytes(StandardCharsets.UTF_8);
        }
    }

    synchronized Taken now() {
        long now = nanoClock.getAsLong();
        Taken taken = latest;
        if (taken == null || now - takenAt > FRESH_NANOS) {
            taken = taken(status.get());
            latest = taken;
            takenAt = now;
        }
        return taken;
    }

    private static Taken taken(Map<String, Object> json) {
        Map<String, Object> news = new LinkedHashMap<>(json);
        news.remove(UPTIME);
        Object version = json.get("configVersion");
        return new Taken(text(json), text(news), version == null ? "" : version.toString());
    }

    private static String text(Map<String, Object> json) {
        return new String(Json.bytes(json), StandardCharsets.UTF_8);
    }
}
