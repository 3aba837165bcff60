package org.tandemopc.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.MemberConfig.Account;

/** Reads what configurations say of OPC DA, as a part of {@link ConfigReader}. */
final class DaReader {
    private static final String DEFAULT_LISTEN = "127.0.0.1:" + OpcDaConfig.RESOLVER_PORT;
    private static final String LISTEN_REMEDY =
            "Write host:port, as 127.0.0.1:135 or 0.0.0.0:135; clients know no other port than 135.";
    private static final String ACCOUNTS_REMEDY =
            "Write '- user: NAME' and 'password: ...' for each; clients log in with one of them.";
    private static final int ACCOUNTS_MAX = 1_000;
    private static final int PROG_ID_MAX = 255;
    private static final Pattern HOST =
            Pattern.compile("[0-9A-Fa-f]*(?::[0-9A-Fa-f.]*){2,8}|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?");
    private static final Pattern CLSID =
            Pattern.compile("\\{?([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})}?");

    private final Problems problems;
    private final Function<Section, @Nullable Account> accountReader;

    /** @param accountReader takes user and password of a section, and reports what is wrong with them */
    DaReader(Problems problems, Function<Section, @Nullable Account> accountReader) {
        this.problems = problems;
        this.accountReader = accountReader;
    }

    /** Whether a member is one of OPC DA: it has no URL, and a host. */
    static boolean isMember(ConfigNode node) {
        return node instanceof ConfigNode.Mapping mapping
                && mapping.entries().stream().anyMatch(entry -> entry.key().equals("host"))
                && mapping.entries().stream().noneMatch(entry -> entry.key().equals("url"));
    }

    OpcDaConfig frontDoor(ConfigNode node) {
        Section s = Section.of(node, "opcda", problems);
        Address place = listen(s);
        Optional<PortSpan> objectPorts = ports(s, "objectPorts");
        PortSpan callbackPorts = ports(s, "callbackPorts").orElse(PortSpan.ANY);
        DaLevel level = s.choice("level", DaLevel.INTEGRITY, DaLevel::label);
        boolean oldClients = s.flag("oldClients", false);
        DaLevel callbackLevel = s.choice("callbackLevel", DaLevel.INTEGRITY, DaLevel::label);
        List<Account> accounts = accounts(s);
        s.end();
        if (oldClients && level.compareTo(DaLevel.CONNECT) > 0) {
            problems.warning(
                    s.path("oldClients"),
                    s.line("oldClients"),
                    "Clients of old can do no more than level connect, and the level asked for is %s."
                            .formatted(level.label()),
                    "Write level: connect, or remove oldClients.");
        }
        return new OpcDaConfig(
                place.host(), place.port(), objectPorts, callbackPorts, level, oldClients, accounts, callbackLevel);
    }

    private Address listen(Section s) {
        String listen = s.text("listen");
        Address address =
                Address.ofListen(listen == null ? DEFAULT_LISTEN : listen).orElse(null);
        if (address == null || address.port() == 0) {
            problems.error(
                    s.path("listen"),
                    s.line("listen"),
                    "'%s' is not an address to listen on.".formatted(listen),
                    LISTEN_REMEDY);
            return new Address("127.0.0.1", OpcDaConfig.RESOLVER_PORT);
        }
        if (address.port() != OpcDaConfig.RESOLVER_PORT) {
            problems.warning(
                    s.path("listen"),
                    s.line("listen"),
                    "OPC DA clients look at port 135 alone, and will not find port %d.".formatted(address.port()),
                    "Write %s:135, or let something forward port 135 to it.".formatted(address.host()));
        }
        return address;
    }

    private Optional<PortSpan> ports(Section s, String key) {
        String text = s.text(key);
        if (text == null) {
            return Optional.empty();
        }
        Optional<PortSpan> span = PortSpan.of(text);
        if (span.isEmpty()) {
            problems.error(
                    s.path(key),
                    s.line(key),
                    "'%s' is neither a port nor a range of ports.".formatted(text),
                    "Write a port, a range as 49200-49299, or 0 to let the system choose.");
        }
        return span;
    }

    private List<Account> accounts(Section s) {
        List<ConfigNode> nodes = s.items("accounts", ACCOUNTS_REMEDY);
        if (nodes.isEmpty() && s.node("accounts").orElse(null) instanceof ConfigNode.Sequence) {
            problems.error(s.path("accounts"), s.line("accounts"), "This list is empty.", ACCOUNTS_REMEDY);
        }
        if (nodes.size() > ACCOUNTS_MAX) {
            problems.error(
                    s.path("accounts"),
                    s.line("accounts"),
                    "%d accounts are too many.".formatted(nodes.size()),
                    "Write at most %d.".formatted(ACCOUNTS_MAX));
        }
        List<Account> accounts = new ArrayList<>();
        for (int i = 0; i < Math.min(nodes.size(), ACCOUNTS_MAX); i++) {
            Section one = Section.of(nodes.get(i), "%s[%d]".formatted(s.path("accounts"), i), problems);
            Account account = accountReader.apply(one);
            one.end();
            if (account == null) {
                if (one.text("user") == null && one.text("password") == null) {
                    problems.error(one.path(), one.line(), "There is no user.", ACCOUNTS_REMEDY);
                }
            } else if (accounts.stream().anyMatch(other -> isSameUser(other.user(), account.user()))) {
                problems.error(
                        one.path("user"),
                        one.line("user"),
                        "'%s' is given twice.".formatted(account.user()),
                        "Remove one of them; capitals do not make a difference.");
            } else {
                accounts.add(account);
            }
        }
        return accounts;
    }

