package org.tandemopc.app.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tandemopc.app.Arguments.UsageException;

/**
 * A server of OPC DA in one word, as some clients write it: {@code opcda://host/ProgID}, {@code opcda://host/{CLSID}} or both, {@code
 * opcda://host/ProgID/{CLSID}}; the host may have a port. Immutable.
 */
record DaUrl(String host, Optional<String> port, Optional<String> progId, Optional<String> clsid) {
    static final String SCHEME = "opcda://";

    private static final Pattern FORM =
            Pattern.compile("opcda://(\\[[0-9a-fA-F:.]+]|[^/:\\[\\]{}\\s]+)(?::([0-9]{1,5}))?"
                    + "(?:/([^/{}\\s][^/{}]*))?(?:/(\\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}}))?/?");

    static boolean isOne(String word) {
        return word.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    static DaUrl of(String word) throws UsageException {
        Matcher m = FORM.matcher(word);
        if (!m.matches() || (m.group(3) == null && m.group(4) == null)) {
            throw new UsageException("'" + word + "' names no OPC DA server: write opcda://HOST/PROGID, or"
                    + " opcda://HOST/{CLSID} where the host lets nobody ask for ProgIDs.");
        }
        String host = m.group(1);
        return new DaUrl(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                Optional.ofNullable(m.group(2)),
                Optional.ofNullable(m.group(3)),
                Optional.ofNullable(m.group(4)));
    }

    /** With the keys of a member's settings. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("host", host);
        port.ifPresent(number -> settings.put("port", number));
        progId.ifPresent(id -> settings.put("progId", id));
        clsid.ifPresent(id -> settings.put("clsid", id));
        return settings;
    }
}
