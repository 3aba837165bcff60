package org.tandemopc.service.users;

import java.time.Instant;

/**
 * Who did what.
 *
 * @param number counts up from 1, also over restarts
 * @param user {@link UserStore#LOCAL}: who has the token of the data folder
 * @param address the machine's, without port
 * @param action a few words, as {@code switch}
 * @param target what it was done to, as a pair's name; may be empty
 * @param detail may be empty
 * @param outcome {@code done}, or the code of the refusal
 */
public record AuditEntry(
        long number,
        Instant at,
        String user,
        String address,
        String action,
        String target,
        String detail,
        String outcome) {}
