package org.tandemopc.service.rest;

import java.util.List;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.RelaySnapshot;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.PairSnapshot;

/** Figures of the service, its pairs and their members, from what is published anyway: nobody is asked. */
final class ServiceMetrics {
    private static final List<String> PHASES = List.of("disabled", "starting", "serving", "switching", "stranded");

    private ServiceMetrics() {}

    static void add(Metrics metrics, ServiceFacade service, SwitchCounts switches) {
        metrics.info("tandem_build", "Always 1; the version is a label.", "version", service.version());
        metrics.gauge(
                "tandem_front_door_open",
                "Whether clients can connect.",
                service.runtime().isFrontDoorOpen());
        for (PairHandle pair : service.runtime().pairs()) {
            PairSnapshot snapshot = pair.snapshot();
            pair(metrics, pair, snapshot);
            relay(metrics, snapshot.name(), snapshot.relay());
            switches.of(snapshot.name())
                    .forEach((cause, count) -> metrics.counter(
                            "tandem_pair_switches",
                            "Promotions of a member, without the first one after the start.",
                            count,
                            "pair",
                            snapshot.name(),
                            "cause",
                            cause));
            for (int i = 0; i < snapshot.members().size(); i++) {
                member(metrics, snapshot, i);
            }
        }
    }

    private static void pair(Metrics metrics, PairHandle pair, PairSnapshot snapshot) {
        String name = snapshot.name();
        metrics.gauge("tandem_pair_enabled", "Whether it is enabled on this machine.", pair.isEnabled(), "pair", name);
        metrics.gauge(
                "tandem_pair_up", "Whether it serves clients.", snapshot.phase().equals("serving"), "pair", name);
        for (String phase : PHASES) {
            metrics.gauge(
                    "tandem_pair_phase",
                    "1 for the phase that it is in.",
                    snapshot.phase().equals(phase),
                    "pair",
                    name,
                    "phase",
                    phase);
        }
        metrics.gauge(
                "tandem_pair_active_member",
                "The member that serves: 0 is the primary; -1: none.",
                snapshot.active() < 0 ? -1 : snapshot.active(),
                "pair",
                name);
        metrics.gauge("tandem_pair_epoch", "Grows with each promotion.", snapshot.epoch(), "pair", name);
        metrics.counter(
                "tandem_pair_records_lost",
                "Diagnostics records that did not reach the disk.",
                snapshot.lostOnDisk(),
                "pair",
                name);
    }

    private static void relay(Metrics metrics, String pair, RelaySnapshot relay) {
        metrics.gauge("tandem_pair_sessions", "Client sessions that are open.", relay.sessions(), "pair", pair);
        metrics.gauge("tandem_pair_subscriptions", "Subscriptions of clients.", relay.subscriptions(), "pair", pair);
        metrics.gauge("tandem_pair_items", "Items that clients monitor.", relay.items(), "pair", pair);
        metrics.counter(
                "tandem_pair_values_delivered", "Values given to clients.", relay.valuesDelivered(), "pair", pair);
        metrics.counter(
                "tandem_pair_values_bridged",
                "Values of the standby given to clients at a switch.",
                relay.valuesBridged(),
                "pair",
                pair);
        metrics.counter(
                "tandem_pair_values_dropped",
                "Values that found no room and were not given to clients.",
                relay.valuesDropped(),
                "pair",
                pair);
        requests(metrics, pair, "done", relay.requestsDone());
        requests(metrics, pair, "repeated", relay.requestsRepeated());
        requests(metrics, pair, "unknown", relay.requestsUnknown());
    }

    private static void requests(Metrics metrics, String pair, String outcome, long count) {
        metrics.counter(
                "tandem_pair_requests",
                "Requests of clients: done, of those repeated on another member, and with an outcome that nobody can know.",
                count,
                "pair",
                pair,
                "outcome",
                outcome);
    }

    private static void member(Metrics metrics, PairSnapshot pair, int index) {
        PairSnapshot.Member member = pair.members().get(index);
        String[] labels = {
            "pair",
            pair.name(),
            "member",
            String.valueOf(index),
            "role",
            RecordTexts.role(index),
            "machine",
            member.machine()
        };
        metrics.gauge("tandem_member_active", "Whether it serves the clients.", index == pair.active(), labels);
        metrics.gauge("tandem_member_connected", "Whether the control link is open.", member.isConnected(), labels);
        metrics.gauge(
                "tandem_member_ready",
                "Whether it serves, or the pair could switch to it now without a gap.",
                member.isReady(),
                labels);
        metrics.gauge("tandem_member_damped", "Whether it failed often lately.", member.isDamped(), labels);
        metrics.gauge(
                "tandem_member_monitor_items_in_error",
                "Monitor items in error.",
                member.monitor().inError(),
                labels);
        ServerCondition condition = member.condition();
        if (condition == null) {
            return;
        }
        metrics.gauge(
                "tandem_member_round_trip_seconds",
                "How long its last answer took.",
                condition.roundTripNanos() / 1e9,
                labels);
        metrics.gauge("tandem_member_service_level", "ServiceLevel, 0 to 255.", condition.serviceLevel(), labels);
        if (condition.clockSkewNanos() != Long.MIN_VALUE) {
            metrics.gauge(
                    "tandem_member_clock_skew_seconds",
                    "How far its clock is before Tandem's.",
                    condition.clockSkewNanos() / 1e9,
                    labels);
        }
    }
}
