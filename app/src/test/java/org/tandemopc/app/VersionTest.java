package org.tandemopc.app;

import static org.assertj.core.api.Assertions.assertThat;

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
    void commitIsKnownWhereThereIsAClone() {
        Optional<String> commit = Version.commit();
        boolean isKnown = Files.exists(Path.of("..", ".git")) || System.getenv("TANDEM_COMMIT") != null;

        assertThat(commit.isPresent()).isEqualTo(isKnown);
        assertThat(commit.orElse("0123456789ab")).matches("\\S{1,80}");
    }
}
