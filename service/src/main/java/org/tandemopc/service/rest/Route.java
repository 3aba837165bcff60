package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.Set;

/**
 * One route.
 *
 * @param path with variable parts in braces, each a whole segment
 * @param needsToken everything but health and the contract
 * @param query the parameters that it knows; any other is a mistake of the caller
 */
record Route(String method, String path, boolean needsToken, Set<String> query, Handler handler) {
    /** On a virtual thread. */
    interface Handler {
        Reply handle(Call call) throws Problem, IOException, InterruptedException;
    }

    static Route get(String path, Handler handler, String... query) {
        return new Route("GET", path, true, Set.of(query), handler);
    }

    static Route open(String path, Handler handler) {
        return new Route("GET", path, false, Set.of(), handler);
    }

    static Route post(String path, Handler handler, String... query) {
        return new Route("POST", path, true, Set.of(query), handler);
    }
}
