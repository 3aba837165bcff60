package org.tandemopc.service;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An OPC DA server of a pair that is added, as spelled in the file; what is empty is left to the defaults. Whether it makes sense is for
 * the reader of the configuration to say.
 *
 * @param user by which Tandem calls the server
 * @param password the text itself, {@code file:/path} or {@code env:NAME}
 */
public record NewDaMember(
        String host,
        Optional<String> port,
        Optional<String> progId,
        Optional<String> clsid,
        Optional<String> level,
        Optional<String> user,
        Optional<String> password)
        implements NewMemberSettings {
    @Override
    public Map<String, Optional<String>> settings() {
        Map<String, Optional<String>> all = new LinkedHashMap<>();
        all.put("host", Optional.of(host));
        all.put("port", port);
        all.put("progId", progId);
        all.put("clsid", clsid);
        all.put("level", level);
        all.put("user", user);
        all.put("password", password);
        return all;
    }

    /** Without its password. */
    @Override
    public String toString() {
        return "NewDaMember[host=%s, port=%s, progId=%s, clsid=%s, level=%s, user=%s]"
                .formatted(host, port, progId, clsid, level, user);
    }
}
