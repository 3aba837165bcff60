package org.tandemopc.service.rest;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The table of routes. A path that is not exactly in it is not found; nothing here is a file. Immutable; any thread. */
final class Router {
    private final List<Route> routes;

    Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    List<Route> routes() {
        return routes;
    }

    /** A route with what the path and the query say. */
    record Match(Route route, Map<String, String> path, Map<String, String> query) {}

    Match match(String method, URI uri) throws Problem {
        String raw = uri.getRawPath();
        if (raw == null || uri.getHost() != null) {
            throw Problem.notFound();
        }
        List<String> segments = segments(raw);
        Set<String> methods = new TreeSet<>();
        for (Route route : routes) {
            Map<String, String> path = fits(route.path(), segments);
            if (path == null) {
                continue;
            }
            if (route.method().equals(method)) {
                return new Match(route, path, query(uri.getRawQuery(), route.query()));
            }
            methods.add(route.method());
        }
        if (methods.isEmpty()) {
            throw Problem.notFound();
        }
        throw new Problem(
                405, "method-not-allowed", "This takes " + String.join(", ", methods) + " only.", "Use that method.");
    }

    private static @Nullable Map<String, String> fits(String template, List<String> segments) {
        String[] wanted = template.substring(1).split("/");
        if (wanted.length != segments.size()) {
            return null;
        }
        Map<String, String> path = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                path.put(wanted[i].substring(1, wanted[i].length() - 1), segments.get(i));
            } else if (!wanted[i].equals(segments.get(i))) {
                return null;
            }
        }
        return path;
    }

    /** Decoded once, after taking apart: an encoded slash is part of a name, and no name has one. */
    private static List<String> segments(String raw) throws Problem {
        List<String> segments = new ArrayList<>();
        if (!raw.startsWith("/")) {
            throw Problem.notFound();
        }
        for (String segment : raw.substring(1).split("/", -1)) {
            String decoded = decoded(segment.replace("+", "%2B"));
            if (decoded.isEmpty()
                    || decoded.equals(".")
                    || decoded.equals("..")
                    || decoded.codePoints().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
                throw Problem.notFound();
            }
            segments.add(decoded);
        }
        return segments;
    }

    private static Map<String, String> query(@Nullable String raw, Set<String> known) throws Problem {
        Map<String, String> query = new HashMap<>();
        if (raw == null || raw.isEmpty()) {
            return query;
        }
        for (String pair : raw.split("&")) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (!known.contains(name)) {
                throw Problem.badRequest(
                        "This knows no parameter of that name; it knows " + new TreeSet<>(known) + ".");
            }
            if (query.put(name, equals < 0 ? "true" : decoded(pair.substring(equals + 1))) != null) {
                throw Problem.badRequest("'" + name + "' is there twice.");
            }
        }
        return query;
    }

    private static String decoded(String text) throws Problem {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("The address has a broken escape.");
        }
    }
}
