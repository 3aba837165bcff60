package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.tandemopc.service.users.Accounts;
import org.tandemopc.service.users.UserStore;

/** docs/reference/rest.md says what the interface does. */
class RestLimitsPageTest {
    @Test
    void pageNamesEveryBoundWithItsValue() throws IOException {
        Map<String, String> inTheCode = new LinkedHashMap<>();
        inTheCode.put("body", (RestLimits.BODY_BYTES_MAX >> 20) + " MB");
        inTheCode.put(
                "headers", "%d, %d kB together".formatted(RestLimits.HEADERS_MAX, RestLimits.HEADER_BYTES_MAX >> 10));
        inTheCode.put("one request, headers and body", RestLimits.REQUEST_SECONDS_MAX + " s from its first byte");
        inTheCode.put("idle connection", RestLimits.IDLE_SECONDS_MAX + " s");
        inTheCode.put("connections", String.valueOf(RestLimits.CONNECTIONS_MAX));
        inTheCode.put("requests at a time", "%d, the next is answered 503".formatted(RestLimits.REQUESTS_MAX));
        inTheCode.put(
                "streams at a time", "%d, of which %d checks".formatted(RestLimits.STREAMS_MAX, RestLimits.CHECKS_MAX));
        inTheCode.put(
                "searches for hosts, servers and items at a time",
                "%d, the next is answered 503".formatted(RestLimits.SEARCHES_MAX));
        inTheCode.put("records in one answer", String.format(java.util.Locale.ROOT, "%,d", RestLimits.RECORDS_MAX));
        inTheCode.put(
                "passwords looked at together",
                "%d, the next one waits up to %d s".formatted(Accounts.HASHING_MAX, Accounts.HASHING_SECONDS_MAX));
        inTheCode.put("users", String.valueOf(UserStore.USERS_MAX));
        inTheCode.put("depth of JSON", String.valueOf(RestLimits.JSON_DEPTH_MAX));

        assertThat(bounds()).containsAllEntriesOf(inTheCode);
    }

    private static Map<String, String> bounds() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "reference", "rest.md"));
        Matcher row = Pattern.compile("(?m)^\\| ([^`|]+) \\| ([^|]+) \\|$")
                .matcher(page.substring(page.indexOf("## Bounds")));
        Map<String, String> rows = new LinkedHashMap<>();
        while (row.find()) {
            rows.put(row.group(1), row.group(2));
        }
        return rows;
    }
}
