package org.tandemopc.service.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.RecordExport;
import org.tandemopc.service.RecordQuery;
import org.tandemopc.service.users.Role;

/** The records of a pair as a file to keep (DIA-4), and their reset (DIA-5). */
final class RecordFileRoutes {
    private static final String RECORDS = "/api/v1/pairs/{pair}/records";
    private static final int PIECE = 200;

    private final ServiceFacade service;

    RecordFileRoutes(ServiceFacade service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        Role.VIEWER,
                        RECORDS + "/export",
                        this::export,
                        "format",
                        "kind",
                        "severity",
                        "text",
                        "since",
                        "until",
                        "from",
                        "to"),
                Route.post(Role.OPERATOR, RECORDS + "/reset", this::reset));
    }

    private enum Format {
        TEXT("text/plain; charset=utf-8", "txt"),
        CSV("text/csv; charset=utf-8", "csv"),
        JSON("application/x-ndjson", "jsonl");

        private final String contentType;
        private final String ending;

        Format(String contentType, String ending) {
            this.contentType = contentType;
            this.ending = ending;
        }

        static Format of(Optional<String> name) throws Problem {
            return switch (name.orElse("text")) {
                case "text" -> TEXT;
                case "csv" -> CSV;
                case "json" -> JSON;
                default -> throw Problem.badRequest("'format' is text, csv or json.");
            };
        }
    }

    private Reply export(Call call) throws Problem {
        PairHandle pair = service.pair(call.part("pair"));
        Format format = Format.of(call.query("format"));
        RecordQuery query = RecordRoutes.query(call, RecordQuery.COUNT_MAX, 0);
        List<LoggedRecord> records = pair.records(query).records();
        return new Reply.Download(
                format.contentType,
                pair.name() + "-records." + format.ending,
                out -> write(records, format, ZoneId.systemDefault(), out));
    }

    /** In pieces, so that no more than one of them is text in memory. */
    private static void write(List<LoggedRecord> records, Format format, ZoneId zone, OutputStream out)
            throws IOException {
        int width = format == Format.TEXT ? RecordExport.clientWidth(records) : 0;
        if (format == Format.CSV) {
            out.write((RecordExport.CSV_HEAD + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
        for (int i = 0; i < records.size(); i += PIECE) {
            List<LoggedRecord> some = records.subList(i, Math.min(i + PIECE, records.size()));
            StringBuilder text = new StringBuilder();
            for (LoggedRecord record : some) {
                text.append(
                        switch (format) {
                            case TEXT -> RecordExport.textLine(record, zone, width) + "\n";
                            case CSV -> RecordExport.csvLine(record, zone) + "\r\n";
                            case JSON -> RecordExport.jsonLines(List.of(record));
                        });
            }
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private Reply reset(Call call) throws Problem {
        PairHandle pair = service.pair(call.part("pair"));
        pair.resetRecords(call.by());
        return Reply.ok(Map.of("reset", true, "pair", pair.name()));
    }
}
