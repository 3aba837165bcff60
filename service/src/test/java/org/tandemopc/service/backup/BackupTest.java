package org.tandemopc.service.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.testkit.Requirement;

/** What is kept comes back byte for byte; what somebody made up changes nothing. */
class BackupTest {
    private static final String CONFIG = "version: 1\npairs: [] # ü\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private Path config;

    @BeforeEach
    void prepare() throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
        config = folder.resolve("tandem.yaml");
        Files.writeString(config, CONFIG);
        put("state.json", "{}");
        put("users.json", "users");
        put("pki/own/key.pem", "key");
        put("pki/clients/trusted/a client [3F].der", "der");
        put("saved/1.yaml", "old");
        put("rest.token", "of this run");
        put("rest.port", "of this run");
        put("lock", "");
        put("log/plant1/records-000001.jsonl", "history");
    }

    private void put(String name, String text) throws IOException {
        Path file = data.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Backup taken() throws IOException {
        return new Backup("here", "2026-12-01T00:00:00Z", "1.2.3", CONFIG, DataFiles.read(data));
    }

    @Test
    void folderThatIsALinkIsKeptWithAllThatIsInIt() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), data);

        assertThat(DataFiles.read(link).keySet())
                .isEqualTo(DataFiles.read(data).keySet())
                .contains("state.json", "pki/own/key.pem");
    }

    /** A service that runs puts files away all the time: its logs, and those that take the place of others. */
    @Test
    void filesThatGoMeanwhileAreNoHindrance() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread service = Thread.ofPlatform().start(() -> {
            for (int i = 0; !over.get(); i++) {
                try {
                    put("log/plant1/records-%06d.jsonl".formatted(i), "");
                    put("pki/clients/rejected/%d.der".formatted(i), "der");
                    Files.delete(data.resolve("log/plant1/records-%06d.jsonl".formatted(i)));
                    Files.delete(data.resolve("pki/clients/rejected/%d.der".formatted(i)));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 2_000; i++) {
                assertThat(DataFiles.read(data)).containsKeys("state.json", "users.json");
            }
        } finally {
            over.set(true);
            service.join();
        }
    }

    private Path file() {
        return folder.resolve("backup.zip");
    }

    /** All files of a folder but those of the run, with their texts. */
    private static Map<String, String> files(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path each : walk.filter(Files::isRegularFile).toList()) {
                all.put(root.relativize(each).toString(), Files.readString(each));
            }
        }
        return all;
    }

    @Test
    @Requirement("DEP-2")
    void whatIsKeptComesBackAndWhatWasThereBeforeIsKept() throws IOException {
        BackupFile.write(file(), taken());
        Map<String, String> before = files(data);
        put("state.json", "other");
        put("pki/own/key.pem", "other");
        put("pki/clients/trusted/stranger.der", "der");
        put("later.json", "later");
        put("log/plant1/records-000002.jsonl", "more history");
        Files.writeString(config, "other");

        Path kept = Restore.into(data, config, BackupFile.read(file()));

        Map<String, String> after = files(data);
        after.keySet()
                .removeIf(name -> name.startsWith("before-restore") || name.equals("log/plant1/records-000002.jsonl"));
        assertThat(after).isEqualTo(before);
        assertThat(Files.readString(config)).isEqualTo(CONFIG);
        assertThat(Files.readString(kept.resolve("tandem.yaml"))).isEqualTo("other");
        assertThat(files(kept))
                .containsEntry("pki/own/key.pem", "other")
                .containsEntry("later.json", "later")
                .doesNotContainKey("rest.token");
        assertThat(data.resolve("log/plant1/records-000002.jsonl")).exists();
        assertThat(data.resolve("restore.new")).doesNotExist();
    }

    @Test
    void fileIsForItsOwnerOnlyAndHoldsNothingOfTheRun() throws IOException {
        BackupFile.write(file(), taken());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(BackupFile.read(file()).data())
                .containsOnlyKeys(
                        "state.json",
                        "users.json",
                        "pki/own/key.pem",
                        "pki/clients/trusted/a client [3F].der",
                        "saved/1.yaml");
        assertThatThrownBy(() -> BackupFile.write(file(), taken())).hasMessageContaining("is there already");
    }

    @Test
    void whatComesBackIsForItsOwnerOnly() throws IOException {
        Restore.into(data, config, taken());

        for (String name : new String[] {"pki/own/key.pem", "users.json"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("pki"))))
                .isEqualTo("rwx------");
    }

    /** A link in the data folder could lead to any file of the machine. */
    @Test
    void linksAreNotFollowed() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.createSymbolicLink(data.resolve("link"), secret);

        assertThat(DataFiles.read(data)).doesNotContainKey("link");
    }

    /** A ZIP with a list that fits, whatever its entries are. */
    private void made(Map<String, byte[]> entries, @Nullable String format) throws Exception {
        StringBuilder list = new StringBuilder();
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(entry.getValue()));
            list.append(list.isEmpty() ? "" : ",")
                    .append("\"%s\":{\"bytes\":%d,\"sha256\":\"%s\"}"
                            .formatted(entry.getKey().replace("\\", "\\\\"), entry.getValue().length, hash));
        }
        try (OutputStream out = Files.newOutputStream(file());
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("manifest.json"));
            zip.write("{\"format\":%s,\"files\":{%s}}".formatted(format, list).getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
    }

    private static Map<String, byte[]> entries() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("tandem.yaml", CONFIG.getBytes(StandardCharsets.UTF_8));
        return entries;
    }

    /** Zip slip, and names that some system takes for another place. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "data/../evil",
                "data/pki/../../evil",
                "../evil",
                "/etc/evil",
                "evil",
                "data//evil",
                "data/",
                "data/C:/evil",
                "data/a\\..\\..\\evil",
                "data/evil ",
                "data/rest.token",
                "data/lock",
                "data/log/plant1/records-000001.jsonl",
                "data/before-restore/x",
                "data/1/2/3/4/5/6/7/8/9"
            })
    void nameThatLeadsElsewhereIsRefused(String name) throws Exception {
        Map<String, byte[]> entries = entries();
        entries.put(name, new byte[] {1});
        made(entries, "1");

        assertThatThrownBy(() -> BackupFile.read(file()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no name of a file of a backup");
    }

    /** A bomb: a thousand times smaller in the file than when it is read. */
    @Test
    void whatIsMoreThanABackupCanBeIsRefusedWhileItIsRead() throws Exception {
        Map<String, byte[]> entries = entries();
        entries.put("data/bomb", new byte[(int) Backup.FILE_BYTES_MAX + 1]);
        made(entries, "1");
        assertThat(Files.size(file())).isLessThan(100_000);

        assertThatThrownBy(() -> BackupFile.read(file())).hasMessageContaining("more than 64 MB");

        entries.remove("data/bomb");
        for (int i = 0; i < 5; i++) {
            entries.put("data/bomb" + i, new byte[(int) Backup.FILE_BYTES_MAX - 1]);
        }
        made(entries, "1");
        assertThatThrownBy(() -> BackupFile.read(file())).hasMessageContaining("more than 64 MB");
    }

    @Test
    void fileOfAnotherFormatOrWithoutAConfigurationIsRefused() throws Exception {
        made(entries(), "2");
        assertThatThrownBy(() -> BackupFile.read(file())).hasMessageContaining("format is not known");

        made(Map.of("data/a", new byte[] {1}), "1");
        assertThatThrownBy(() -> BackupFile.read(file())).hasMessageContaining("has no tandem.yaml");

        Files.writeString(file(), "version: 1");
        assertThatThrownBy(() -> BackupFile.read(file())).hasMessageContaining("no backup of Tandem");
    }

    /** Each byte that is changed, and each that is missing at the end, is either noticed or means nothing. */
    @Test
    void damagedFileIsRefusedOrSaysTheSame() throws Exception {
        Backup backup = taken();
        BackupFile.write(file(), backup);
        byte[] whole = Files.readAllBytes(file());
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x21;
            Files.write(file(), damaged);
            try {
                Backup read = BackupFile.read(file());
                assertThat(read.config()).isEqualTo(CONFIG);
                assertThat(read.data().keySet()).isEqualTo(backup.data().keySet());
                read.data()
                        .forEach((name, bytes) ->
                                assertThat(bytes).isEqualTo(backup.data().get(name)));
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("backup.zip");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 3);
    }

    /** The second of the two cannot be written: the first is back. */
    @Test
    void restoreThatFailsLeavesEverythingAsItWas() throws IOException {
        Backup backup = new Backup("here", "", "", CONFIG, Map.of("state.json", new byte[] {1}));
        // A folder in the place of the configuration: its place cannot be taken.
        Path impossible = folder.resolve("folder/tandem.yaml");
        Files.createDirectories(impossible.resolve("x"));
        Map<String, String> before = files(data);

        assertThatThrownBy(() -> Restore.into(data, impossible, backup)).isInstanceOf(IOException.class);

        Map<String, String> after = files(data);
        after.keySet().removeIf(name -> name.startsWith("before-restore"));
        assertThat(after).isEqualTo(before);
    }

    /** After each step of it on the disk, all is as before or all is as in the backup, once somebody has looked. */
    @Test
    @Requirement("DEP-2")
    void restoreWhoseProcessEndsOnTheWayIsTakenBackOrDone(@TempDir Path elsewhere) throws IOException {
        BackupFile.write(file(), taken());
        change();
        Map<String, String> before = files(data);

        List<Path> copies = restored(elsewhere);

        Map<String, String> done = withoutKept(files(data));
        assertThat(copies).hasSizeGreaterThan(8);
        int undone = 0;
        for (Path copy : copies) {
            Path its = copy.resolve("data");
            boolean isOld = Files.readString(copy.resolve("tandem.yaml")).equals("other");
            boolean isTakenBack = Restore.takeBackUnfinished(its);
            undone += isTakenBack ? 1 : 0;
            Map<String, String> now = withoutKept(files(its));
            now.keySet().removeIf(name -> name.startsWith("restore.new"));
            assertThat(now).as(copy.toString()).isEqualTo(isOld ? before : done);
            assertThat(isTakenBack).as(copy.toString()).isEqualTo(isOld && Files.notExists(its.resolve("restore.new")));
        }
        assertThat(undone).isGreaterThan(6);
    }

    /** Nor is that a step too far if it ends on the way as well. */
    @Test
    @Requirement("DEP-2")
    void takingBackMayEndOnTheWayAsWell(@TempDir Path elsewhere) throws IOException {
        BackupFile.write(file(), taken());
        change();
        Map<String, String> before = files(data);
        List<Path> copies = restored(elsewhere);
        Path last = copies.get(copies.size() - 2);
        List<Path> second = new ArrayList<>();

        assertThat(Restore.takeBackUnfinished(
                        last.resolve("data"),
                        () -> second.add(copied(last, elsewhere.resolve("two-" + second.size())))))
                .isTrue();

        assertThat(second).hasSizeGreaterThan(8);
        for (Path copy : second) {
            Path its = copy.resolve("data");
            Restore.takeBackUnfinished(its);
            assertThat(withoutKept(files(its))).as(copy.toString()).isEqualTo(before);
        }
    }

    private void change() throws IOException {
        put("state.json", "other");
        put("pki/own/key.pem", "other");
        put("later.json", "later");
        Files.delete(data.resolve("users.json"));
        Files.writeString(config, "other");
    }

    /** @return what was there after each step */
    private List<Path> restored(Path elsewhere) throws IOException {
        List<Path> copies = new ArrayList<>();
        Restore.into(
                data,
                config,
                BackupFile.read(file()),
                () -> copies.add(copied(folder, elsewhere.resolve("one-" + copies.size()))));
        return copies;
    }

    private static Map<String, String> withoutKept(Map<String, String> files) {
        files.keySet().removeIf(name -> name.startsWith("before-restore"));
        return files;
    }

    /** The configuration, new and old, and the data folder, as they are now. */
    private static Path copied(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
            Path begun = to.resolve("data/restore.new/begun");
            if (Files.exists(begun)) {
                Files.writeString(begun, to.resolve("tandem.yaml.new").toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return to;
    }
}
