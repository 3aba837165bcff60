package org.tandemopc.core.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.MonitorItem;
import org.tandemopc.core.monitor.MonitorTrigger;
import org.tandemopc.core.monitor.MonitorType;
import org.tandemopc.core.monitor.MonitorValues;
import org.tandemopc.core.monitor.Monitoring;

/** Reads the monitor items of one pair. */
final class MonitorReader {
    private static final Duration RATE_DEFAULT = Duration.ofSeconds(1);
    private static final Duration RATE_LEAST = Duration.ofMillis(50);
    private static final Duration RATE_MOST = Duration.ofHours(1);
    private static final Duration TIME_MOST = Duration.ofHours(24);
    private static final String VALUE = "value";
    private static final String TIME = "time";
    private static final String ITEMS_REMEDY = "Write '- item: ns=2;s=watchdog' for each item.";
    private static final String ITEM_REMEDY =
            "Write a NodeId, as ns=2;s=watchdog, nsu=urn:maker:server;s=watchdog or i=2267; ns is at most 65535, i at most"
                    + " 4294967295, g a GUID and b in Base64.";

    private static final long NAMESPACE_MOST = 65_535;
    private static final long NUMBER_MOST = 4_294_967_295L;

    /** OPC UA Part 6, 5.3.1.10. What is no NodeId for a member would be an item in error for ever. */
    private static final Pattern NODE_ID = Pattern.compile("(?:ns=(?<namespace>[0-9]{1,5});|nsu=[^;\\s]{1,1000};)?"
            + "(?:i=(?<number>[0-9]{1,10})|s=.{1,4000}|g=[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
            + "|b=(?=.{1,4000}$)(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?)");

    private enum Trigger {
        BAD_QUALITY("badQuality"),
        SPECIFIC_VALUE("specificValue"),
        NO_CHANGE("noChange");

        private final String label;

        Trigger(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    private static final int DA_ITEM_MAX = 4_000;
    private static final String DA_ITEM_REMEDY =
            "Write the item's id as the server has it, as Channel1.Device1.Watchdog, at most %d characters."
                    .formatted(DA_ITEM_MAX);

    private final Problems problems;
    private final ProtocolKind kind;

    private MonitorReader(Problems problems, ProtocolKind kind) {
        this.problems = problems;
        this.kind = kind;
    }

    /** @param kind of the members, which says how ids of items are written */
    static Monitoring read(ConfigNode node, String path, Problems problems, ProtocolKind kind) {
        return new MonitorReader(problems, kind).read(Section.of(node, path, problems));
    }

    private Monitoring read(Section s) {
        List<ConfigNode> nodes = s.items("items", ITEMS_REMEDY);
        int count = s.number("failureCount", 1, 0, Integer.MAX_VALUE / 4);
        s.end();
        if (nodes.size() > Monitoring.ITEMS_MAX) {
            problems.error(
                    s.path("items"),
                    s.line("items"),
                    "%d monitor items are too many.".formatted(nodes.size()),
                    "Write at most %d.".formatted(Monitoring.ITEMS_MAX));
            return Monitoring.NONE;
        }
        List<MonitorItem> items = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            items.add(item(Section.of(nodes.get(i), "%s[%d]".formatted(s.path("items"), i), problems)));
        }
        return items.isEmpty() ? Monitoring.NONE : new Monitoring(clamped(s, count, items.size()), items);
    }

    /** The count stays between 1 and the number of items, also when items go (MON-4). */
    private int clamped(Section s, int count, int items) {
        int clamped = Math.clamp(count, 1, items);
        if (clamped != count) {
            problems.warning(
                    s.path("failureCount"),
                    s.line("failureCount"),
                    "%d of %d monitor items cannot be in error; %d is used.".formatted(count, items, clamped),
                    "Write 1 to %d.".formatted(items));
        }
        return clamped;
    }

    private MonitorItem item(Section s) {
        String item = id(s);
        String accessPath = accessPath(s);
        MonitorType type = s.choice("dataType", MonitorType.DEFAULT, MonitorType::label);
        Duration rate = s.duration("updateRate", RATE_DEFAULT, RATE_LEAST, RATE_MOST);
        boolean uncertainIsBad = s.flag("uncertainIsBad", false);
        MonitorTrigger trigger = trigger(s, type, rate);
        s.end();
        return new MonitorItem(item, type, rate, trigger, uncertainIsBad, accessPath);
    }

