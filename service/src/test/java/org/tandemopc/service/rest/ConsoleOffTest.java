package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.json.JsonMapper;

/** The console is no part of what serves the plant. */
@Timeout(60)
class ConsoleOffTest {
    private static final String TEXT = """
            version: 1
            opcua:
              listen: 127.0.0.1:4840
            pairs:
              - name: plant1
                members: [{url: "opc.tcp://a:4840"}, {url: "opc.tcp://b:4840"}]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static Answer apply(RunningService service, String text) throws IOException {
        return service.post("/api/v1/configuration/apply", new JsonMapper().writeValueAsString(Map.of("text", text)));
    }

    @Test
    @Requirement("ADM-3")
    void consoleIsTurnedOffAndOnWhileThePairsServe() throws Exception {
        Path file = Files.writeString(folder.resolve("tandem.yaml"), TEXT);
        try (RunningService service = new RunningService(folder.resolve("data"), file)) {
            service.serve();
            List<String> calls = List.copyOf(service.protocol.calls);
            assertThat(service.get("/").status()).as("control").isEqualTo(200);

            Answer applied = apply(service, TEXT + "rest:\n  console: false\n");

            assertThat(applied.status()).as(applied.body()).isEqualTo(200);
            assertThat(applied.body()).contains("rest.console").doesNotContain("rest.listen");
            for (String path : List.of("/", "/index.html", "/pair/plant1")) {
                Answer refused = service.get(path);
                assertThat(refused.status()).as(path).isEqualTo(404);
                assertThat(refused.json().path("code").asString()).isEqualTo("console-off");
                assertThat(refused.json().path("remedy").asString()).contains("console: true");
            }
            assertThat(service.get("/api/v1/status")
                            .json()
                            .path("pairs")
                            .path(0)
                            .path("phase")
                            .asString())
                    .isEqualTo("serving");
            assertThat(service.get("/health/ready").status()).isEqualTo(200);
            assertThat(service.protocol.calls)
                    .as("nothing was done to the pair")
                    .isEqualTo(calls);

            assertThat(apply(service, TEXT).body()).doesNotContain("rest.console");
            assertThat(service.get("/").status()).isEqualTo(200);
        }
    }
}
