package org.tandemopc.service;

import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.core.pair.RehomeReport;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.relay.RelayListener;

/** Turns what a relay reports into events of the pair, questions to a doubtful member, and records. Any thread. */
final class RelayEvents implements RelayListener {
    private final Mailbox mailbox;
    private final ProbeRunner probes;
    private final PauseDetector pauses;
    private final EventLog log;

    RelayEvents(Mailbox mailbox, ProbeRunner probes, PauseDetector pauses, EventLog log) {
        this.mailbox = mailbox;
        this.probes = probes;
        this.pauses = pauses;
        this.log = log;
    }

    @Override
    public void rehomed(long epoch, RehomeReport report) {
        mailbox.fact(-1, now -> new PairEvent.RelayRehomed(now, epoch, report));
    }

    @Override
    public void rehomeFailed(long epoch, String why) {
        pauses.check();
        mailbox.fact(-1, now -> new PairEvent.RelayFailed(now, epoch, why));
    }

    @Override
    public void synchronizedOn(int member) {
        mailbox.report("synchronized", member, now -> new PairEvent.MemberSynchronized(now, member));
    }

    @Override
    public void lagsOn(int member, boolean lags) {
        mailbox.report("lags", member, now -> new PairEvent.MemberLags(now, member, lags));
    }

    @Override
    public void suspects(int member, String evidence) {
        probes.suspect(member);
    }

    @Override
    public void firstNotificationMissing(int member, String detail) {
        pauses.check();
        mailbox.report("firstNotification", member, now -> new PairEvent.FirstNotificationMissing(now, member, detail));
    }

    @Override
    public void record(PairRecord record) {
        log.add(record);
    }
}
