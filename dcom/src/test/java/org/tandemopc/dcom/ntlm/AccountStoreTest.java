package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.rpc.AuthLevel;

class AccountStoreTest {
    private static final char[] SECRET = "Secret1!".toCharArray();
    private static final NtHash HASH = NtHash.of(SECRET);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Path file = Path.of("");
    private Path keyFile = Path.of("");

    @BeforeEach
    void place() {
        file = folder.resolve("accounts");
        keyFile = folder.resolve("accounts.key");
    }

    private AccountStore open() throws IOException {
        return AccountStore.open(file);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file);
    }

    @Test
    void accountIsAddedFoundListedVerifiedAndRemoved() throws IOException {
        AccountStore store = open();
        assertThat(store.names()).isEmpty();
        assertThat(Files.exists(file)).isFalse();

        store.add("Opc", SECRET);
        store.add("PLANT\\grün", "other".toCharArray());

        for (AccountStore each : List.of(store, open())) {
            assertThat(each.names()).containsExactly("Opc", "PLANT\\grün");
            assertThat(each.problems()).isEmpty();
            assertThat(each.find("ANY", "oPC")).contains(HASH);
            assertThat(each.verify("OPC", SECRET)).isTrue();
            assertThat(each.verify("OPC", "Secret1".toCharArray())).isFalse();
            assertThat(each.verify("nobody", SECRET)).isFalse();
        }
        assertThat(store.remove("OPC")).isTrue();
        assertThat(store.remove("OPC")).isFalse();
        assertThat(open().names()).containsExactly("PLANT\\grün");
        assertThat(open().find("ANY", "opc")).isEmpty();
    }

    /** An account of a domain goes before one of the same name without; and is nobody's of another domain. */
    @Test
    void accountOfADomainIsForThatDomain() throws IOException {
        AccountStore store = open();
        char[] other = "other".toCharArray();
        store.add("PLANT\\opc", other);
        assertThat(store.find("OFFICE", "opc")).isEmpty();
        store.add("opc", SECRET);

        assertThat(store.find("plant", "OPC")).contains(NtHash.of(other));
        assertThat(store.find("OFFICE", "opc")).contains(HASH);
        assertThat(store.find("", "opc@plant")).contains(NtHash.of(other));
        assertThat(store.find("", "opc@office")).contains(HASH);
    }

    @Test
    void addingAgainGivesAnotherPassword() throws IOException {
        AccountStore store = open();
        store.add("opc", "old".toCharArray());
        store.add("OPC", SECRET);

        assertThat(open().names()).containsExactly("OPC");
        assertThat(open().verify("opc", SECRET)).isTrue();
    }

    @Test
    void serverAcceptsWhoIsInTheStore() throws IOException {
        AccountStore store = open();
        store.add("opc", SECRET);
        NtlmInitiator initiator =
                new NtlmInitiator(NtlmClientSettings.of("STATION"), NtlmCredentials.of("PLANT\\opc", SECRET));
        NtlmAcceptor acceptor = new NtlmAcceptor(NtlmServerSettings.of("TANDEM"), store);

        assertThat(Wire.login(initiator.spnego(AuthLevel.PKT_PRIVACY), acceptor.spnego(AuthLevel.PKT_PRIVACY))
                        .isLogin())
                .isTrue();
        store.remove("opc");
        assertThat(Wire.login(initiator.ntlm(AuthLevel.PKT_PRIVACY), acceptor.ntlm(AuthLevel.PKT_PRIVACY))
                        .reason())
                .isEqualTo("account: there is no user PLANT\\opc");
    }

    /** Neither hash nor key is in the file, in octets, hexadecimal or Base64; and the same password is sealed differently. */
    @Test
    void hashesAreSealedAtRest() throws IOException {
        AccountStore store = open();
        store.add("one", SECRET);
        store.add("two", SECRET);

        byte[] content = Files.readAllBytes(file);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        byte[] hash = HASH.octets();
        assertThat(text).doesNotContain(new String(hash, StandardCharsets.ISO_8859_1));
        assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain(HexFormat.of().formatHex(hash));
        assertThat(text).doesNotContain(Base64.getEncoder().encodeToString(hash).substring(0, 20));
        assertThat(text).doesNotContain(Files.readString(keyFile).strip());
        for (String line : lines().subList(2, 4)) {
            byte[] sealed = Base64.getDecoder().decode(line.substring(0, line.indexOf(' ')));
            assertThat(sealed).hasSize(NtHash.BYTES + AccountKey.OVERHEAD_BYTES);
            assertThat(new String(sealed, StandardCharsets.ISO_8859_1))
                    .doesNotContain(new String(hash, 0, 4, StandardCharsets.ISO_8859_1));
        }
        assertThat(lines().get(2).substring(0, 40)).isNotEqualTo(lines().get(3).substring(0, 40));
    }

    @Test
    void everyFileIsForItsOwnerAloneAndNoneIsLeftOver() throws IOException {
        open().add("opc", SECRET);

        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all)
                    .extracting(path -> folder.relativize(path).toString())
                    .containsExactlyInAnyOrder("accounts", "accounts.key", "accounts.lock");
            for (Path each : all) {
                assertThat(Files.getPosixFilePermissions(each)).isEqualTo(SecretFiles.PERMISSIONS);
            }
        }
    }

    @Nested
    class Unusable {
        @Test
        void otherKeyIsToldFromADamagedFile() throws IOException {
            open().add("opc", SECRET);
            Files.writeString(keyFile, Base64.getEncoder().encodeToString(new byte[32]));

            assertThatThrownBy(() -> open())
                    .isInstanceOf(AccountsException.class)
                    .hasMessage(file + ":2: the accounts are sealed with another key than " + keyFile
                            + ". Put their key there, or remove both files and add the accounts again.");
        }

        @Test
        void missingKeyIsNotReplacedByANewOne() throws IOException {
            open().add("opc", SECRET);
            Files.delete(keyFile);

            assertThatThrownBy(() -> open())
                    .isInstanceOf(AccountsException.class)
                    .hasMessageContaining("the key of " + file + " is not there. Put it back");
            assertThat(Files.exists(keyFile)).isFalse();
        }

        @Test
        void keyThatOthersMayReadIsRefused() throws IOException {
            open().add("opc", SECRET);
            Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r-----"));

            assertThatThrownBy(() -> open())
                    .isInstanceOf(AccountsException.class)
                    .hasMessageContaining("others may open the key (rw-r-----). Run chmod 600");
        }

        @Test
        void eachOtherDefectIsNamedWithItsPlace() throws IOException {
            open().add("opc", SECRET);
            byte[] good = Files.readAllBytes(file);
            String key = Files.readString(keyFile);

            Files.writeString(file, "something else\n");
            assertUnusable(file + ":1: this is not a file of accounts");
            Files.writeString(file, "");
            assertUnusable(file + ":1: this is not a file of accounts");
            Files.writeString(file, "tandem-accounts 1\n");
            assertUnusable(file + ":2: the check of the key is damaged");
            Files.write(file, new byte[] {(byte) 0xC3, 0x28});
            assertUnusable(file + ": the file is not UTF-8");
            Files.write(file, new byte[AccountFile.BYTES_MAX + 1]);
            assertUnusable(file + ": the file has more than 4194304 octets");
            Files.write(file, good);
            for (String bad : List.of("", "short", key.substring(2), key + key)) {
                Files.writeString(keyFile, bad);
                assertUnusable(keyFile + ": this is not a key");
            }
            Files.writeString(keyFile, key);
            assertThat(open().names()).containsExactly("opc");
        }

        private void assertUnusable(String message) {
            assertThatThrownBy(() -> open())
                    .isInstanceOf(AccountsException.class)
                    .hasMessageStartingWith(message);
        }
    }

    @Nested
    class Damaged {
        /** Each costs its own account, is named with its line and a remedy, and stays in the file. */
        @Test
        void damagedEntryCostsItselfAlone() throws IOException {
            AccountStore store = open();
            for (String name : List.of("one", "two", "three")) {
                store.add(name, SECRET);
            }
            List<String> lines = new ArrayList<>(lines());
            String two = lines.get(3);
            lines.set(3, (two.charAt(0) == 'A' ? "B" : "A") + two.substring(1));
            lines.add(4, "what is this");
            lines.add(lines.get(2));
            Files.write(file, lines);

            assertThat(store.problems())
                    .extracting(AccountStore.Problem::toString)
                    .containsExactly(
                            file + ":4: the account two is damaged and cannot log in. Add it again.",
                            file
                                    + ":5: this is not an account. Remove the line, and add the account again that it was.",
                            file + ":7: there is a second account one, which is not used. Remove the line.");
            assertThat(store.names()).containsExactly("one", "two", "three");
            assertThat(store.find("", "one")).contains(HASH);
            assertThat(store.find("", "two")).isEmpty();
            assertThat(store.verify("two", SECRET)).isFalse();
            assertThat(store.find("", "three")).contains(HASH);

            store.add("two", SECRET);
            assertThat(store.find("", "two")).contains(HASH);
            assertThat(lines()).contains("what is this");
            store.remove("one");
            assertThat(store.problems()).singleElement().asString().contains("this is not an account");
        }

        /** Whoever may write the file cannot give one account the password of another. */
        @Test
        void hashIsSealedForItsName() throws IOException {
            AccountStore store = open();
            store.add("admin", "unknown".toCharArray());
            store.add("guest", SECRET);
            List<String> lines = new ArrayList<>(lines());
            lines.set(2, lines.get(3).replace(" guest", " admin"));
            Files.write(file, lines);

            assertThat(store.find("", "admin")).isEmpty();
            assertThat(store.problems()).singleElement().asString().contains("the account admin is damaged");
        }
    }

    /** By the command of a person, in another process. */
    @Test
    void changeFromOutsideCountsFromTheNextLogin() throws IOException {
        AccountStore serving = open();
        AccountStore command = open();

        command.add("opc", SECRET);
        assertThat(serving.find("", "opc")).contains(HASH);
        command.add("opc", "new".toCharArray());
        assertThat(serving.find("", "opc")).contains(NtHash.of("new".toCharArray()));
        command.remove("opc");
        assertThat(serving.find("", "opc")).isEmpty();
    }

    /** A slip of the hand on the file stops nobody who could log in before; a new start says what is wrong. */
    @Test
    void unreadableFileLeavesTheAccountsAsTheyWere() throws IOException {
        AccountStore serving = open();
        serving.add("opc", SECRET);
        byte[] good = Files.readAllBytes(file);

        Files.writeString(file, "slip\n");
        assertThat(serving.find("", "opc")).contains(HASH);
        assertThatThrownBy(() -> serving.add("other", SECRET)).isInstanceOf(AccountsException.class);
        assertThat(Files.readString(file)).isEqualTo("slip\n");
        Files.write(file, good);
        serving.add("other", SECRET);
        assertThat(open().names()).containsExactly("opc", "other");
    }

    @Test
    void namesAndPasswordsThatCannotBeAreRefused() throws IOException {
        AccountStore store = open();
        for (String name : List.of("", "a\\b\\c", "\\opc", "PLANT\\", " opc", "o\npc", "o\u2028pc", "x".repeat(257))) {
            assertThatThrownBy(() -> store.add(name, SECRET))
                    .describedAs(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the name ");
        }
        assertThatThrownBy(() -> store.add("opc", new char[0])).isInstanceOf(IllegalArgumentException.class);
        assertThat(Files.exists(file)).isFalse();
    }

    /** Two stores on one file, as of two processes: no account is lost, and whoever comes at the wrong moment is told. */
    @Test
    void changesAtTheSameTimeLoseNothing() throws IOException, InterruptedException, ExecutionException {
        int each = 15;
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> added = new ArrayList<>();
            for (int n = 0; n < 2; n++) {
                String prefix = "user" + n + "-";
                AccountStore store = open();
                added.add(threads.submit(() -> {
                    go.await();
                    int done = 0;
                    for (int k = 0; k < each; k++) {
                        done += isAdded(store, prefix + k) ? 1 : 0;
                    }
                    return done;
                }));
            }
            go.countDown();
            int all = added.get(0).get() + added.get(1).get();
            assertThat(all).isPositive();
            assertThat(open().names()).hasSize(all);
            assertThat(open().problems()).isEmpty();
        }
    }

    private static boolean isAdded(AccountStore store, String name) throws IOException {
        try {
            store.add(name, SECRET);
            return true;
        } catch (AccountsException e) {
            assertThat(e).hasMessageContaining("the accounts are being changed. Try again.");
            return false;
        }
    }

    @Test
    void keyMayBeInAnotherPlace() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("keys")).resolve("k");
        AccountStore.open(file, elsewhere).add("opc", SECRET);

        assertThat(Files.exists(keyFile)).isFalse();
        assertThat(AccountStore.open(file, elsewhere).find("", "opc")).isEqualTo(Optional.of(HASH));
        assertThat(Bytes.of(Base64.getDecoder()
                                .decode(Files.readString(elsewhere).strip()))
                        .size())
                .isEqualTo(AccountKey.KEY_BYTES);
    }

    /** Ten thousand are read in a moment and one more is refused. */
    @Test
    void numberOfAccountsIsBounded() throws IOException {
        AccountStore store = open();
        store.add("first", SECRET);
        AccountKey key = new AccountKey(
                Base64.getDecoder().decode(Files.readString(keyFile).strip()));
        List<String> lines = new ArrayList<>(lines());
        for (int n = 1; n <= AccountFile.ACCOUNTS_MAX; n++) {
            String name = "USER" + n;
            lines.add(Base64.getEncoder().encodeToString(key.seal(HASH.octets(), name)) + " " + name);
        }
        Files.write(file, lines);

        assertThat(store.names()).hasSize(AccountFile.ACCOUNTS_MAX);
        assertThat(store.problems()).singleElement().asString().contains("there are more than 10000 accounts");
        assertThat(store.find("", "USER9999")).contains(HASH);
        assertThat(store.find("", "USER10000")).isEmpty();
        assertThatThrownBy(() -> store.add("another", SECRET)).hasMessageContaining("there are 10000 accounts");
        store.add("USER5", "new".toCharArray());
        assertThat(store.verify("user5", "new".toCharArray())).isTrue();
    }
}
