package org.tandemopc.service.rest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.core.config.ConfigReader;
import org.tandemopc.service.ConfigMask;
import org.tandemopc.service.NewDaMember;
import tools.jackson.databind.JsonNode;

/** The OPC DA servers of a pair that is to be added, as a body names them. Pure. */
final class DaMembers {
    private static final String MEMBERS = "members";
    private static final Set<String> KEYS = Set.of("host", "port", "progId", "clsid", "level", "user", "password");

    private DaMembers() {}

    static boolean areIn(Call call) throws Problem {
        return call.json().has(MEMBERS);
    }

    /** @throws Problem they are not two to {@link ConfigReader#MEMBERS_MAX} sets of settings, each with a host */
    static List<NewDaMember> of(Call call) throws Problem {
        JsonNode given = call.json().path(MEMBERS);
        if (!given.isArray() || given.size() < 2 || given.size() > ConfigReader.MEMBERS_MAX) {
            throw Problem.badRequest("'members' has the primary and the secondary, up to %d servers in all."
                    .formatted(ConfigReader.MEMBERS_MAX));
        }
        List<NewDaMember> members = new ArrayList<>();
        for (JsonNode one : given) {
            members.add(member(one));
        }
        return members;
    }

    private static NewDaMember member(JsonNode one) throws Problem {
        Set<String> unknown = new HashSet<>(one.propertyNames());
        unknown.removeAll(KEYS);
        if (!one.isObject() || !unknown.isEmpty()) {
            throw Problem.badRequest("A member of 'members' has host and any of port, progId, clsid, level, user and"
                    + " password, and nothing else.");
        }
        String host = text(one, "host").orElseThrow(() -> Problem.badRequest("A member of 'members' needs a host."));
        Optional<String> password = text(one, "password");
        if (password.isPresent() && password.get().contains(ConfigMask.HIDDEN)) {
            throw Problem.badRequest(
                    "A password is '%s'; write it, or better file:/path or env:NAME.".formatted(ConfigMask.HIDDEN));
        }
        return new NewDaMember(
                host,
                text(one, "port"),
                text(one, "progId"),
                text(one, "clsid"),
                text(one, "level"),
                text(one, "user"),
                password);
    }

    private static Optional<String> text(JsonNode one, String key) throws Problem {
        JsonNode value = one.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString() && !(key.equals("port") && value.isInt())) {
            throw Problem.badRequest("'%s' of a member is a text.".formatted(key));
        }
        return Optional.of(value.asString());
    }
}
