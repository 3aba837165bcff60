package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.config.MailConfig;
import org.tandemopc.core.config.MemberConfig.Account;
import org.tandemopc.core.config.NotificationConfig;
import org.tandemopc.core.config.OpcUaConfig;
import org.tandemopc.core.config.Secret;
import org.tandemopc.core.config.SmtpSecurity;
import org.tandemopc.core.config.SmtpServer;
import org.tandemopc.core.config.TandemConfig;
import org.tandemopc.core.notify.NotificationEvent;
import org.tandemopc.service.Fixtures;
import org.tandemopc.service.rest.RunningService.Answer;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class NotificationRoutesTest {
    private static final String TEST = "/api/v1/pairs/plant1/notifications/test";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** Lets in whoever comes, and notes the login. */
    private static final class Smtp implements AutoCloseable {
        final List<String> lines = new CopyOnWriteArrayList<>();
        private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));

        Smtp() throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        serve(server.accept());
                    }
                } catch (IOException e) {
                    lines.add("closed");
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        private void serve(Socket socket) throws IOException {
            try (socket) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                OutputStream out = socket.getOutputStream();
                String answer = "220 ready";
                String line = "";
                while (line != null && !line.startsWith("QUIT")) {
                    out.write((answer + "\r\n").getBytes(StandardCharsets.UTF_8));
                    line = in.readLine();
                    lines.add(String.valueOf(line));
                    answer = switch (String.valueOf(line).split("[ :]")[0]) {
                        case "EHLO" -> "250-me\r\n250 AUTH PLAIN";
                        case "AUTH" -> "235 in";
                        case "DATA" -> {
                            out.write("354 send\r\n".getBytes(StandardCharsets.UTF_8));
                            while (!".".equals(in.readLine())) {
                                lines.add("body");
                            }
                            yield "250 taken";
                        }
                        default -> "250 ok";
                    };
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private RunningService service(int port) throws IOException {
        SmtpServer primary =
                new SmtpServer("127.0.0.1", port, SmtpSecurity.NONE, new Account("tandem", new Secret("hidden-thing")));
        MailConfig mail =
                new MailConfig(primary, Optional.empty(), "tandem@plant.example", List.of("bob@home.net"), "x", "", "");
        NotificationConfig saved =
                new NotificationConfig(false, Set.of(), Optional.of(mail), Optional.empty(), Optional.empty());
        return new RunningService(
                folder,
                new TandemConfig(
                        OpcUaConfig.open("127.0.0.1", 0),
                        List.of(Fixtures.config().pairs().getFirst().withNotifications(saved))));
    }

    private static String unsaved(int port, String password) {
        return """
                {"channel":"mail","settings":{"enabled":true,"events":[],"from":"tandem@plant.example",
                 "to":["bob@home.net"],"subject":null,"smtp":{"primary":{"host":"127.0.0.1","port":%d,"security":"none",
                 "user":"tandem","password":%s}}}}""".formatted(port, password);
    }

    @Test
    @Requirement({"NOT-11", "NOT-12"})
    void eventsAreListedWithTheirTemplatesInOrder() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            JsonNode events = service.get("/api/v1/notifications/events").json().path("events");

            assertThat(events.size()).isEqualTo(NotificationEvent.values().length);
            assertThat(events.path(0).path("kind").asString()).isEqualTo("CONNECTED_PRIMARY");
            assertThat(events.path(0).path("template").asString())
                    .isEqualTo("Connected to '%s' on primary machine '%s'.");
            assertThat(events.path(2).path("severity").asString()).isEqualTo("error");
        }
    }

    @Test
    @Requirement("NOT-13")
    void savedSettingsAreTestedWhereNoneAreGiven() throws IOException {
        try (Smtp smtp = new Smtp();
                RunningService service = service(smtp.port())) {
            Answer answer = service.post(TEST, "{}");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("through").asString()).isEqualTo("primary");
            assertThat(smtp.lines).contains("RCPT TO:<bob@home.net>", "body");
        }
    }

    /** A form shows no password; what is hidden in it is the saved one, for the server that it was saved for. */
    @Test
    @Requirement("NOT-13")
    void hiddenPasswordIsTheSavedOneForItsServerAlone() throws IOException {
        try (Smtp smtp = new Smtp();
                Smtp other = new Smtp();
                RunningService service = service(smtp.port())) {
            assertThat(service.post(TEST, unsaved(smtp.port(), "{\"hidden\":true}"))
                            .status())
                    .isEqualTo(200);
            Answer elsewhere = service.post(TEST, unsaved(other.port(), "{\"hidden\":true}"));

            assertThat(smtp.lines).anyMatch(line -> line.startsWith("AUTH PLAIN"));
            assertThat(elsewhere.status()).isEqualTo(422);
            assertThat(elsewhere
                            .json()
                            .path("plan")
                            .path("problems")
                            .path(0)
                            .path("path")
                            .asString())
                    .isEqualTo("notifications.smtp.primary.password");
            assertThat(other.lines).isEmpty();
            assertThat(service.post(TEST, unsaved(other.port(), "\"another\"")).status())
                    .isEqualTo(200);
            assertThat(elsewhere.body()).doesNotContain("hidden-thing");
        }
    }

    @Test
    @Requirement("NOT-13")
    void failureIsToldWithoutWhatTheServerWrote() throws IOException {
        int nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            nobody = gone.getLocalPort();
        }
        try (RunningService service = service(nobody)) {
            Answer answer = service.post(TEST, "{\"channel\":\"mail\"}");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.json().path("code").asString()).isEqualTo("not-sent");
            assertThat(answer.json().path("detail").asString())
                    .isEqualTo("The test by mail failed: primary '127.0.0.1:%d': it refused the connection."
                            .formatted(nobody));
            assertThat(service.post(TEST, "{\"channel\":\"webhook\"}").status()).isEqualTo(409);
            assertThat(service.post(TEST, "{\"channel\":\"pigeon\"}").status()).isEqualTo(400);
            assertThat(service.post(TEST, "{\"settings\":{\"colour\":\"red\"}}").status())
                    .isEqualTo(422);
        }
    }

    @Test
    @Requirement("S24")
    void stateIsInThePair() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            JsonNode status = service.get("/api/v1/pairs/plant1").json().path("notifications");

            assertThat(status.path("state").asString()).isEqualTo("off");
            assertThat(status.path("lastFailure").isNull()).isTrue();
            assertThat(status.path("queued").asLong()).isZero();
        }
    }
}
