package org.tandemopc.app.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.app.Arguments;
import org.tandemopc.app.Arguments.UsageException;
import org.tandemopc.app.ExitCode;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/** {@code tandem browse}: the items of a pair's servers, level by level, as the running service finds them. */
final class BrowseCommand implements Command {
    private static final String MEMBER = "--member";
    private static final String FILTER = "--filter";
    private static final String AFTER = "--after";

    @Override
    public CommandSpec spec() {
        return new CommandSpec(
                "browse",
                "PAIR [FOLDER-ID...]",
                List.of(Option.Values.PAIRS, Option.Values.ANY),
                List.of(
                        new Option(
                                MEMBER,
                                "MEMBER",
                                Option.Values.of("primary", "secondary", "third", "fourth"),
                                "whose items; the primary's unless given"),
                        Option.text(FILTER, "PATTERN", "only items whose names match, with * and ?"),
                        Option.text(AFTER, "PLACE", "go on where a listing ended"),
                        Option.DATA,
                        Option.JSON),
                "list the items of a server",
                "Each FOLDER-ID leads one level down, from the top; the ids are those that are listed, and the id of an item is"
                        + " what 'item' of a monitor item is written with. The server is asked over a connection of its"
                        + " own, whether it serves clients just now or not.");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CommandFailure, InterruptedException {
        Map<String, Object> body = new HashMap<>(Places.by());
        body.put("pair", Places.required(arguments, 0, "the pair"));
        body.put("path", arguments.words().subList(1, arguments.words().size()));
        body.put("member", Places.member(arguments.value(MEMBER, "primary")));
        arguments.value(FILTER).ifPresent(filter -> body.put("filter", filter));
        arguments.value(AFTER).ifPresent(after -> body.put("after", after));
        JsonNode found;
        try (RestClient service = Places.service(arguments);
                Waiting _ = Waiting.on(console)) {
            found = service.post("/api/v1/discovery/items", body);
        }
        if (arguments.has("--json")) {
            console.json(found);
        } else {
            print(found, console);
        }
        return ExitCode.OK;
    }

    private static void print(JsonNode found, Console console) {
        TextTable table = new TextTable("NAME", "", "TYPE", "ID");
        for (JsonNode item : found.path("items")) {
            table.row(
                    Printable.of(item.path("name").asString("")),
                    item.path("isFolder").asBoolean() ? "folder" : "",
                    item.path("dataType").asString(""),
                    Printable.of(item.path("id").asString("")));
        }
        if (table.isEmpty()) {
            console.line("There is nothing in this folder.");
            return;
        }
        table.lines("").forEach(console::line);
        Optional.of(found.path("more").asString(""))
                .filter(more -> !more.isEmpty())
                .ifPresent(more -> console.line("There are more: --after " + Printable.of(more)));
    }
}
