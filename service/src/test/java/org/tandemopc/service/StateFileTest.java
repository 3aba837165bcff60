package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.testkit.Requirement;

class StateFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void enablingAndPinningSurviveARestart() throws IOException {
        Path file = folder.resolve("state.json");
        StateFile before = StateFile.read(file);
        before.saveEnabled("plant1", true);
        before.savePin("plant1", OptionalInt.of(1));
        before.saveEnabled("plant2", false);

        StateFile after = StateFile.read(file);

        assertThat(after.isEnabled("plant1")).isTrue();
        assertThat(after.pinned("plant1")).hasValue(1);
        assertThat(after.knows("plant2")).isTrue();
        assertThat(after.isEnabled("plant2")).isFalse();
        assertThat(after.knows("plant3")).isFalse();
        assertThat(after.trouble()).isNull();
    }

    @Test
    void releasedPinIsForgotten() throws IOException {
        StateFile file = StateFile.read(folder.resolve("state.json"));
        file.savePin("plant1", OptionalInt.of(1));
        file.savePin("plant1", OptionalInt.empty());

        assertThat(StateFile.read(folder.resolve("state.json")).pinned("plant1"))
                .isEmpty();
    }

    @Test
    void brokenFileEnablesNothingAndSaysSo() throws IOException {
        Path file = folder.resolve("state.json");
        Files.writeString(file, "{\"version\":1,\"pairs\":{\"plant1\":{\"enab");

        StateFile read = StateFile.read(file);

        assertThat(read.isEnabled("plant1")).isFalse();
        assertThat(read.trouble()).contains("state.json");
    }

    /** Who corrects it by hand finds it; what is saved later is not put aside. */
    @Test
    void brokenFileStaysBesideTheOneThatTakesItsPlace() throws IOException {
        Path file = folder.resolve("state.json");
        Files.writeString(file, "broken");
        StateFile read = StateFile.read(file);

        read.saveEnabled("plant1", true);
        read.saveEnabled("plant2", true);

        assertThat(folder.resolve("state.json.unreadable")).hasContent("broken");
        StateFile after = StateFile.read(file);
        assertThat(after.isEnabled("plant1")).isTrue();
        assertThat(after.isEnabled("plant2")).isTrue();
    }

    @Test
    @Requirement("S23")
    void saveThatFailsChangesNothing() throws IOException {
        Path inTheWay = folder.resolve("data");
        StateFile file = StateFile.read(inTheWay.resolve("state.json"));
        file.saveEnabled("plant1", true);
        Files.delete(inTheWay.resolve("state.json"));
        Files.delete(inTheWay);
        Files.writeString(inTheWay, "no folder");

        assertThatThrownBy(() -> file.saveEnabled("plant1", false)).isInstanceOf(IOException.class);

        assertThat(file.isEnabled("plant1")).isTrue();
    }

    @Test
    void dataFolderIsHeldByOneServiceAtATime() throws IOException {
        Path data = folder.resolve("data");
        try (DataFolder _ = DataFolder.hold(data)) {
            assertThatThrownBy(() -> DataFolder.hold(data)).hasMessageContaining("in use by another Tandem");
        }
        try (DataFolder again = DataFolder.hold(data)) {
            assertThat(again.path()).isEqualTo(data);
        }
    }
}
