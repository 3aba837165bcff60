package org.tandemopc.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsedKeysTest {
    private static final String KEY = "pki/own/front.key";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void oneThatStartsGetsTheKeysOfOneThatHasEndedAndNoneOfThoseThatRun() throws IOException {
        UsedKeys first = started("127.0.0.9", "one");
        assertThat(folder.resolve("one").resolve(KEY)).as("nobody has ended").doesNotExist();
        make("one", "a secret");
        first.remember();
        UsedKeys second = started("127.0.0.9", "two");
        assertThat(folder.resolve("two").resolve(KEY)).as("the first one runs").doesNotExist();

        first.handOn();
        UsedKeys third = started("127.0.0.9", "three");
        started("127.0.0.9", "four");

        assertThat(folder.resolve("three").resolve(KEY)).hasContent("a secret");
        assertThat(Files.getPosixFilePermissions(folder.resolve("three").resolve(KEY)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(folder.resolve("four").resolve(KEY))
                .as("the third one has them")
                .doesNotExist();
        second.remember();
        second.handOn();
        started("127.0.0.9", "five");
        assertThat(folder.resolve("five").resolve(KEY))
                .as("the second one made none")
                .doesNotExist();
        third.handOn();
    }

    @Test
    void keysStayWithTheAddressThatTheirCertificatesName() throws IOException {
        UsedKeys first = started("127.0.0.10", "one");
        make("one", "a secret");
        first.remember();
        first.handOn();

        started("127.0.0.11", "two");
        started("127.0.0.10", "three");

        assertThat(folder.resolve("two").resolve(KEY)).doesNotExist();
        assertThat(folder.resolve("three").resolve(KEY)).exists();
    }

    private UsedKeys started(String address, String data) {
        return new UsedKeys(address, folder.resolve(data));
    }

    private void make(String data, String secret) throws IOException {
        Path key = folder.resolve(data).resolve(KEY);
        Files.createDirectories(key.getParent());
        Files.writeString(key, secret);
    }
}
