package org.tandemopc.app.command;

import org.tandemopc.app.command.Console.Tone;
import org.tandemopc.core.record.Printable;
import tools.jackson.databind.JsonNode;

/** Says what a change of the configuration does, and what is wrong with it. */
final class PlanPrinter {
    private PlanPrinter() {}

    static void print(JsonNode plan, String file, Console console) {
        for (JsonNode problem : plan.path("problems").values()) {
            boolean error = problem.path("severity").asString().equals("error");
            String place = file
                    + (problem.path("line").asInt() > 0
                            ? ":" + problem.path("line").asInt()
                            : "");
            String path = problem.path("path").asString();
            console.line(console.toned(error ? Tone.BAD : Tone.DOUBTFUL, error ? "error  " : "warning")
                    + "  "
                    + Printable.of(place + ": " + (path.isEmpty() ? "" : path + ": ")
                            + problem.path("message").asString() + " "
                            + problem.path("remedy").asString()));
        }
        for (JsonNode step : plan.path("steps").values()) {
            boolean drops = step.path("dropsClients").asBoolean(false);
            console.line("%-20s  %s%s"
                    .formatted(
                            step.path("kind").asString(),
                            Printable.of(step.path("what").asString()),
                            drops ? console.toned(Tone.DOUBTFUL, " Its clients must connect anew.") : ""));
        }
        if (plan.path("steps").isEmpty() && plan.path("applicable").asBoolean(false)) {
            console.line("Nothing that runs changes.");
        }
    }
}
