package org.tandemopc.service;

import java.util.List;
import org.tandemopc.core.monitor.MonitorReport;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.relay.ControlLink;

/** Turns what a control link reports into events of the pair. Any thread; returns at once. */
final class LinkEvents implements ControlLink.Listener {
    private final int member;
    private final Mailbox mailbox;
    private final ProbeRunner probes;
    private final MonitorRunner monitors;
    private final PauseDetector pauses;

    LinkEvents(int member, Mailbox mailbox, ProbeRunner probes, MonitorRunner monitors, PauseDetector pauses) {
        this.member = member;
        this.mailbox = mailbox;
        this.probes = probes;
        this.monitors = monitors;
        this.pauses = pauses;
    }

    @Override
    public void opened(ServerCondition condition) {
        probes.start(member);
        mailbox.fact(member, now -> new PairEvent.LinkOpened(now, member, condition));
        monitors.opened(member);
    }

    @Override
    public void failed(LossCause cause, long code, String detail) {
        pauses.check();
        probes.stop(member);
        mailbox.fact(member, now -> new PairEvent.LinkFailed(now, member, cause, code, detail));
    }

    @Override
    public void lost(LossCause cause, long code, String detail) {
        pauses.check();
        probes.stop(member);
        monitors.closed(member);
        mailbox.fact(member, now -> new PairEvent.LinkLost(now, member, cause, code, detail));
    }

    @Override
    public void condition(ServerCondition condition) {
        mailbox.report("condition", member, now -> new PairEvent.ConditionReported(now, member, condition));
    }

    @Override
    public void timedOut(long silentNanos) {
        pauses.check();
        mailbox.report("timedOut", member, now -> new PairEvent.ProbeTimedOut(now, member, silentNanos));
    }

    @Override
    public void shutdownAnnounced(String detail) {
        mailbox.fact(member, now -> new PairEvent.ShutdownAnnounced(now, member, detail));
    }

    @Override
    public void monitored(long revision, List<MonitorReport> reports) {
        monitors.reported(member, revision, reports);
    }
}
