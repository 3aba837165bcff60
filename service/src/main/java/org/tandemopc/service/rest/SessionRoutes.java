package org.tandemopc.service.rest;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.service.users.Accounts;
import org.tandemopc.service.users.Role;
import org.tandemopc.service.users.Sessions;
import org.tandemopc.service.users.UserRefused;

/** Logging in and out, and the first user. */
final class SessionRoutes {
    private static final String SESSION = "/api/v1/session";

    private final Accounts accounts;
    private final Gate gate;

    SessionRoutes(Accounts accounts, Gate gate) {
        this.accounts = accounts;
        this.gate = gate;
    }

    List<Route> routes() {
        return List.of(
                Route.open(SESSION, this::who),
                Route.openPost(SESSION, this::login),
                Route.delete(Role.VIEWER, SESSION, this::logout).as("logout"),
                Route.post(Role.VIEWER, SESSION + "/password", this::password).as("change own password"),
                Route.openPost("/api/v1/setup", this::setUp));
    }

    private Reply who(Call call) throws Problem {
        Caller caller = call.caller().orElseThrow(gate::unauthorized);
        Sessions.Session session = caller.session();
        return Reply.ok(body(caller.name(), caller.role(), session == null ? "" : session.csrf()));
    }

    private static Map<String, Object> body(String user, Role role, String csrf) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user", user);
        json.put("role", role.label());
        json.put("csrf", csrf);
        return json;
    }

    private Reply login(Call call) throws Problem, InterruptedException {
        return loggedIn(accounts.login(call.text("user"), call.text("password"), call.from()), call);
    }

    private Reply setUp(Call call) throws Problem, IOException, InterruptedException {
        try {
            return loggedIn(
                    accounts.setUp(call.text("token"), call.text("user"), call.text("password"), call.from()), call);
        } catch (UserRefused e) {
            throw UserRoutes.problem(e);
        }
    }

    /** A session that the browser had before ends: its cookie is overwritten, and nobody could end it any more. */
    private Reply loggedIn(Accounts.Login login, Call call) throws Problem {
        return switch (login) {
            case Accounts.Login.In in -> {
                call.caller().map(Caller::session).ifPresent(accounts::logout);
                Sessions.Session session = in.started().session();
                yield new Reply.With(
                        Reply.ok(body(in.user().name(), in.user().role(), session.csrf())),
                        Map.of("Set-Cookie", call.cookie() + "=" + in.started().id() + "; " + RestServer.COOKIE_RULES));
            }
            case Accounts.Login.Wrong _ ->
                throw new Problem(
                        401,
                        "wrong-login",
                        "That is not right.",
                        "Try again; an engineer can give you a new password.",
                        gate.setupNeeded());
            case Accounts.Login.Wait wait ->
                throw new Problem(
                        429,
                        "too-many-logins",
                        "Too many logins failed.",
                        "Try again in %d s.".formatted(wait.seconds()),
                        Map.of("retryAfterSeconds", wait.seconds()));
            case Accounts.Login.Busy _ -> throw Problem.busy();
        };
    }

    private Reply logout(Call call) {
        call.caller().map(Caller::session).ifPresent(accounts::logout);
        return new Reply.With(
                Reply.ok(Map.of()), Map.of("Set-Cookie", call.cookie() + "=; Max-Age=0; " + RestServer.COOKIE_RULES));
    }

    private Reply password(Call call) throws Problem, IOException, InterruptedException {
        Sessions.Session session = call.caller()
                .map(Caller::session)
                .orElseThrow(() -> Problem.badRequest("Who has the token has no password here."));
        try {
            accounts.changeOwnPassword(session, call.text("old"), call.text("new"), call.from());
        } catch (UserRefused e) {
            throw UserRoutes.problem(e);
        }
        return Reply.ok(Map.of());
    }
}
