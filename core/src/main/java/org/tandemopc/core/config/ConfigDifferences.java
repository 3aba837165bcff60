package org.tandemopc.core.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.tandemopc.core.pair.PairSettings;

/** Says for people what differs between two configurations, setting by setting, spelled as in the file. No secrets. */
final class ConfigDifferences {
    private final List<String> found = new ArrayList<>();

    private ConfigDifferences() {}

    /** What takes effect while the pair serves. */
    static List<String> settings(PairConfig from, PairConfig to) {
        ConfigDifferences d = new ConfigDifferences();
        PairSettings a = from.settings();
        PairSettings b = to.settings();
        d.compare("name", from.originalName(), to.originalName());
        d.compare("mode", lower(a.mode()), lower(b.mode()));
        d.compare("failback", a.failback(), b.failback());
        d.compare("failbackDwell", text(a.failbackDwell()), text(b.failbackDwell()));
        d.compare("statusInterval", text(a.pingInterval()), text(b.pingInterval()));
        d.compare("statusTimeout", text(a.pingTimeout()), text(b.pingTimeout()));
        d.compare("holdTimeout", text(a.holdTimeout()), text(b.holdTimeout()));
        d.compare("maximumEvents", from.maximumEvents(), to.maximumEvents());
        d.compare("whenDisabled", from.whenDisabled().label(), to.whenDisabled().label());
        if (!from.monitoring().equals(to.monitoring())) {
            d.found.add("monitor: %d -> %d items, failureCount %d -> %d"
                    .formatted(
                            from.monitoring().items().size(),
                            to.monitoring().items().size(),
                            from.monitoring().failureCount(),
                            to.monitoring().failureCount()));
        }
        return d.found;
    }

    static List<String> all(PairConfig from, PairConfig to) {
        ConfigDifferences d = new ConfigDifferences();
        d.compare("published name", from.name(), to.name());
        for (int i = 0; i < Math.min(from.members().size(), to.members().size()); i++) {
            d.member(
                    "members[%d].".formatted(i),
                    from.members().get(i),
                    to.members().get(i));
        }
        d.found.addAll(settings(from, to));
        return d.found;
    }

    static List<String> frontDoor(OpcUaConfig from, OpcUaConfig to) {
        ConfigDifferences d = new ConfigDifferences();
        d.compare("listen", new Address(from.host(), from.port()).text(), new Address(to.host(), to.port()).text());
        d.compare(
                "security",
                from.security().stream().map(SecurityChoice::label).collect(Collectors.joining(" ")),
                to.security().stream().map(SecurityChoice::label).collect(Collectors.joining(" ")));
        d.compare(
                "modes",
                from.modes().stream().map(MessageMode::label).collect(Collectors.joining(" ")),
                to.modes().stream().map(MessageMode::label).collect(Collectors.joining(" ")));
        d.compare("anonymous", from.anonymous(), to.anonymous());
        d.compare("trust", from.trust().label(), to.trust().label());
        return d.found;
    }

    private void member(String path, MemberConfig a, MemberConfig b) {
        compare(path + "url", a.url(), b.url());
        compare(path + "security", a.security().label(), b.security().label());
        compare(path + "mode", a.mode().label(), b.mode().label());
        compare(path + "trust", a.trust().label(), b.trust().label());
        if (!Objects.equals(a.account(), b.account())) {
            found.add(path + "user or password changed");
        }
    }

    private void compare(String key, Object a, Object b) {
        if (!a.equals(b)) {
            found.add("%s: %s -> %s".formatted(key, a, b));
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String text(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
