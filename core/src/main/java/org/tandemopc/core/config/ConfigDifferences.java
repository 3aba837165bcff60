package org.tandemopc.core.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
        if (!from.notifications().equals(to.notifications())) {
            d.found.add("notifications changed");
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
        d.publication(from.da(), to.da());
        d.found.addAll(settings(from, to));
        return d.found;
    }

    /** @param to of the same protocol */
    static List<String> frontDoor(DoorConfig from, DoorConfig to) {
        ConfigDifferences d = new ConfigDifferences();
        if (from instanceof OpcUaConfig a && to instanceof OpcUaConfig b) {
            d.frontDoor(a, b);
        } else if (from instanceof OpcDaConfig a && to instanceof OpcDaConfig b) {
            d.frontDoor(a, b);
        } else {
            throw new IllegalArgumentException("doors of two protocols: " + from.kind() + ", " + to.kind());
        }
        return d.found;
    }

    private void frontDoor(OpcUaConfig from, OpcUaConfig to) {
        compare("listen", new Address(from.host(), from.port()).text(), new Address(to.host(), to.port()).text());
        compare(
                "security",
                from.security().stream().map(SecurityChoice::label).collect(Collectors.joining(" ")),
                to.security().stream().map(SecurityChoice::label).collect(Collectors.joining(" ")));
        compare(
                "modes",
                from.modes().stream().map(MessageMode::label).collect(Collectors.joining(" ")),
                to.modes().stream().map(MessageMode::label).collect(Collectors.joining(" ")));
        compare("anonymous", from.anonymous(), to.anonymous());
        compare("trust", from.trust().label(), to.trust().label());
    }

    private void frontDoor(OpcDaConfig from, OpcDaConfig to) {
        compare("listen", new Address(from.host(), from.port()).text(), new Address(to.host(), to.port()).text());
        compare("objectPorts", ports(from.objectPorts()), ports(to.objectPorts()));
        compare("callbackPorts", from.callbackPorts().text(), to.callbackPorts().text());
        compare("level", from.level().label(), to.level().label());
        compare("oldClients", from.oldClients(), to.oldClients());
        compare(
                "callbackLevel",
                from.callbackLevel().label(),
                to.callbackLevel().label());
        compare("accounts", users(from), users(to));
        if (users(from).equals(users(to)) && !from.accounts().equals(to.accounts())) {
            found.add("accounts: a password changed");
        }
    }

    private static String ports(Optional<PortSpan> span) {
        return span.map(PortSpan::text).orElse("none");
    }

    private static String users(OpcDaConfig door) {
        return door.accounts().stream().map(MemberConfig.Account::user).collect(Collectors.joining(" "));
    }

    private void member(String path, MemberConfig from, MemberConfig to) {
        if (from instanceof UaMemberConfig a && to instanceof UaMemberConfig b) {
            compare(path + "url", a.url(), b.url());
            compare(path + "security", a.security().label(), b.security().label());
            compare(path + "mode", a.mode().label(), b.mode().label());
            compare(path + "trust", a.trust().label(), b.trust().label());
            account(path, a.account(), b.account());
        } else if (from instanceof DaMemberConfig a && to instanceof DaMemberConfig b) {
            compare(path + "host", a.machine(), b.machine());
            compare(path + "progId", a.progId(), b.progId());
            compare(path + "clsid", clsid(a.clsid()), clsid(b.clsid()));
            compare(path + "level", a.level().label(), b.level().label());
            account(path, a.account(), b.account());
        } else {
            compare(path + "protocol", from.kind().label(), to.kind().label());
        }
    }

    private void account(String path, MemberConfig.@Nullable Account a, MemberConfig.@Nullable Account b) {
        if (!Objects.equals(a, b)) {
            found.add(path + "user or password changed");
        }
    }

    private void publication(DaPublication a, DaPublication b) {
        compare("clsid", clsid(a.clsid()), clsid(b.clsid()));
        compare("readers", names(a.readers()), names(b.readers()));
        compare("writers", names(a.writers()), names(b.writers()));
    }

    private static String clsid(Optional<UUID> id) {
        return id.map(UUID::toString).orElse("none");
    }

    private static String names(Optional<List<String>> users) {
        return users.map(all -> String.join(" ", all)).orElse("all");
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
