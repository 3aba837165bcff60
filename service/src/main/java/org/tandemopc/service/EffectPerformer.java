package org.tandemopc.service;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.core.pair.LossCause;
import org.tandemopc.core.pair.PairEffect;
import org.tandemopc.core.pair.PairEvent;
import org.tandemopc.relay.ControlLink;
import org.tandemopc.relay.Relay;

/**
 * Hands the machine's orders to those who carry them out, in the order of the list, and waits for none of them. Called
 * by the pair's actor only.
 */
final class EffectPerformer {
    private static final Logger LOG = LoggerFactory.getLogger(EffectPerformer.class);

    private final Relay relay;
    private final List<ControlLink> links;
    private final ProbeRunner probes;
    private final MonitorRunner monitors;
    private final Timers timers;
    private final EventLog log;
    private final Mailbox mailbox;

    EffectPerformer(
            Relay relay,
            List<ControlLink> links,
            ProbeRunner probes,
            MonitorRunner monitors,
            Timers timers,
            EventLog log,
            Mailbox mailbox) {
        this.relay = relay;
        this.links = List.copyOf(links);
        this.probes = probes;
        this.monitors = monitors;
        this.timers = timers;
        this.log = log;
        this.mailbox = mailbox;
    }

    /**
     * Performs every effect, also when one of them fails.
     *
     * @throws IllegalStateException at the end, when one failed: that is a defect of whoever carries it out
     */
    void perform(List<PairEffect> effects) {
        RuntimeException first = null;
        for (PairEffect effect : effects) {
            try {
                perform(effect);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("effect", effect).setCause(e).log("An order could not be handed over.");
                answerFor(effect, e);
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new IllegalStateException("an order could not be handed over: " + first, first);
        }
    }

    private void perform(PairEffect effect) {
        switch (effect) {
            case PairEffect.OpenLink e -> {
                probes.expect(e.member());
                links.get(e.member()).open();
            }
            case PairEffect.CloseLink e -> {
                probes.forget(e.member());
                links.get(e.member()).close();
                monitors.closed(e.member());
            }
            case PairEffect.ProbeNow e -> probes.ask(e.member());
            case PairEffect.AdmitClients _ -> relay.admit();
            case PairEffect.Attach e -> relay.attach(e.member());
            case PairEffect.Detach e -> relay.detach(e.member());
            case PairEffect.HoldRelays e -> relay.hold(e.epoch());
            case PairEffect.RehomeRelays e -> relay.rehome(e.epoch(), e.member());
            case PairEffect.ReleaseRelays e -> relay.release(e.route());
            case PairEffect.StrandRelays e -> relay.strand(e.epoch());
            case PairEffect.CloseRelays e -> relay.closeSessions(e.epoch());
            case PairEffect.UseSettings e -> {
                probes.settings(e.settings());
                relay.settings(e.settings());
            }
            case PairEffect.StartTimer e -> timers.start(e.timer(), e.atNanos());
            case PairEffect.Record e -> log.add(e.record());
            case PairEffect.ShowServiceLevel e -> relay.showServiceLevel(e.level());
        }
    }

    /** The machine waits for an answer to these two: it gets one. */
    private void answerFor(PairEffect effect, RuntimeException why) {
        if (effect instanceof PairEffect.RehomeRelays e) {
            mailbox.fact(-1, now -> new PairEvent.RelayFailed(now, e.epoch(), "defect: " + why));
        } else if (effect instanceof PairEffect.OpenLink e) {
            mailbox.fact(
                    e.member(),
                    now -> new PairEvent.LinkFailed(now, e.member(), LossCause.CONNECT_FAILED, 0, "defect: " + why));
        }
    }
}
