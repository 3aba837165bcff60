package org.tandemopc.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTroubleTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** The JDK's own messages are the name of the file, and no more. */
    @Test
    void whatIsWrongIsSaidBesideTheFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(FileTrouble.of(new AccessDeniedException("/etc/x"))).isEqualTo("/etc/x: permission denied");
        assertThat(FileTrouble.of(new AccessDeniedException(null))).isEqualTo("permission denied");
        assertThat(trouble(() -> Files.readString(folder.resolve("none"))))
                .isEqualTo(folder.resolve("none") + ": no such file or folder");
        assertThat(trouble(() -> Files.createDirectories(file)))
                .isEqualTo(file + ": something else of that name is there");
        assertThat(trouble(() -> Files.newDirectoryStream(file))).isEqualTo(file + ": not a folder");
    }

    @Test
    void bytesThatAreNoTextAreNotCountedButNamed() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[] {(byte) 0xC3, 0x28});

        assertThat(trouble(() -> Files.readString(file))).isEqualTo("not text in UTF-8");
    }

    @Test
    void whatHasWordsOfItsOwnKeepsThem() {
        assertThat(FileTrouble.of(new FileSystemException("/d/f", null, "No space left on device")))
                .isEqualTo("/d/f: No space left on device");
        assertThat(FileTrouble.of(new IOException("planted"))).isEqualTo("planted");
        assertThat(FileTrouble.of(new IOException())).isEqualTo("java.io.IOException");
    }

    @Test
    void sentenceThatHasTheFileNeedNotHaveItTwice() {
        assertThat(FileTrouble.why(new AccessDeniedException("/etc/x"))).isEqualTo("permission denied");
        assertThat(FileTrouble.why(new FileSystemException("/d/f", null, "No space left on device")))
                .isEqualTo("No space left on device");
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static String trouble(Attempt attempt) {
        return FileTrouble.of(catchThrowableOfType(IOException.class, attempt::run));
    }
}
