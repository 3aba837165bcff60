package org.tandemopc.core.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.monitor.Monitoring;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.pair.PairSettings;

/**
 * Makes a configuration of a tree, or says everything that is wrong with it. A pair with an error is left out and the
 * others stay; an error of the front door leaves nothing. Settings, defaults and ranges: {@code
 * docs/reference/configuration.md}.
 */
public final class ConfigReader {
    static final int VERSION = 1;
    private static final int PAIRS_MAX = 1000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_-])?");
    private static final List<SecurityChoice> DEFAULT_SECURITY = List.of(
            SecurityChoice.BASIC256SHA256, SecurityChoice.AES128_SHA256_RSAOAEP, SecurityChoice.AES256_SHA256_RSAPSS);
    private static final List<MessageMode> DEFAULT_MODES = List.of(MessageMode.SIGN, MessageMode.SIGN_AND_ENCRYPT);
    private static final String DEFAULT_LISTEN = "127.0.0.1:4840";
    private static final String LISTEN_REMEDY = "Write host:port, as 127.0.0.1:4840, 0.0.0.0:4840 or [::]:4840.";

    /** What most clients ask for as their session timeout, or more. */
    private static final Duration SESSION_USUAL = Duration.ofSeconds(60);

    /** The front door grants no session a shorter timeout. */
    private static final Duration SESSION_LEAST = Duration.ofSeconds(5);

    /** How long an attempt to connect a member may take. */
    private static final Duration CONNECT_COLD = Duration.ofSeconds(5);

    private static final String URL_REMEDY = "Write opc.tcp://host:port, as opc.tcp://10.0.0.1:4840.";
    private static final String PAIRS_REMEDY = "Write 'pairs:' and below it '- name: ...' for each pair.";
    private static final String MEMBERS_REMEDY =
            "Write '- url: opc.tcp://host:port' for each: first the primary, then the others as they are preferred.";
    /** LIM-1: more would be more connections for each client than any plant has servers for. */
    public static final int MEMBERS_MAX = 4;

    private final Problems problems = new Problems();
    private final SecretSource secrets;
    private final DaReader da = new DaReader(problems, this::account);
    private final Identities identities = new Identities();

    private ConfigReader(SecretSource secrets) {
        this.secrets = secrets;
    }

    /** The front doors that the file names; OPC UA's is open unless there are pairs of OPC DA alone. */
    private record Doors(
            OpcUaConfig opcua, boolean isUaNamed, @Nullable OpcDaConfig opcda) {
        List<DoorConfig> forPairs(List<PairConfig> pairs) {
            List<DoorConfig> all = new ArrayList<>();
            boolean isUaNeeded = pairs.stream().anyMatch(pair -> pair.kind() == ProtocolKind.OPC_UA);
            if (isUaNamed || isUaNeeded || opcda == null) {
                all.add(opcua);
            }
            if (opcda != null) {
                all.add(opcda);
            }
            return all;
        }
    }

    /** A member with the place that its URL names, if it names one. */
    private record ReadMember(MemberConfig config, @Nullable Address address) {}

    public static ConfigReading read(ConfigNode root, SecretSource secrets) {
        return new ConfigReader(secrets).read(root);
    }

    /** One member of either protocol, by itself. */
    public static MemberReading readMember(ConfigNode settings, SecretSource secrets) {
        ConfigReader reader = new ConfigReader(secrets);
        Section section = Section.of(settings, "", reader.problems);
        // port 0: a door that no member can be taken for
        MemberConfig read = (DaReader.isMember(settings)
                        ? reader.daMember(section)
                        : reader.member(section, OpcUaConfig.open("127.0.0.1", 0)))
                .config();
        return new MemberReading(
                reader.problems.errors() == 0 ? Optional.of(read) : Optional.empty(), reader.problems.inOrder());
    }

    /**
     * A section {@code notifications} that is not in a file.
     *
     * @param pair the published name of its pair
     */
    public static NotificationReading readNotifications(ConfigNode section, String pair, SecretSource secrets) {
        ConfigReader reader = new ConfigReader(secrets);
        NotificationConfig config = reader.notifications(section, "notifications", pair);
        return new NotificationReading(config, reader.problems.inOrder());
    }

    private NotificationConfig notifications(ConfigNode section, String path, String pair) {
        return new NotificationReader(problems, secrets, this::account).read(section, path, pair);
    }

    private ConfigReading read(ConfigNode root) {
        Section top = Section.of(root, "", problems);
        version(top);
        List<ConfigNode> pairNodes = top.items("pairs", PAIRS_REMEDY);
        Optional<ConfigNode> opcuaNode = top.node("opcua");
        Optional<ConfigNode> opcdaNode = top.node("opcda");
        RestConfig rest = top.node("rest").map(new RestReader(problems)::read).orElse(RestConfig.DEFAULT);
        top.end();
        Doors doors = new Doors(
                opcua(opcuaNode.orElse(new ConfigNode.Mapping(top.line(), List.of()))),
                opcuaNode.isPresent(),
                opcdaNode.map(da::frontDoor).orElse(null));
        boolean usable = problems.errors() == 0;
        List<PairConfig> pairs = pairs(pairNodes, doors);
        return new ConfigReading(
                usable ? Optional.of(new TandemConfig(doors.forPairs(pairs), pairs, rest)) : Optional.empty(),
                problems.inOrder());
    }

    private void version(Section top) {
        String remedy = "Write 'version: %d'.".formatted(VERSION);
        String version = top.required("version", remedy);
        if (!version.isEmpty() && !version.equals(String.valueOf(VERSION))) {
            problems.error(
                    "version",
                    top.line("version"),
                    "Version '%s' of the configuration is not known to this Tandem.".formatted(version),
                    remedy);
        }
    }

    private OpcUaConfig opcua(ConfigNode node) {
        Section s = Section.of(node, "opcua", problems);
        String listen = s.text("listen");
        Optional<Address> address = Address.ofListen(listen == null ? DEFAULT_LISTEN : listen);
        if (address.isEmpty()) {
            problems.error(
                    s.path("listen"),
                    s.line("listen"),
                    "'%s' is not an address to listen on.".formatted(listen),
                    LISTEN_REMEDY);
        }
        Address place = address.orElse(new Address("127.0.0.1", Address.OPC_UA_PORT));
        List<SecurityChoice> security = s.choices("security", DEFAULT_SECURITY, SecurityChoice::label);
        List<MessageMode> modes = s.choices("modes", DEFAULT_MODES, MessageMode::label);
        boolean anonymous = s.flag("anonymous", true);
        Trust trust = s.choice("trust", Trust.LISTED, Trust::label);
        s.end();
        return new OpcUaConfig(place.host(), place.port(), security, modes, anonymous, trust);
    }

    private List<PairConfig> pairs(List<ConfigNode> nodes, Doors doors) {
        List<PairConfig> pairs = new ArrayList<>();
        Names names = new Names();
        if (nodes.size() > PAIRS_MAX) {
            problems.error(
                    "pairs",
                    nodes.getFirst().line(),
                    "%d pairs are too many.".formatted(nodes.size()),
                    "Write at most %d.".formatted(PAIRS_MAX));
        }
        for (int i = 0; i < Math.min(nodes.size(), PAIRS_MAX); i++) {
            long before = problems.errors();
            PairConfig pair = pair(Section.of(nodes.get(i), "pairs[%d]".formatted(i), problems), names, doors);
            if (problems.errors() == before) {
                pairs.add(pair);
            }
        }
        return pairs;
    }

    private PairConfig pair(Section s, Names names, Doors doors) {
        String original = name(s);
        String alias = alias(s);
        String name = alias == null ? original : alias;
        names.take(s, alias == null ? "name" : "alias", name);
        Mode mode = s.choice("mode", Mode.WARM, m -> m.name().toLowerCase(Locale.ROOT));
        boolean failbackGiven = s.node("failback").isPresent();
        boolean failback = s.flag("failback", true);
        if (mode == Mode.COLD && failback && failbackGiven) {
            problems.warning(
                    s.path("failback"),
                    s.line("failback"),
                    "Cold mode never goes back to the primary by itself.",
                    "Choose warm or hot, or remove the setting.");
        }
        Duration interval =
                s.duration("statusInterval", Duration.ofMillis(2500), Duration.ofMillis(50), Duration.ofHours(1));
        Duration timeout =
                s.duration("statusTimeout", Duration.ofMillis(1000), Duration.ofMillis(50), Duration.ofSeconds(60));
        if (timeout.compareTo(interval) > 0) {
            problems.warning(
                    s.path("statusTimeout"),
                    s.line("statusTimeout"),
                    "The timeout (%d ms) is longer than the interval (%d ms): questions never overlap, so a slow answer delays the next question."
                            .formatted(timeout.toMillis(), interval.toMillis()),
                    "Choose a timeout below the interval.");
        }
        Duration hold =
                s.duration("holdTimeout", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(60));
        Duration dwell = s.duration("failbackDwell", Duration.ZERO, Duration.ZERO, Duration.ofHours(24));
        relations(s, mode, failback, interval, timeout, hold, dwell);
        List<MemberConfig> members = members(s, doors);
        boolean isDa = members.stream().anyMatch(member -> member.kind() == ProtocolKind.OPC_DA);
        DaPublication publication = isDa ? da.publication(s, doors.opcda()) : DaPublication.DEFAULT;
        if (!isDa) {
            DaReader.unfit(s);
        }
        Monitoring monitoring = s.node("monitor")
                .map(node -> MonitorReader.read(
                        node, s.path("monitor"), problems, isDa ? ProtocolKind.OPC_DA : ProtocolKind.OPC_UA))
                .orElse(Monitoring.NONE);
        int maximumEvents =
                s.number("maximumEvents", PairConfig.EVENTS_DEFAULT, PairConfig.EVENTS_LEAST, PairConfig.EVENTS_MOST);
        WhenDisabled whenDisabled = s.choice("whenDisabled", WhenDisabled.CLOSED, WhenDisabled::label);
        NotificationConfig notifications = s.node("notifications")
                .map(node -> notifications(node, s.path("notifications"), name))
                .orElse(NotificationConfig.NONE);
        s.end();
        List<PairSettings.MemberName> memberNames = members.stream()
                .map(m -> new PairSettings.MemberName(m.machine()))
                .toList();
        PairConfig pair = new PairConfig(
                new PairSettings(name, memberNames, mode, failback, interval, timeout, hold, dwell),
                members,
                original,
                monitoring,
                maximumEvents,
                whenDisabled,
                publication,
                notifications);
        if (isDa) {
            identities.take(s, alias == null ? "name" : "alias", pair.identity());
        }
        return pair;
    }

    /** By what OPC DA clients find the pairs so far (ALI-4, ADD-5). */
    private final class Identities {
        private final List<DaIdentity> taken = new ArrayList<>();

        void take(Section s, String key, DaIdentity identity) {
            if (!identity.progId().isEmpty()) {
                DaNames.remarks(identity.progId()).forEach(remark -> tell(s, key, remark));
            }
            boolean isNameTaken =
                    taken.stream().anyMatch(other -> other.progId().equalsIgnoreCase(identity.progId()));
            if (!isNameTaken) {
                // of a name that is taken the names of all protocols tell
                identity.clash(taken).ifPresent(remark -> tell(s, key, remark));
            }
            taken.add(identity);
        }

        private void tell(Section s, String key, DaNames.Remark remark) {
            if (remark.isError()) {
                problems.error(s.path(key), s.line(key), remark.message(), remark.remedy());
            } else {
                problems.warning(s.path(key), s.line(key), remark.message(), remark.remedy());
            }
        }
    }

    /** S28: settings that are fine each by itself, and odd together. */
    private void relations(
            Section s,
            Mode mode,
            boolean failback,
            Duration interval,
            Duration timeout,
            Duration hold,
            Duration dwell) {
        Duration connect = mode == Mode.COLD ? CONNECT_COLD : Duration.ZERO;
        Duration silence = interval.plus(timeout).plus(connect).plus(hold);
        if (silence.compareTo(SESSION_USUAL) > 0) {
            problems.warning(
                    s.path("statusInterval"),
                    s.line("statusInterval"),
                    ("A server that falls silent is noticed after up to %d ms (interval and timeout), and the switch may"
                                    + " take %d ms more: a client whose session timeout is shorter than both loses its"
                                    + " session. Many ask for %d s.")
                            .formatted(
                                    interval.plus(timeout).toMillis(),
                                    connect.plus(hold).toMillis(),
                                    SESSION_USUAL.toSeconds()),
                    "Choose a shorter interval, or a longer session timeout in the clients.");
        }
        if (mode == Mode.COLD && hold.compareTo(CONNECT_COLD) < 0) {
            problems.warning(
                    s.path("holdTimeout"),
                    s.line("holdTimeout"),
                    ("In cold mode the other server is connected only after the loss, which may take %d s; requests wait"
                                    + " %d ms and then fail.")
                            .formatted(CONNECT_COLD.toSeconds(), hold.toMillis()),
                    "Write holdTimeout: 5s or more, or choose warm or hot.");
        }
        if (!dwell.isZero() && (!failback || mode == Mode.COLD)) {
            problems.warning(
                    s.path("failbackDwell"),
                    s.line("failbackDwell"),
                    "There is no failback, so there is nothing to wait for.",
                    "Remove the setting, or write failback: true with warm or hot.");
        }
        if (hold.compareTo(SESSION_LEAST) > 0) {
            problems.warning(
                    s.path("holdTimeout"),
                    s.line("holdTimeout"),
                    ("Requests may wait %d ms during a switch, longer than the shortest session timeout that clients"
                                    + " get (%d s).")
                            .formatted(hold.toMillis(), SESSION_LEAST.toSeconds()),
                    "Write holdTimeout: %ds or less, unless every client asks for a longer session."
                            .formatted(SESSION_LEAST.toSeconds()));
        }
    }

    private String name(Section s) {
        String name = s.required("name", "Give the pair a name, as plant1: clients find it under .../plant1.");
        return name.isEmpty() ? name : checked(s, "name", name);
    }

    private @Nullable String alias(Section s) {
        String alias = s.text("alias");
        return alias == null ? null : checked(s, "alias", alias);
    }

    private String checked(Section s, String key, String name) {
        if (!NAME.matcher(name).matches()) {
            problems.error(
                    s.path(key),
                    s.line(key),
                    "'%s' cannot be used as a name: it becomes part of a URL and of a folder.".formatted(name),
                    "Use 1 to 64 letters, digits, '-', '_' and '.', beginning with a letter or digit.");
        } else if (ConfigNames.isDevice(name)) {
            problems.error(
                    s.path(key),
                    s.line(key),
                    "'%s' cannot be used as a name: Windows takes it for a device, and no folder can have it."
                            .formatted(name),
                    "Use another name, as '%s-1'.".formatted(name.replace('.', '-')));
        } else if (ConfigNames.isDiscovery(name)) {
            problems.error(
                    s.path(key),
                    s.line(key),
                    "'%s' cannot be used as a name: under this path clients ask which pairs there are.".formatted(name),
                    "Use another name, as '%s-1'.".formatted(name));
        }
        return name;
    }

    /** Published names of the pairs so far, without their capitals, each with its line. */
    private final class Names {
        private final Map<String, Integer> lines = new HashMap<>();

        void take(Section s, String key, String name) {
            Integer other = name.isEmpty() ? null : lines.putIfAbsent(name.toLowerCase(Locale.ROOT), s.line(key));
            if (other != null) {
                problems.error(
                        s.path(key),
                        s.line(key),
                        "Another pair has the name '%s' (line %d), so both would have one endpoint path."
                                .formatted(name, other),
                        "Give one of them an alias, as 'alias: %s.Alias1', or another name; capitals do not make a difference."
                                .formatted(name));
            }
        }
    }

    private List<MemberConfig> members(Section pair, Doors doors) {
        List<ConfigNode> nodes = pair.items("members", MEMBERS_REMEDY);
        boolean fit = nodes.size() >= 2 && nodes.size() <= MEMBERS_MAX;
        if (!fit && pair.node("members").orElse(null) instanceof ConfigNode.Sequence) {
            problems.error(
                    pair.path("members"),
                    pair.line("members"),
                    "A pair has two members, or up to %d, not %d.".formatted(MEMBERS_MAX, nodes.size()),
                    MEMBERS_REMEDY);
        }
        List<ReadMember> members = new ArrayList<>();
        for (int i = 0; i < Math.min(nodes.size(), MEMBERS_MAX); i++) {
            String path = "%s[%d]".formatted(pair.path("members"), i);
            Section member = Section.of(nodes.get(i), path, problems);
            members.add(DaReader.isMember(nodes.get(i)) ? daMember(member) : member(member, doors.opcua()));
        }
        samePlaces(pair, members);
        return oneProtocol(pair, members.stream().map(ReadMember::config).toList());
    }

    /** A pair that has none would not be a pair. */
    private List<MemberConfig> oneProtocol(Section pair, List<MemberConfig> members) {
        if (members.isEmpty()) {
            return List.of(UaMemberConfig.open("?"));
        }
        ProtocolKind first = members.getFirst().kind();
        if (members.stream().anyMatch(member -> member.kind() != first)) {
            problems.error(
                    pair.path("members"),
                    pair.line("members"),
                    "Some members are servers of OPC UA (url) and some of OPC DA (host).",
                    "Name servers of one protocol: a pair is served in the protocol of its servers.");
            return members.stream().filter(member -> member.kind() == first).toList();
        }
        return members;
    }

    private ReadMember daMember(Section s) {
        DaMemberConfig config = da.member(s);
        return new ReadMember(config, new Address(config.host(), config.port()));
    }

    /** A host of OPC DA may have several servers. */
    private static boolean isSameClass(MemberConfig one, MemberConfig other) {
        if (one instanceof DaMemberConfig a && other instanceof DaMemberConfig b) {
            return (a.clsid().isPresent() && b.clsid().isPresent())
                    ? a.clsid().equals(b.clsid())
                    : a.progId().equalsIgnoreCase(b.progId());
        }
        return true;
    }

    private void samePlaces(Section pair, List<ReadMember> members) {
        for (int i = 0; i < members.size(); i++) {
            for (int j = i + 1; j < members.size(); j++) {
                Address first = members.get(i).address();
                Address second = members.get(j).address();
                if (first != null
                        && second != null
                        && first.isSamePlaceAs(second)
                        && isSameClass(members.get(i).config(), members.get(j).config())) {
                    problems.warning(
                            pair.path("members"),
                            pair.line("members"),
                            "%s at %s:%d: that is no redundancy."
                                    .formatted(
                                            members.size() == 2 ? "Both members are" : "Two members are",
                                            second.host(),
                                            second.port()),
                            "Name different servers.");
                }
            }
        }
    }

    private ReadMember member(Section s, OpcUaConfig opcua) {
        String url = s.required("url", URL_REMEDY);
        Address address = Address.ofUrl(url).orElse(null);
        if (address == null && !url.isEmpty()) {
            problems.error(
                    s.path("url"), s.line("url"), "'%s' is not an address of a server.".formatted(url), URL_REMEDY);
        }
        if (address != null && address.isSamePlaceAs(new Address(opcua.host(), opcua.port()))) {
            problems.error(
                    s.path("url"),
                    s.line("url"),
                    "This is the address on which Tandem itself listens.",
                    "Name the server, or let Tandem listen on another port (opcua.listen).");
        }
        SecurityChoice security = s.choice("security", SecurityChoice.BASIC256SHA256, SecurityChoice::label);
        MessageMode messageMode = s.choice("mode", MessageMode.SIGN_AND_ENCRYPT, MessageMode::label);
        MemberConfig.Account account = account(s);
        Trust trust = s.choice("trust", Trust.LISTED, Trust::label);
        s.end();
        return new ReadMember(new UaMemberConfig(url, security, messageMode, account, trust), address);
    }

    private MemberConfig.@Nullable Account account(Section s) {
        String user = s.text("user");
        String password = s.text("password");
        if (user == null && password == null) {
            return null;
        }
        if (user == null || password == null) {
            String missing = user == null ? "user" : "password";
            problems.error(
                    s.path(missing),
                    s.line(user == null ? "password" : "user"),
                    "A user and a password go together; the %s is missing.".formatted(missing),
                    "Write both, or none for anonymous; the password may be file:/path or env:NAME.");
            return null;
        }
        if (!password.startsWith("file:") && !password.startsWith("env:")) {
            return new MemberConfig.Account(user, new Secret(password));
        }
        try {
            return new MemberConfig.Account(user, secrets.find(password));
        } catch (SecretSource.SecretMissing e) {
            problems.error(
                    s.path("password"),
                    s.line("password"),
                    String.valueOf(e.getMessage()),
                    "Make it readable for the user that runs Tandem.");
            return null;
        }
    }
}
