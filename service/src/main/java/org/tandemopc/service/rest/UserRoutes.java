package org.tandemopc.service.rest;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.service.users.Accounts;
import org.tandemopc.service.users.Role;
import org.tandemopc.service.users.UserRefused;
import org.tandemopc.service.users.UserStore;

/** Who the users are, for engineers. */
final class UserRoutes {
    private static final String USERS = "/api/v1/users";

    private final Accounts accounts;

    UserRoutes(Accounts accounts) {
        this.accounts = accounts;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.ENGINEER, USERS, call -> list()),
                Route.post(Role.ENGINEER, USERS, this::add).as("add user"),
                Route.post(Role.ENGINEER, USERS + "/{name}", this::change).as("change user"),
                Route.delete(Role.ENGINEER, USERS + "/{name}", this::remove).as("remove user"));
    }

    private Reply list() {
        return Reply.ok(Map.of(
                "users", accounts.users().users().stream().map(UserRoutes::view).toList()));
    }

    private static Map<String, Object> view(UserStore.User user) {
        Instant seen = user.lastSeen();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", user.name());
        json.put("role", user.role().label());
        json.put("lastSeen", seen == null ? null : Views.time(seen));
        return json;
    }

    private Reply add(Call call) throws Problem, IOException {
        String name = call.text("name");
        Role role = role(call.text("role"));
        String password = call.text("password");
        try {
            accounts.add(name, role, password);
        } catch (UserRefused e) {
            throw problem(e);
        }
        return user(name);
    }

    private Reply change(Call call) throws Problem, IOException {
        String name = call.part("name");
        Optional<String> wanted = call.optionalText("role");
        @Nullable Role role = wanted.isPresent() ? role(wanted.get()) : null;
        String password = call.optionalText("password").orElse(null);
        if (role == null && password == null) {
            throw Problem.badRequest("The body has a 'role', a 'password', or both.");
        }
        call.note((role == null ? "" : "role " + role.label() + " ") + (password == null ? "" : "new password"));
        try {
            accounts.change(name, role, password);
        } catch (UserRefused e) {
            throw problem(e);
        }
        return user(name);
    }

    private Reply remove(Call call) throws Problem, IOException {
        try {
            accounts.remove(call.part("name"));
        } catch (UserRefused e) {
            throw problem(e);
        }
        return Reply.ok(Map.of());
    }

    private Reply user(String name) {
        return Reply.ok(accounts.users().find(name).map(UserRoutes::view).orElse(Map.of()));
    }

    private static Role role(String label) throws Problem {
        return Role.of(label).orElseThrow(() -> Problem.badRequest("'role' is viewer, operator or engineer."));
    }

    static Problem problem(UserRefused e) {
        int status = switch (e.kind()) {
            case NO_SUCH_USER -> 404;
            case BAD_NAME, BAD_PASSWORD -> 422;
            case WRONG_PASSWORD -> 403;
            case NAME_TAKEN, LAST_ENGINEER, USERS_EXIST, TOO_MANY -> 409;
        };
        return new Problem(status, Views.lower(e.kind()), String.valueOf(e.getMessage()), e.remedy());
    }
}
