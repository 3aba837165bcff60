package org.tandemopc.service;

import java.time.Instant;
import org.tandemopc.core.record.PairRecord;

/**
 * A diagnostics record with its place in the log.
 *
 * @param number counts the records of this pair from 1, over restarts of the service too; a jump is records that were
 *     lost on the way to the disk
 * @param at wall clock in whole milliseconds, for people only
 */
public record LoggedRecord(long number, Instant at, String pair, PairRecord record) {}
