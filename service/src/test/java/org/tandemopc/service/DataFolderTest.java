package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose folder it is. A file of root's proves nothing, so that where the tests are root's the folder is given away. */
class DataFolderTest {
    private static final String UID = "unix:uid";
    private static final int ROOT = 0;
    private static final int SOMEBODY = 12_345;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private int owner;

    @BeforeEach
    void giveAway() throws IOException {
        owner = ownerOf(folder);
        if (owner == ROOT) {
            Files.setAttribute(folder, UID, SOMEBODY);
            owner = SOMEBODY;
        }
    }

    @Test
    void folderOfAnotherUserIsRefusedAndOnesOwnIsNot() {
        assertThatThrownBy(() -> DataFolder.refuseOfAnotherUser(folder, owner + 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Run the command as that user");
        assertThatThrownBy(() -> DataFolder.refuseOfAnotherUser(folder, ROOT)).isInstanceOf(IOException.class);
        assertThatCode(() -> DataFolder.refuseOfAnotherUser(folder, owner)).doesNotThrowAnyException();
    }

    /** A volume belongs to root, and what the service made there to the service. */
    @Test
    void whoMadeTheLockCountsBeforeWhoMadeTheFolder() throws IOException {
        Path lock = Files.createFile(folder.resolve("lock"));
        int maker = ownerOf(lock);

        assertThatCode(() -> DataFolder.refuseOfAnotherUser(folder, maker)).doesNotThrowAnyException();
    }

    @Test
    void folderThatIsNotThereYetAndOneOfRootAreNobodysElse() {
        assertThatCode(() -> DataFolder.refuseOfAnotherUser(folder.resolve("none"), owner + 1))
                .doesNotThrowAnyException();
        assertThatCode(() -> DataFolder.refuseOfAnotherUser(Path.of("/"), owner + 1))
                .doesNotThrowAnyException();
    }

    @Test
    void whatAServiceOfAnotherUserHasHeldIsNotTakenFromIt() throws IOException {
        assertThatCode(() -> DataFolder.refuseHeldByAnotherUser(folder, owner + 1))
                .as("nobody has held it yet")
                .doesNotThrowAnyException();
        Path lock = Files.createFile(folder.resolve("lock"));
        if (ownerOf(lock) == ROOT) {
            Files.setAttribute(lock, UID, SOMEBODY);
            assertThatThrownBy(() -> DataFolder.hold(folder)).hasMessageContaining("Run it as that user");
        }
        int holder = ownerOf(lock);

        assertThatThrownBy(() -> DataFolder.refuseHeldByAnotherUser(folder, holder + 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Run it as that user");
        assertThatCode(() -> DataFolder.refuseHeldByAnotherUser(folder, holder)).doesNotThrowAnyException();
    }

    private static int ownerOf(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, UID);
    }
}
