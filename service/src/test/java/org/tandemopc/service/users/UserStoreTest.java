package org.tandemopc.service.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.service.users.UserRefused.Kind;

class UserStoreTest {
    private static final String PASSWORD = "four words in a row";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private UserStore store;

    @BeforeEach
    void open() throws IOException {
        store = again();
    }

    private UserStore again() throws IOException {
        return UserStore.open(file(), 100);
    }

    private Path file() {
        return folder.resolve(Accounts.USERS_FILE);
    }

    @Test
    void thereIsNoUserAndNoPasswordUntilSomebodyMakesOne() {
        assertThat(store.isEmpty()).isTrue();
        assertThat(file()).doesNotExist();
        for (String name : new String[] {"admin", "root", "tandem", "local", ""}) {
            for (String password : new String[] {"admin", "", "tandem", "password"}) {
                assertThat(store.check(name, password)).isEmpty();
            }
        }
    }

    @Test
    void usersOutliveTheProcessInAFileForItsOwnerOnlyWithoutTheirPasswords() throws Exception {
        store.addFirst("anna", PASSWORD);
        store.add("ben", Role.VIEWER, "other words in a row");
        store.seen("ben", Instant.parse("2026-11-30T10:00:00Z"));

        UserStore read = again();

        assertThat(read.users())
                .containsExactly(
                        new UserStore.User("anna", Role.ENGINEER, null),
                        new UserStore.User("ben", Role.VIEWER, Instant.parse("2026-11-30T10:00:00Z")));
        assertThat(read.check("anna", PASSWORD)).isPresent();
        assertThat(read.check("ANNA", PASSWORD)).as("capitals in names").isPresent();
        assertThat(read.check("anna", PASSWORD.toUpperCase(java.util.Locale.ROOT)))
                .isEmpty();
        assertThat(Files.readString(file())).doesNotContain(PASSWORD).contains("pbkdf2-sha512:100:");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void roundsOfARealServiceAreAsManyAsIsAdvised() {
        assertThat(PasswordHash.ROUNDS).isGreaterThanOrEqualTo(210_000);
        assertThat(PasswordHash.of("a", 7, new SecureRandom()).text()).startsWith("pbkdf2-sha512:7:");
    }

    @Test
    void samePasswordHasAnotherHashEachTime() {
        SecureRandom random = new SecureRandom();

        assertThat(PasswordHash.of(PASSWORD, 10, random).text())
                .isNotEqualTo(PasswordHash.of(PASSWORD, 10, random).text());
    }

    @Test
    void fileThatOthersMayReadIsNotUsed() throws Exception {
        store.addFirst("anna", PASSWORD);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(this::again).isInstanceOf(IOException.class).hasMessageContaining("chmod 600");
    }

    /** Whoever can spoil the file must not be able to make the first user anew. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"users\":[]}",
                "{\"users\":[{\"name\":\"anna\",\"role\":\"engineer\",\"password\":\"plain\"}]}",
                "{\"users\":[{\"name\":\"anna\",\"role\":\"king\",\"password\":\"x\"}]}",
                "{\"us"
            })
    void damagedFileIsNotTakenForNoUsers(String text) throws Exception {
        store.addFirst("anna", PASSWORD);
        Files.writeString(file(), text);

        assertThatThrownBy(this::again).isInstanceOf(IOException.class).hasMessageContaining("cannot be read");
    }

    @Test
    void lastEngineerCanBeNeitherRemovedNorLowered() throws Exception {
        store.addFirst("anna", PASSWORD);
        store.add("ben", Role.OPERATOR, PASSWORD);

        assertThat(refusal(() -> store.remove("anna"))).isEqualTo(Kind.LAST_ENGINEER);
        assertThat(refusal(() -> store.change("anna", Role.OPERATOR, null))).isEqualTo(Kind.LAST_ENGINEER);
        store.change("ben", Role.ENGINEER, null);
        store.remove("anna");

        assertThat(again().users()).extracting(UserStore.User::name).containsExactly("ben");
    }

    @Test
    void firstUserIsAnEngineerAndThereIsOneFirst() throws Exception {
        assertThat(refusal(() -> store.add("ben", Role.VIEWER, PASSWORD))).isEqualTo(Kind.LAST_ENGINEER);
        store.addFirst("anna", PASSWORD);

        assertThat(refusal(() -> store.addFirst("mallory", PASSWORD))).isEqualTo(Kind.USERS_EXIST);
    }

    @ParameterizedTest
    @CsvSource({
        "'', BAD_NAME",
        "local, BAD_NAME",
        "Local, BAD_NAME",
        "a b, BAD_NAME",
        "<b>, BAD_NAME",
        "../x, BAD_NAME",
        "Anna, NAME_TAKEN"
    })
    void nameThatWillNotDoIsRefused(String name, Kind kind) throws Exception {
        store.addFirst("anna", PASSWORD);

        assertThat(refusal(() -> store.add(name, Role.VIEWER, PASSWORD))).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ninechars", "benjamin99ben", "aaaaaaaaaaaa"})
    void passwordThatIsShortOrPlainIsRefused(String password) {
        assertThat(refusal(() -> store.addFirst("ben", password))).isEqualTo(Kind.BAD_PASSWORD);
        assertThat(store.isEmpty()).isTrue();
    }

    @Test
    void usersAreBounded() throws Exception {
        store.addFirst("anna", PASSWORD);
        for (int i = 1; i < UserStore.USERS_MAX; i++) {
            store.add("user" + i, Role.VIEWER, PASSWORD);
        }

        assertThat(refusal(() -> store.add("more", Role.VIEWER, PASSWORD))).isEqualTo(Kind.TOO_MANY);
    }

    private static Kind refusal(ThrowingCallable change) {
        try {
            change.call();
        } catch (UserRefused e) {
            return e.kind();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it was done");
    }
}
