package org.tandemopc.service.rest;

import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.ConfigProblem;
import org.tandemopc.core.monitor.MonitorSnapshot;
import org.tandemopc.core.pair.Route;
import org.tandemopc.core.pair.ServerCondition;
import org.tandemopc.core.record.RecordTexts;
import org.tandemopc.relay.Certificates;
import org.tandemopc.relay.LegResult;
import org.tandemopc.relay.RelaySnapshot;
import org.tandemopc.relay.SessionSnapshot;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.Explanation;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairSnapshot;
import org.tandemopc.service.notify.NotificationStatus;

/** What the service knows, as JSON for people and programs. Pure; any thread. */
final class Views {
    /** Always with milliseconds, also where they are zero. */
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private Views() {}

    /** @param recordsFolder fully qualified */
    static Map<String, Object> pair(PairSnapshot pair, boolean isEnabled, String endpoint, Path recordsFolder) {
        boolean isActive = pair.active() != Route.NONE;
        Explanation explanation = pair.explanation();
        LoggedRecord why = explanation.record();
        Instant since = explanation.since();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", pair.name());
        json.put("mode", lower(pair.mode()));
        json.put("enabled", isEnabled);
        json.put("phase", pair.phase());
        json.put("endpoint", endpoint);
        json.put("active", isActive ? pair.active() : null);
        json.put("since", since == null ? null : time(since));
        json.put("explained", lower(explanation.kind()));
        json.put("why", why == null ? null : record(why));
        json.put("epoch", pair.epoch());
        json.put("pinned", boxed(pair.pinned()));
        List<Object> members = new ArrayList<>();
        for (int i = 0; i < pair.members().size(); i++) {
            members.add(member(i, pair.members().get(i), i == pair.active()));
        }
        json.put("members", members);
        RelaySnapshot relay = pair.relay();
        json.put("sessions", relay.sessions());
        json.put("subscriptions", relay.subscriptions());
        json.put("items", relay.items());
        json.put("valuesDelivered", relay.valuesDelivered());
        json.put("valuesBridged", relay.valuesBridged());
        json.put("valuesDropped", relay.valuesDropped());
        json.put("requestsDone", relay.requestsDone());
        json.put("requestsRepeated", relay.requestsRepeated());
        json.put("requestsUnknown", relay.requestsUnknown());
        json.put("recordsLost", pair.lostOnDisk());
        json.put("recordsFolder", recordsFolder.toString());
        return json;
    }

    static Map<String, Object> notifications(NotificationStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", lower(status.state()));
        json.put("lastFailure", status.lastFailure());
        json.put("queued", status.queued());
        json.put("discarded", status.discarded());
        json.put("suppressed", status.suppressed());
        return json;
    }

    private static Map<String, Object> member(int index, PairSnapshot.Member member, boolean isActive) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("index", index);
        json.put("role", RecordTexts.role(index));
        json.put("machine", member.machine());
        json.put("active", isActive);
        json.put("connected", member.isConnected());
        json.put("ready", member.isReady());
        json.put("verdict", lower(member.verdict().grade()));
        json.put("evidence", member.verdict().evidence());
        ServerCondition condition = member.condition();
        json.put("state", condition == null ? null : condition.state().name());
        json.put("serviceLevel", condition == null ? null : condition.serviceLevel());
        json.put("roundTripMs", condition == null ? null : millis(condition.roundTripNanos()));
        json.put(
                "clockSkewMs",
                condition == null || condition.clockSkewNanos() == Long.MIN_VALUE
                        ? null
                        : millis(condition.clockSkewNanos()));
        json.put("damped", member.isDamped());
        json.put("monitor", monitor(member.monitor()));
        return json;
    }

    private static Map<String, Object> monitor(MonitorSnapshot monitor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("test", lower(monitor.result()));
        json.put("inError", monitor.inError());
        json.put("failureCount", monitor.failureCount());
        json.put("items", monitor.items().stream().map(Views::monitorItem).toList());
        return json;
    }

    private static Map<String, Object> monitorItem(MonitorSnapshot.Item item) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("item", item.item());
        json.put("inError", item.isInError());
        json.put("why", item.why());
        json.put("rateMs", known(item.rateMs()));
        json.put("slowestMs", known(item.slowestMs()));
        json.put("proposedTimeMs", known(item.proposedTimeMs()));
        return json;
    }

    private static @Nullable Long known(long millis) {
        return millis == MonitorSnapshot.UNKNOWN ? null : (Long) millis;
    }

    static Map<String, Object> record(LoggedRecord logged) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("number", logged.number());
        json.put("at", time(logged.at()));
        json.put("pair", logged.pair());
        json.put("kind", logged.record().kind().name());
        json.put("severity", lower(logged.record().kind().severity()));
        json.put("client", logged.record().client());
        json.put("text", logged.record().text());
        json.put("fields", logged.record().fields());
        return json;
    }

    static Map<String, Object> session(SessionSnapshot session) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", session.name());
        json.put("application", session.application());
        json.put("address", session.address());
        json.put("since", time(session.since()));
        json.put("subscriptions", session.subscriptions());
        json.put("items", session.items());
        return json;
    }

    static Map<String, Object> leg(int member, String machine, LegResult leg) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("member", member);
        json.put("machine", machine);
        json.put("leg", lower(leg.leg()));
        json.put("passed", leg.passed());
        json.put("detail", leg.detail());
        json.put("remedy", leg.remedy());
        json.put("tookMs", millis(leg.tookNanos()));
        json.put("isLast", leg.leg().isLast());
        return json;
    }

    static Map<String, Object> certificate(Certificates.Entry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("side", lower(entry.side()));
        json.put("state", lower(entry.state()));
        json.put("thumbprint", entry.thumbprint());
        json.put("subject", entry.subject());
        json.put("applicationUri", entry.applicationUri());
        json.put("notBefore", time(entry.notBefore()));
        json.put("notAfter", time(entry.notAfter()));
        return json;
    }

    static Map<String, Object> plan(Configurations.Plan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("applicable", plan.isApplicable());
        json.put("problems", plan.problems().stream().map(Views::problem).toList());
        json.put("steps", plan.steps().stream().map(Views::step).toList());
        return json;
    }

    static Map<String, Object> problem(ConfigProblem problem) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("severity", lower(problem.severity()));
        json.put("path", problem.path());
        json.put("line", problem.line());
        json.put("message", problem.message());
        json.put("remedy", problem.remedy());
        return json;
    }

    private static Map<String, Object> step(Configurations.PlanStep step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", step.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.put("pair", step.pair());
        json.put("what", step.what());
        json.put("dropsClients", step.dropsClients());
        return json;
    }

    static Map<String, Object> saved(Configurations.Saved saved) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", saved.version());
        json.put("at", time(saved.at()));
        json.put("by", saved.by());
        json.put("ran", saved.hasRun());
        return json;
    }

    static String time(Instant at) {
        return TIME.format(at);
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable Integer boxed(OptionalInt value) {
        return value.isPresent() ? (Integer) value.getAsInt() : null;
    }

    /** To a microsecond: more would be noise. */
    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
