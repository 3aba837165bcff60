package org.tandemopc.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VersionTest {
    @Test
    void versionIsThatOfTheBuild() {
        assertThat(Version.text()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    }

    /** Whoever reports a defect of a build between two versions can say which one. */
    @Test
    void commitIsKnownWhereGitKnowsTheClone() throws InterruptedException {
        Optional<String> commit = Version.commit();
        boolean isKnown = System.getenv("TANDEM_COMMIT") != null || (Files.exists(Path.of("..", ".git")) && gitKnows());

        assertThat(commit.isPresent()).isEqualTo(isKnown);
        assertThat(commit.orElse("0123456789ab")).matches("\\S{1,80}");
    }

    /** It refuses a clone that belongs to somebody else, and there may be no git. */
    private static boolean gitKnows() throws InterruptedException {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "HEAD")
                    .directory(Path.of("..").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return git.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
