package org.tandemopc.service;

import java.time.Instant;
import org.tandemopc.core.record.PairRecord;

/**
 * A diagnostics record with its place in the log.
 *
 * @param number counts the records of this pair since the service started, from 1
 * @param at wall clock, for people only
 */
public record LoggedRecord(long number, Instant at, String pair, PairRecord record) {}
