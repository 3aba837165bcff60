package org.tandemopc.core.record;

import java.util.Map;

/**
 * One line of the diagnostics log.
 *
 * @param text the exact text of the catalogue with its arguments filled in
 * @param client the client that this is about, as {@link RecordTexts#client}, or {@link #TANDEM} (DIA-2, GAP-19)
 * @param fields machine-readable details (I12: cause, evidence, from, to, epoch, durationMs, requests by outcome), in
 *     a fixed order; values are strings, numbers or booleans
 */
public record PairRecord(RecordKind kind, String text, String client, Map<String, Object> fields) {
    /** What is about no single client is about Tandem's own doing. */
    public static final String TANDEM = "tandem";

    public PairRecord(RecordKind kind, String text, Map<String, Object> fields) {
        this(kind, text, TANDEM, fields);
    }
}
