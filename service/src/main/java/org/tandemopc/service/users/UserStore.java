package org.tandemopc.service.users;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.FileTrouble;
import org.tandemopc.service.users.UserRefused.Kind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The users, in a file for the service's user alone (0600). A change is on the disk before it counts. As long as there are
 * users one of them is an engineer. Any thread; blocks for the disk, and some tenths of a second for each password.
 */
public final class UserStore {
    /** More than any plant has at its consoles. */
    public static final int USERS_MAX = 200;

    static final int PASSWORD_LEAST = 10;
    static final int PASSWORD_MOST = 128;

    /** Who has the token of the data folder is called so, and no user. */
    public static final String LOCAL = "local";

    private static final long FILE_BYTES_MAX = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path file;
    private final int rounds;
    private final SecureRandom random = new SecureRandom();
    /** Compared with where there is no such user: that takes as long as for one who is there. */
    private final PasswordHash nobody;
    /** By their names in small letters; each map that was published stays as it is. */
    private volatile Map<String, Entry> users;

    /** @param lastSeen when the user logged in last; null: never */
    public record User(String name, Role role, @Nullable Instant lastSeen) {}

    private record Entry(User user, PasswordHash hash) {}

    private UserStore(Path file, int rounds, Map<String, Entry> users) {
        this.file = file;
        this.rounds = rounds;
        this.users = users;
        this.nobody = PasswordHash.ofNothing(rounds, random);
    }

