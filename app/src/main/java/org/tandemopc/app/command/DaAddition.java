package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;

/** What {@code tandem add} asks for when its servers are of OPC DA. */
final class DaAddition {
    static final Option ALIAS = Option.text(
            "--alias", "NAME", "of OPC DA: publish it under this name; needed where another pair has the ProgID");
    static final Option LEVEL = new Option(
            "--level",
            "LEVEL",
            Option.Values.of("none", "connect", "integrity", "privacy"),
            "of OPC DA: the least protection of calls; integrity unless given");
    static final List<Option> OPTIONS = List.of(ALIAS, PasswordSource.USER, PasswordSource.PASSWORD, LEVEL);

    private DaAddition() {}

    static boolean isMeant(Arguments arguments) {
        return arguments.words().stream().anyMatch(DaUrl::isOne);
    }

    /** Without a name the pair is called as its primary (ALI-2). */
    static Map<String, Object> body(Arguments arguments, PasswordSource passwords) throws UsageException {
        List<String> words = new ArrayList<>(arguments.words());
        Optional<String> name = DaUrl.isOne(words.getFirst()) ? Optional.empty() : Optional.of(words.removeFirst());
        List<DaUrl> servers = new ArrayList<>();
        for (String word : words) {
            servers.add(DaUrl.of(word));
        }
        if (servers.size() < 2) {
            throw new UsageException("Name the secondary, too, as opcda://10.0.0.2/"
                    + servers.getFirst().progId().orElse("Plant.Server.1") + ".");
        }
        Optional<String> password = passwords.forConfiguration(arguments);
        List<Map<String, Object>> members = new ArrayList<>();
        for (DaUrl server : servers) {
            Map<String, Object> settings = server.settings();
            arguments.value(LEVEL.name()).ifPresent(level -> settings.put("level", level));
            arguments.value(PasswordSource.USER.name()).ifPresent(user -> settings.put("user", user));
            password.ifPresent(source -> settings.put("password", source));
            members.add(settings);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "pair",
                name.or(() -> servers.getFirst().progId())
                        .orElseThrow(() -> new UsageException(
                                "Name the pair first, as Plant.Server.1: the primary has no ProgID to call it by.")));
        body.put("members", members);
        arguments.value(ALIAS.name()).ifPresent(alias -> body.put("alias", alias));
        return body;
    }

    /** None of these has a meaning for servers of OPC UA. */
    static void refuse(Arguments arguments) throws UsageException {
        for (Option option : OPTIONS) {
            if (arguments.value(option.name()).isPresent()) {
                throw new UsageException(
                        option.name() + " is for servers of OPC DA, which are written" + " opcda://HOST/PROGID.");
            }
        }
    }
}