    static boolean isSameUser(String one, String other) {
        return one.equalsIgnoreCase(other);
    }

    DaMemberConfig member(Section s) {
        String host = s.required("host", "Write the name or the address of the server's machine, as 10.0.0.1.");
        if (!host.isEmpty() && !HOST.matcher(host).matches()) {
            problems.error(
                    s.path("host"),
                    s.line("host"),
                    "'%s' is neither a name nor an address.".formatted(host),
                    "Write a name or an address without port, as 10.0.0.1; another port than 135 is its own setting, port.");
        }
        int port = s.number("port", OpcDaConfig.RESOLVER_PORT, 1, Address.PORT_MAX);
        String progId = Optional.ofNullable(s.text("progId")).orElse("");
        if (progId.length() > PROG_ID_MAX || !progId.chars().allMatch(c -> c >= ' ' && c != '"')) {
            problems.error(
                    s.path("progId"), s.line("progId"), "This is no ProgID.", "Write it as the server is registered.");
            progId = "";
        }
        Optional<UUID> clsid = clsid(s);
        if (progId.isEmpty() && clsid.isEmpty()) {
            // one that is there and wrong has been reported
            if (s.text("progId") == null && s.text("clsid") == null) {
                problems.error(
                        s.path(),
                        s.line(),
                        "The server's class is missing.",
                        "Write its progId, or its clsid where the host lets nobody ask for ProgIDs.");
            }
            // so that reading goes on
            progId = "?";
        }
        DaLevel level = s.choice("level", DaLevel.INTEGRITY, DaLevel::label);
        Account account = accountReader.apply(s);
        if (account == null
                && level != DaLevel.NONE
                && s.node("user").isEmpty()
                && s.node("password").isEmpty()) {
            problems.error(
                    s.path("user"),
                    s.line(),
                    "Level %s needs an account.".formatted(level.label()),
                    "Write user (as NAME or DOMAIN\\NAME) and password of an account that the server's machine knows.");
        }
        s.end();
        return new DaMemberConfig(host.isEmpty() ? "?" : host, port, progId, clsid, level, account);
    }

    private Optional<UUID> clsid(Section s) {
        String text = s.text("clsid");
        if (text == null) {
            return Optional.empty();
        }
        var m = CLSID.matcher(text);
        if (!m.matches()) {
            problems.error(
                    s.path("clsid"),
                    s.line("clsid"),
                    "'%s' is no CLSID.".formatted(text),
                    "Write it as \"{F8582CF2-88FB-11D0-B850-00C0F0104305}\"; braces and capitals do not matter.");
            return Optional.empty();
        }
        return Optional.of(UUID.fromString(m.group(1)));
    }

    /** @param door without which no clients of the pair can come; null: there is none */
    DaPublication publication(Section pair, @Nullable OpcDaConfig door) {
        Optional<UUID> clsid = clsid(pair);
        Optional<List<String>> readers = users(pair, "readers", door);
        Optional<List<String>> writers = users(pair, "writers", door);
        if (door == null) {
            problems.error(
                    pair.path("members"),
                    pair.line("members"),
                    "The pair's servers are of OPC DA, and nothing lets OPC DA clients in.",
                    "Write 'opcda:' with 'accounts:' at the top of the file, so that they can log in.");
        }
        return new DaPublication(clsid, readers, writers);
    }

    /** Keys that pairs of another protocol have no use for. */
    static void unfit(Section pair) {
        for (String key : List.of("clsid", "readers", "writers")) {
            pair.unfit(key, "This is a setting of OPC DA pairs.", "Remove it.");
        }
    }

    private Optional<List<String>> users(Section pair, String key, @Nullable OpcDaConfig door) {
        Optional<ConfigNode> node = pair.node(key);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (ConfigNode item :
                pair.items(key, "Write the users of opcda.accounts, as [anna, ben], or [] for nobody.")) {
            String user = item instanceof ConfigNode.Scalar scalar && scalar.text() != null ? scalar.text() : "";
            if (door != null && door.accounts().stream().noneMatch(one -> isSameUser(one.user(), user))) {
                problems.error(
                        pair.path(key),
                        item.line(),
                        "'%s' is no user of the front door.".formatted(user),
                        "Known there: %s."
                                .formatted(door.accounts().stream()
                                        .map(Account::user)
                                        .collect(Collectors.joining(", "))));
            }
            names.add(user.toLowerCase(Locale.ROOT));
        }
        return Optional.of(names);
    }
}
