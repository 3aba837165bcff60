package org.tandemopc.app.command;

import org.tandemopc.app.command.Console.Tone;
import tools.jackson.databind.JsonNode;

/** A diagnostics record as a line. Pure. */
enum EventFormat {
    TEXT {
        @Override
        String line(JsonNode record, Console console) {
            String severity = record.path("severity").asString();
            String word = "%-13s".formatted(severity);
            return record.path("at").asString() + "  " + record.path("pair").asString() + "  "
                    + switch (severity) {
                        case "error" -> console.toned(Tone.BAD, word);
                        case "warning" -> console.toned(Tone.DOUBTFUL, word);
                        default -> word;
                    }
                    + "  " + Console.printable(record.path("text").asString());
        }
    },
    CSV {
        @Override
        String line(JsonNode record, Console console) {
            return String.join(
                    ",",
                    cell(record.path("at").asString()),
                    cell(record.path("pair").asString()),
                    cell(record.path("number").asString()),
                    cell(record.path("severity").asString()),
                    cell(record.path("kind").asString()),
                    cell(record.path("text").asString()),
                    cell(record.path("fields").toString()));
        }
    },
    JSON {
        @Override
        String line(JsonNode record, Console console) {
            return record.toString();
        }
    };

    static final String CSV_HEAD = "time,pair,number,severity,kind,text,fields";

    /** What a spreadsheet takes for the start of a formula. */
    private static final String FORMULA_STARTS = "=+-@\t\r";

    abstract String line(JsonNode record, Console console);

    /** RFC 4180, and a quote before what a spreadsheet would calculate. */
    static String cell(String text) {
        String safe = Console.printable(text);
        if (!safe.isEmpty() && FORMULA_STARTS.indexOf(safe.charAt(0)) >= 0) {
            safe = "'" + safe;
        }
        return safe.matches("[^,\"]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }
}
