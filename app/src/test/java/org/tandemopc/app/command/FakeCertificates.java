package org.tandemopc.app.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.tandemopc.relay.Certificates;

/** One own, and one of a server that was refused. */
final class FakeCertificates implements Certificates {
    static final String REFUSED = "ab".repeat(20);

    private final List<Entry> entries = new ArrayList<>(List.of(
            entry(Side.MEMBERS, State.OWN, "11".repeat(20), "CN=Tandem"),
            entry(Side.MEMBERS, State.REFUSED, REFUSED, "CN=Plant\u001b[31m")));

    private static Entry entry(Side side, State state, String thumbprint, String subject) {
        return new Entry(
                side,
                state,
                thumbprint,
                subject,
                "urn:x",
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2036-01-01T00:00:00Z"));
    }

    @Override
    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    @Override
    public synchronized void trust(Side side, String thumbprint) {
        Entry found = find(side, thumbprint);
        entries.remove(found);
        entries.add(entry(side, State.TRUSTED, thumbprint, found.subject()));
    }

    @Override
    public synchronized void remove(Side side, String thumbprint) {
        entries.remove(find(side, thumbprint));
    }

    private Entry find(Side side, String thumbprint) {
        return entries.stream()
                .filter(e -> e.side() == side
                        && e.state() != State.OWN
                        && e.thumbprint().equals(thumbprint))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no such certificate of the " + side + "."));
    }
}
