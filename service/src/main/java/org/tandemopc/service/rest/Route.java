package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tandemopc.service.users.Role;

/**
 * One route.
 *
 * @param path with variable parts in braces, each a whole segment
 * @param least the role that is needed at least; null: open to whoever reaches the service
 * @param query the parameters that it knows; any other is a mistake of the caller
 * @param action what the audit log calls it; empty: it changes nothing, and is not in that log
 */
record Route(String method, String path, @Nullable Role least, Set<String> query, Handler handler, String action) {
    private static final String ROOT = "/api/v1/";

    /** On a virtual thread. */
    interface Handler {
        Reply handle(Call call) throws Problem, IOException, InterruptedException;
    }

    /** For engineers: what is not marked is denied to the others. */
    static Route get(String path, Handler handler, String... query) {
        return get(Role.ENGINEER, path, handler, query);
    }

    static Route get(Role least, String path, Handler handler, String... query) {
        return new Route("GET", path, least, Set.of(query), handler, "");
    }

    static Route open(String path, Handler handler) {
        return new Route("GET", path, null, Set.of(), handler, "");
    }

    /** Open to whoever reaches the service; audits itself. */
    static Route openPost(String path, Handler handler) {
        return new Route("POST", path, null, Set.of(), handler, "");
    }

    /** For engineers: what is not marked is denied to the others. */
    static Route post(String path, Handler handler, String... query) {
        return post(Role.ENGINEER, path, handler, query);
    }

    static Route post(Role least, String path, Handler handler, String... query) {
        return new Route("POST", path, least, Set.of(query), handler, named(path));
    }

    static Route delete(Role least, String path, Handler handler) {
        return new Route("DELETE", path, least, Set.of(), handler, "remove " + named(path));
    }

    /** The same under another name in the audit log. */
    Route as(String name) {
        return new Route(method, path, least, query, handler, name);
    }

    /** The same, not in the audit log: it changes nothing. */
    Route unaudited() {
        return as("");
    }

    boolean isOpen() {
        return least == null;
    }

    /** {@code /api/v1/pairs/{pair}/switch} is "switch", {@code /api/v1/configuration/apply} "configuration apply". */
    private static String named(String path) {
        return Arrays.stream(path.substring(ROOT.length()).split("/"))
                .filter(part -> !part.startsWith("{") && !part.equals("pairs"))
                .collect(Collectors.joining(" "));
    }
}
