package org.tandemopc.testkit.requirement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class RequirementListenerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** Only what ran and passed counts; one failing run of a parameterized test takes its id away. */
    @Test
    void idsOfTestsThatRanAndPassedAreWrittenAndNoOthers() throws IOException {
        Path file = folder.resolve("target").resolve("ids.txt");

        RequirementListener listener = new RequirementListener(file);
        run(Sample.class, listener);
        // Another class, in a plan of its own: what is written is not written again.
        run(Other.class, listener);

        String name = Sample.class.getName();
        assertThat(Files.readAllLines(file))
                .containsExactly("ANY\tI1\t" + name + ".passes", "UA\tGEN-1\t" + name + ".passes");
    }

    private static void run(Class<?> tests, RequirementListener listener) {
        LauncherFactory.create(LauncherConfig.builder()
                        .enableTestExecutionListenerAutoRegistration(false)
                        .build())
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(tests))
                                .build(),
                        listener);
    }

    /** Run by the test above, not by the build. */
    @Requirement("I1")
    static class Sample {
        @Test
        @Requirement(value = "GEN-1", protocol = Protocol.UA)
        void passes() {}

        @Test
        @Requirement("GEN-2")
        void fails() {
            throw new AssertionError("planted");
        }

        @Test
        @Requirement("GEN-3")
        void isAbandoned() {
            Assumptions.abort("planted");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        @Requirement("GEN-4")
        void failsOnce(int run) {
            assertThat(run).isEqualTo(1);
        }
    }

    /** Of the test above. */
    static class Other {
        @Test
        void passes() {}
    }
}
