package org.tandemopc.relay.da;

import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.record.Printable;
import org.tandemopc.relay.da.front.WriteReport;

/**
 * One line for each write of a client, at level INFO of the logger {@value #LOGGER}: who, from where, which items, at which member,
 * what came of it. Members see Tandem's account alone, so this is where a write can be traced to a person. Values are not in it. A line
 * is bounded: {@value #NAMED_MAX} items are named, each text is cut. Any thread.
 */
final class WriteAudit {
    static final String LOGGER = "org.tandemopc.audit.write";

    /** Items that a line names. */
    static final int NAMED_MAX = 20;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final int TEXT_MAX = 120;

    private WriteAudit() {}

    static void told(String pair, String address, WriteReport report) {
        if (LOG.isInfoEnabled()) {
            LOG.info("{}", line(pair, address, report));
        }
    }

    /** Pure. */
    static String line(String pair, String address, WriteReport report) {
        String member =
                report.member() == Route.NONE ? "none" : "%d in epoch %d".formatted(report.member(), report.epoch());
        String named = report.itemIds().stream()
                .limit(NAMED_MAX)
                .map(WriteAudit::shortened)
                .collect(Collectors.joining(", "));
        String more = report.itemIds().size() > NAMED_MAX ? ", …" : "";
        return "%s by '%s' at %s, pair '%s', member %s, %d items [%s%s]: %s"
                .formatted(
                        report.operation(),
                        shortened(report.account()),
                        address,
                        pair,
                        member,
                        report.count(),
                        named,
                        more,
                        report.outcome());
    }

    /** What others wrote is harmless to read, and short. */
    private static String shortened(String text) {
        return Printable.of(text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "…");
    }
}