    /** MON-5: OPC UA has none. */
    private String accessPath(Section s) {
        String key = "accessPath";
        if (kind == ProtocolKind.OPC_UA) {
            s.unfit(key, "This is a setting of OPC DA pairs.", "Remove it.");
            return "";
        }
        String path = Optional.ofNullable(s.text(key)).orElse("");
        if (path.length() > DA_ITEM_MAX) {
            problems.error(
                    s.path(key),
                    s.line(key),
                    "This access path is too long.",
                    "Write it as the server has it, at most %d characters, or leave it out.".formatted(DA_ITEM_MAX));
        }
        return path;
    }

    private String id(Section s) {
        boolean isUa = kind == ProtocolKind.OPC_UA;
        String item = s.required("item", isUa ? ITEM_REMEDY : DA_ITEM_REMEDY);
        if (isUa && !item.isEmpty() && !isNodeId(item)) {
            problems.error(s.path("item"), s.line("item"), "'%s' is not a NodeId.".formatted(item), ITEM_REMEDY);
        }
        if (!isUa && item.length() > DA_ITEM_MAX) {
            problems.error(s.path("item"), s.line("item"), "This id is too long.", DA_ITEM_REMEDY);
        }
        return item;
    }

    private static boolean isNodeId(String text) {
        Matcher matcher = NODE_ID.matcher(text);
        return matcher.matches()
                && isAtMost(matcher.group("namespace"), NAMESPACE_MOST)
                && isAtMost(matcher.group("number"), NUMBER_MOST);
    }

    private static boolean isAtMost(@Nullable String number, long most) {
        return number == null || Long.parseLong(number) <= most;
    }

    private MonitorTrigger trigger(Section s, MonitorType type, Duration rate) {
        return switch (s.choice("trigger", Trigger.BAD_QUALITY, Trigger::label)) {
            case BAD_QUALITY -> {
                unfit(s, VALUE, Trigger.SPECIFIC_VALUE);
                unfit(s, TIME, Trigger.NO_CHANGE);
                yield new MonitorTrigger.BadQuality();
            }
            case SPECIFIC_VALUE -> {
                unfit(s, TIME, Trigger.NO_CHANGE);
                yield specificValue(s, type);
            }
            case NO_CHANGE -> {
                unfit(s, VALUE, Trigger.SPECIFIC_VALUE);
                yield noChange(s, rate);
            }
        };
    }

    private static void unfit(Section s, String key, Trigger trigger) {
        s.unfit(
                key,
                "This counts with 'trigger: %s' only.".formatted(trigger.label()),
                "Remove it, or write that trigger.");
    }

    private MonitorTrigger specificValue(Section s, MonitorType type) {
        String data = s.required(VALUE, "Write the value that means an error, as 'value: -1'.");
        Optional<String> wrong = data.isEmpty() ? Optional.empty() : MonitorValues.whyNot(type, data);
        wrong.ifPresent(why -> problems.error(
                s.path(VALUE),
                s.line(VALUE),
                "'%s' is no value of type %s: %s.".formatted(data, type.label(), why),
                "Correct the value or the dataType."));
        return new MonitorTrigger.SpecificValue(data);
    }

    /** MON-14: a shorter time than two updates would put every item in error; it is lengthened, and said. */
    private MonitorTrigger noChange(Section s, Duration rate) {
        Duration least = rate.multipliedBy(2);
        Duration time = s.duration(TIME, least, Duration.ofMillis(1), TIME_MOST);
        if (time.compareTo(least) < 0) {
            problems.warning(
                    s.path(TIME),
                    s.line(TIME),
                    "%d ms is less than twice the update rate; %d ms is used."
                            .formatted(time.toMillis(), least.toMillis()),
                    "Write at least %d ms.".formatted(least.toMillis()));
            time = least;
        }
        return new MonitorTrigger.NoChange(time);
    }
}