    /**
     * Reads the file, or begins without users if there is none.
     *
     * @throws IOException with a sentence for people: open to others, not readable, damaged. Never taken for "no users": that
     *     would let whoever comes first make one
     */
    static UserStore open(Path file, int rounds) throws IOException {
        if (Files.notExists(file)) {
            return new UserStore(file, rounds, Map.of());
        }
        OwnFile.refuseOpenToOthers(file);
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw damaged(file, "too long");
            }
            return new UserStore(file, rounds, read(file, MAPPER.readTree(Files.readString(file))));
        } catch (JacksonException e) {
            throw damaged(file, "no JSON");
        }
    }

    private static Map<String, Entry> read(Path file, JsonNode tree) throws IOException {
        Map<String, Entry> users = new LinkedHashMap<>();
        for (JsonNode each : tree.path("users").values()) {
            String name = each.path("name").asString("");
            Role role = Role.of(each.path("role").asString("")).orElseThrow(() -> damaged(file, "a role is wrong"));
            PasswordHash hash = PasswordHash.read(each.path("password").asString(""))
                    .orElseThrow(() -> damaged(file, "a password's hash is wrong"));
            if (!NAME.matcher(name).matches()) {
                throw damaged(file, "a name is wrong");
            }
            users.put(key(name), new Entry(new User(name, role, seen(each.path("lastSeen"))), hash));
        }
        if (users.isEmpty() || !hasEngineer(users)) {
            throw damaged(file, "there is no engineer in it");
        }
        return users;
    }

    private static @Nullable Instant seen(JsonNode node) {
        try {
            return node.isString() ? Instant.parse(node.asString()) : null;
        } catch (DateTimeException e) {
            return null; // shown only
        }
    }

    private static IOException damaged(Path file, String why) {
        return new IOException("The users in " + file + " cannot be read: " + why
                + ". Put a good copy in its place; or move it away, and the first user is made anew.");
    }

    public boolean isEmpty() {
        return users.isEmpty();
    }

    /** In the order in which they were made. */
    public List<User> users() {
        return users.values().stream().map(Entry::user).toList();
    }

    public Optional<User> find(String name) {
        return Optional.ofNullable(users.get(key(name))).map(Entry::user);
    }

    /**
     * Whose name and password these are. One answer and one duration for an unknown name and a wrong password.
     *
     * @return empty: nobody's
     */
    Optional<User> check(String name, String password) {
        Entry entry = password.length() > PASSWORD_MOST ? null : users.get(key(name));
        boolean isRight = (entry == null ? nobody : entry.hash()).matches(clipped(password));
        return isRight && entry != null ? Optional.of(entry.user()) : Optional.empty();
    }

    private static String clipped(String password) {
        return password.length() > PASSWORD_MOST ? password.substring(0, PASSWORD_MOST) : password;
    }

    /** @throws UserRefused there are users already */
    void addFirst(String name, String password) throws UserRefused, IOException {
        checkName(name);
        PasswordHash hash = hash(name, password);
        synchronized (this) {
            if (!users.isEmpty()) {
                throw new UserRefused(
                        Kind.USERS_EXIST,
                        "There are users already.",
                        "Log in, or let an engineer make a user for you.");
            }
            save(Map.of(key(name), new Entry(new User(name, Role.ENGINEER, null), hash)));
        }
    }

    void add(String name, Role role, String password) throws UserRefused, IOException {
        checkName(name);
        PasswordHash hash = hash(name, password);
        synchronized (this) {
            if (users.containsKey(key(name))) {
                throw new UserRefused(
                        Kind.NAME_TAKEN,
                        "There is a user of that name already; capitals do not make a difference.",
                        "Choose another name.");
            }
            if (users.size() >= USERS_MAX) {
                throw new UserRefused(
                        Kind.TOO_MANY,
                        "There are %d users, the most there may be.".formatted(USERS_MAX),
                        "Remove one.");
            }
            Map<String, Entry> more = new LinkedHashMap<>(users);
            more.put(key(name), new Entry(new User(name, role, null), hash));
            saveWithEngineer(more);
        }
    }

    /** @param role null: as it is. @param password null: as it is */
    void change(String name, @Nullable Role role, @Nullable String password) throws UserRefused, IOException {
        PasswordHash hash = password == null ? null : hash(name, password);
        synchronized (this) {
            Entry was = known(name);
            User user = was.user();
            Map<String, Entry> changed = new LinkedHashMap<>(users);
            changed.put(
                    key(name),
                    new Entry(
                            new User(user.name(), role == null ? user.role() : role, user.lastSeen()),
                            hash == null ? was.hash() : hash));
            saveWithEngineer(changed);
        }
    }

    synchronized void remove(String name) throws UserRefused, IOException {
        known(name);
        Map<String, Entry> fewer = new LinkedHashMap<>(users);
        fewer.remove(key(name));
        saveWithEngineer(fewer);
    }

    synchronized void seen(String name, Instant at) throws IOException {
        Entry was = users.get(key(name));
        if (was != null) {
            Map<String, Entry> changed = new LinkedHashMap<>(users);
            User user = new User(was.user().name(), was.user().role(), at.truncatedTo(ChronoUnit.SECONDS));
            changed.put(key(name), new Entry(user, was.hash()));
            save(changed);
        }
    }

    private Entry known(String name) throws UserRefused {
        Entry entry = users.get(key(name));
        if (entry == null) {
            throw new UserRefused(
                    Kind.NO_SUCH_USER, "There is no user of that name.", "'tandem user list' lists the names.");
        }
        return entry;
    }

    private static void checkName(String name) throws UserRefused {
        if (!NAME.matcher(name).matches() || key(name).equals(LOCAL)) {
            throw new UserRefused(
                    Kind.BAD_NAME,
                    "This is no name for a user.",
                    "Use up to 64 letters (A to Z), digits and . _ @ -, a letter or digit first; not '" + LOCAL + "'.");
        }
    }

    private PasswordHash hash(String name, String password) throws UserRefused {
        if (password.length() < PASSWORD_LEAST || password.length() > PASSWORD_MOST) {
            throw badPassword("A password has %d to %d characters.".formatted(PASSWORD_LEAST, PASSWORD_MOST));
        }
        if (key(password).contains(key(name)) || password.chars().distinct().count() < 4) {
            throw badPassword("This password is easily guessed.");
        }
        return PasswordHash.of(password, rounds, random);
    }

    private static UserRefused badPassword(String message) {
        return new UserRefused(
                Kind.BAD_PASSWORD,
                message,
                "Choose a longer one without the user's name; some words in a row will do.");
    }

    private void saveWithEngineer(Map<String, Entry> wanted) throws UserRefused, IOException {
        if (!hasEngineer(wanted)) {
            throw new UserRefused(
                    Kind.LAST_ENGINEER,
                    "There would be no engineer, and nobody who could make users.",
                    "Make somebody else an engineer first.");
        }
        save(wanted);
    }

    private static boolean hasEngineer(Map<String, Entry> users) {
        return users.values().stream().anyMatch(entry -> entry.user().role() == Role.ENGINEER);
    }

    private void save(Map<String, Entry> wanted) throws IOException {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Entry entry : wanted.values()) {
            Map<String, Object> json = new LinkedHashMap<>();
            Instant seen = entry.user().lastSeen();
            json.put("name", entry.user().name());
            json.put("role", entry.user().role().label());
            json.put("password", entry.hash().text());
            json.put("lastSeen", seen == null ? null : seen.toString());
            entries.add(json);
        }
        try {
            OwnFile.replace(
                    file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(Map.of("users", entries)) + "\n");
        } catch (IOException e) {
            throw new IOException("The users cannot be saved (" + FileTrouble.of(e) + ").", e);
        }
        users = wanted;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
