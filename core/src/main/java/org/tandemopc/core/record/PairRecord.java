package org.tandemopc.core.record;

import java.util.Map;

/**
 * One line of the diagnostics log.
 *
 * @param text the exact text of the catalogue with its arguments filled in
 * @param fields machine-readable details (I12: cause, evidence, from, to, epoch, durationMs, requests by outcome), in
 *     a fixed order; values are strings, numbers or booleans
 */
public record PairRecord(RecordKind kind, String text, Map<String, Object> fields) {}
