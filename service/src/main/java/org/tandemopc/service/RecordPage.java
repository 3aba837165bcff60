package org.tandemopc.service;

import java.util.List;

/**
 * What a {@link RecordQuery} found.
 *
 * @param records oldest first
 * @param hasMore more were found than were asked for: ask again after the last number (or before the first one)
 * @param found how many there are, on this page and beyond it
 */
public record RecordPage(List<LoggedRecord> records, boolean hasMore, int found) {
    public RecordPage {
        records = List.copyOf(records);
    }
}
