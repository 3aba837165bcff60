package org.tandemopc.app.command;

import java.time.ZoneId;
import org.tandemopc.app.command.Console.Tone;
import org.tandemopc.core.record.Printable;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.RecordExport;
import tools.jackson.databind.JsonNode;

/** A diagnostics record as a line. Times are those of the reader's zone, in JSON UTC. Pure. */
enum EventFormat {
    TEXT {
        @Override
        String line(LoggedRecord logged, ZoneId zone, Console console) {
            return RecordExport.when(logged.at(), zone) + "  " + Printable.of(logged.pair()) + "  "
                    + severity(logged.record().kind().severity(), console) + "  "
                    + Printable.of(logged.record().client()) + "  "
                    + Printable.of(logged.record().text());
        }
    },
    CSV {
        @Override
        String line(LoggedRecord logged, ZoneId zone, Console console) {
            return RecordExport.csvLine(logged, zone);
        }
    },
    JSON {
        @Override
        String line(LoggedRecord logged, ZoneId zone, Console console) {
            throw new UnsupportedOperationException("JSON is passed on as it comes");
        }
    };

    abstract String line(LoggedRecord logged, ZoneId zone, Console console);

    /** @param record as the service tells it; what cannot be understood is passed on as it is */
    String line(JsonNode record, ZoneId zone, Console console) {
        String json = record.toString();
        return this == JSON
                ? json
                : RecordExport.ofJson(json)
                        .map(logged -> line(logged, zone, console))
                        .orElse(Printable.of(json));
    }

    private static String severity(RecordKind.Severity severity, Console console) {
        String word = "%-13s".formatted(RecordExport.nameOf(severity));
        return switch (severity) {
            case ERROR -> console.toned(Tone.BAD, word);
            case WARNING -> console.toned(Tone.DOUBTFUL, word);
            case INFORMATIONAL -> word;
        };
    }
}
