package org.tandemopc.app.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import tools.jackson.databind.JsonNode;

/** {@code tandem test-mail}: whether notifications of a pair get through (NOT-13). */
final class TestMailCommand implements Command {
    private static final String CHANNEL = "--channel";
    private static final String MAIL = "mail";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "test-mail",
                "PAIR",
                List.of(Option.Values.PAIRS),
                List.of(
                        new Option(
                                CHANNEL,
                                "CHANNEL",
                                Option.Values.of(MAIL, "webhook", "syslog"),
                                "mail, unless given; webhook; syslog"),
                        Option.DATA,
                        Option.JSON),
                "send a test message to all whom notifications of a pair go to",
                "By the settings that the service runs with, also where they are not enabled. Says through which server it"
                        + " went, or what failed; nothing is tried again. Takes a minute at most.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        arguments.atMost(1);
        String pair = Places.required(arguments, 0, "the pair");
        String channel = arguments.value(CHANNEL).orElse(MAIL);
        Map<String, Object> body = new HashMap<>(Places.by());
        body.put("channel", channel);
        try (RestClient service = Places.service(arguments)) {
            JsonNode answer;
            try (Waiting _ = Waiting.on(console)) {
                answer = service.post(Places.pairPath(pair) + "/notifications/test", body);
            }
            if (arguments.has("--json")) {
                console.json(answer);
            } else {
                console.line(
                        channel.equals(MAIL)
                                ? "The test message went through the %s mail server."
                                        .formatted(answer.path("through").asString())
                                : "The test message was sent by %s.".formatted(channel));
            }
            return ExitCode.OK;
        }
    }
}
