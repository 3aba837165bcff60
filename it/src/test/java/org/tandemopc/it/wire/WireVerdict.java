package org.tandemopc.it.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks what a server sent to a client: per subscription the numbers are 1, 2, 3, … on the wire (4294967295 is
 * followed by 1), a keep-alive carries the next number and does not use it up, and only numbers that were sent are
 * offered for Republish.
 *
 * @param messages with notifications
 * @param faults for people; empty when there are none
 */
public record WireVerdict(int messages, int keepAlives, List<String> faults) {
    private static final long LAST_NUMBER = 0xFFFF_FFFFL;

    public static WireVerdict of(List<WirePublish> publishes) {
        Map<Long, Long> next = new HashMap<>();
        Map<Long, Set<Long>> sent = new HashMap<>();
        List<String> faults = new ArrayList<>();
        int messages = 0;
        for (WirePublish publish : publishes) {
            long id = publish.subscriptionId();
            long expected = next.getOrDefault(id, 1L);
            if (publish.sequenceNumber() != expected) {
                faults.add("subscription %d: %s %d where %d was next"
                        .formatted(
                                id,
                                publish.keepAlive() ? "keep-alive" : "message",
                                publish.sequenceNumber(),
                                expected));
            }
            Set<Long> numbers = sent.computeIfAbsent(id, key -> new HashSet<>());
            if (!publish.keepAlive()) {
                messages++;
                numbers.add(publish.sequenceNumber());
                next.put(id, publish.sequenceNumber() == LAST_NUMBER ? 1 : publish.sequenceNumber() + 1);
            }
            if (!numbers.containsAll(publish.available())) {
                faults.add(
                        "subscription %d: offers %s, of which some were never sent".formatted(id, publish.available()));
            }
        }
        return new WireVerdict(messages, publishes.size() - messages, List.copyOf(faults));
    }
}
