package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.app.command.Console.Tone;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/**
 * The monitor items of a pair for people: what is in error, how often values really come, and the {@code time} that this
 * makes fitting (MON-15). Pure.
 */
final class MonitorTable {
    private static final int SHOWN_MAX = 50;

    private MonitorTable() {}

    /** The test of one server in a word. */
    static String test(JsonNode monitor) {
        String test = monitor.path("test").asString();
        if (monitor.path("failureCount").asInt() == 0) {
            return "-";
        }
        int inError = monitor.path("inError").asInt();
        return inError == 0 ? test : "%s (%d in error)".formatted(test, inError);
    }

    /** @param all also the items that are well */
    static List<String> lines(JsonNode pair, boolean all, Console console) {
        TextTable table = new TextTable("MONITOR ITEM", "SERVER", "IS", "RATE", "SLOWEST", "PROPOSED TIME", "NOTE");
        int rows = 0;
        for (JsonNode member : pair.path("members").values()) {
            for (JsonNode item : member.path("monitor").path("items").values()) {
                boolean isShown = all || item.path("inError").asBoolean(false);
                if (isShown && rows++ < SHOWN_MAX) {
                    table.row(row(member, item, console));
                }
            }
        }
        List<String> lines = new ArrayList<>(table.isEmpty() ? List.of() : table.lines("  "));
        if (rows > SHOWN_MAX) {
            lines.add("  and " + (rows - SHOWN_MAX) + " more; --json has all");
        }
        return lines;
    }

    private static String[] row(JsonNode member, JsonNode item, Console console) {
        return new String[] {
            Printable.of(item.path("item").asString()),
            member.path("role").asString(),
            result(member, item, console),
            millis(item.path("rateMs")),
            millis(item.path("slowestMs")),
            millis(item.path("proposedTimeMs")),
            Printable.of(item.path("why").asString())
        };
    }

    private static String result(JsonNode member, JsonNode item, Console console) {
        if (item.path("inError").asBoolean(false)) {
            return console.toned(Tone.BAD, "in error");
        }
        return member.path("monitor").path("test").asString().equals("untested") ? "-" : "ok";
    }

    private static String millis(JsonNode value) {
        return value.isNumber() ? value.asLong() + " ms" : "-";
    }
}
