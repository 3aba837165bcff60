package org.tandemopc.service;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.PairConfig;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.config.UaMemberConfig;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.PairSettings;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.RecordKind;

/** What several tests start from. */
public final class Fixtures {
    public static final ServerCondition RUNNING = new ServerCondition(ServerCondition.State.RUNNING, 255, 0, 1_000_000);
    static final PairSettings SETTINGS = PairSettings.of("plant1", Mode.HOT, "opc.tcp://a:4840", "opc.tcp://b:4840");

    private Fixtures() {}

    static PairConfig pair() {
        return PairConfig.of(
                SETTINGS, List.of(UaMemberConfig.open("opc.tcp://a:4840"), UaMemberConfig.open("opc.tcp://b:4840")));
    }

    static PairConfig pair(Monitoring monitoring) {
        PairConfig pair = pair();
        return new PairConfig(
                pair.settings(),
                pair.members(),
                pair.originalName(),
                monitoring,
                pair.maximumEvents(),
                pair.whenDisabled());
    }

    public static TandemConfig config() {
        return config(Monitoring.NONE);
    }

    public static TandemConfig config(Monitoring monitoring) {
        return new TandemConfig(OpcUaConfig.open("127.0.0.1", 0), List.of(pair(monitoring)));
    }

    public static PairRecord note(String text) {
        return new PairRecord(RecordKind.NOTE, text, Map.of());
    }

    static MonitorRunner monitors(
            LongSupplier nanoClock, Scheduler scheduler, PauseDetector pauses, Mailbox mailbox, EventLog log) {
        return new MonitorRunner(pair(), nanoClock, scheduler, pauses, mailbox, log);
    }

    /** A log whose disk is drained by the test. */
    static EventLog log(SegmentLog disk) {
        return new EventLog("plant1", Clock.systemUTC(), PairConfig.EVENTS_DEFAULT, _ -> disk, _ -> {});
    }

    static SegmentLog disk(Path folder) {
        return new SegmentLog(folder, new SegmentLog.Limits("records", 1 << 20, 3, 5000), _ -> {}, () -> {});
    }

    /** The messages that wait, stamped 0. */
    static List<PairEvent> drain(Mailbox mailbox) {
        List<PairEvent> events = new ArrayList<>();
        for (LongFunction<PairEvent> next = mailbox.poll(); next != null; next = mailbox.poll()) {
            events.add(next.apply(0));
        }
        return events;
    }
}
