package org.tandemopc.core.notify;

import java.time.Instant;
import org.tandemopc.core.record.PairRecord;

/**
 * A record that somebody is to be told of.
 *
 * @param number in the log of the pair
 * @param at wall clock
 * @param pair its published name
 */
public record Notice(long number, Instant at, String pair, PairRecord record) {}
