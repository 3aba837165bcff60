package org.tandemopc.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.service.rest.RunningService.Answer;
import tools.jackson.databind.JsonNode;

/** What whoever configures a pair can have looked for, and what is not looked for. */
@Timeout(60)
class DiscoveryRoutesTest {
    private static final String D = "/api/v1/discovery/";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void hostsAreThoseThatSomebodyNamed() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            JsonNode named =
                    service.post(D + "hosts", "{\"protocol\":\"opcua\"}").json().path("hosts");
            assertThat(named.path(0).path("host").asString()).isEqualTo("localhost");
            assertThat(named.toString()).doesNotContain("station-7");
            assertThat(service.protocol.discovery.asked).isEmpty();

            Answer known = service.post(D + "hosts", "{\"protocol\":\"opcua\",\"server\":\"127.0.0.1\"}");
            assertThat(known.json().path("hosts").toString()).contains("station-7");
        }
    }

    @Test
    void serversAreListedInTheFormOfTheirProtocol() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            JsonNode found = service.post(
                            D + "servers", "{\"protocol\":\"opcua\",\"host\":\"127.0.0.2\",\"port\":4841}")
                    .json();

            assertThat(found.path("isAll").asBoolean()).isTrue();
            assertThat(found.path("servers").path(0).path("versions").path(1).asString())
                    .isEqualTo("3.0");
            assertThat(found.path("servers")
                            .path(1)
                            .path("endpoints")
                            .path(0)
                            .path("security")
                            .asString())
                    .isEqualTo("Basic256Sha256");
            assertThat(service.protocol.discovery.asked).containsExactly("servers 127.0.0.2 OptionalInt[4841] none");
        }
    }

    @Test
    void itemsOfASavedAndOfAnUnsavedMemberAreListedPageByPage() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            JsonNode first = service.post(D + "items", "{\"pair\":\"plant1\",\"member\":1,\"path\":[\"a\",\"b\"]}")
                    .json();
            assertThat(first.path("items").path(1).path("dataType").asString()).isEqualTo("Double");
            assertThat(first.path("items").path(0).has("dataType")).isFalse();
            assertThat(first.path("more").asString()).isEqualTo("2");
            JsonNode rest = service.post(D + "items", "{\"pair\":\"plant1\",\"after\":\"2\"}")
                    .json();
            assertThat(rest.has("more")).isFalse();

            Answer unsaved = service.post(
                    D + "items", "{\"settings\":{\"url\":\"opc.tcp://localhost:4841/x\",\"security\":\"None\"}}");
            assertThat(unsaved.status()).as(unsaved.body()).isEqualTo(200);
            assertThat(service.protocol.discovery.asked.getLast())
                    .as("connected to by the address that was judged")
                    .matches("items opc.tcp://(127.0.0.1|\\[0:0:0:0:0:0:0:1]):4841/x \\[]  0");
        }
    }

    /** A service that connects where it is told to must be no way to what this machine alone reaches. */
    @ParameterizedTest
    @ValueSource(
            strings = {"169.254.169.254", "fe80::1", "[fe80::1]", "0.0.0.0", "::", "224.0.0.1", "::ffff:169.254.1.1"})
    void linkLocalAddressesAreRefused(String host) throws IOException {
        try (RunningService service = new RunningService(folder)) {
            String quoted = "\"" + host + "\"";
            for (String protocol : new String[] {"opcua"}) {
                Answer servers =
                        service.post(D + "servers", "{\"protocol\":\"" + protocol + "\",\"host\":" + quoted + "}");
                assertThat(servers.status()).as(servers.body()).isEqualTo(403);
                assertThat(servers.json().path("code").asString()).isEqualTo("refused-address");
                Answer hosts = service.post(D + "hosts", "{\"protocol\":\"opcua\",\"server\":" + quoted + "}");
                assertThat(hosts.status()).isEqualTo(403);
            }
            String inUrl = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
            Answer items = service.post(
                    D + "items", "{\"settings\":{\"url\":\"opc.tcp://" + inUrl + ":4840\",\"security\":\"None\"}}");
            assertThat(items.status()).as(items.body()).isEqualTo(403);
            assertThat(service.protocol.discovery.asked).isEmpty();
        }
    }

    /** Who looks around in a network from here can be found out, and is told no password there. */
    @Test
    void eachUseIsOneEntryOfTheAuditLogWithWhereAndWhatCameOfIt() throws IOException {
        try (RunningService service = new RunningService(folder)) {
            service.post(
                    D + "servers", "{\"protocol\":\"opcua\",\"host\":\"127.0.0.2\",\"port\":4841,\"by\":\"anna\"}");
            service.post(D + "servers", "{\"protocol\":\"opcua\",\"host\":\"169.254.1.1\"}");
            service.post(D + "hosts", "{\"protocol\":\"opcua\",\"server\":\"127.0.0.1\"}");
            service.post(
                    D + "items",
                    "{\"settings\":{\"url\":\"opc.tcp://localhost:4841/x\",\"security\":\"None\",\"user\":\"u\","
                            + "\"password\":\"geheim\"}}");

            JsonNode entries = service.get("/api/v1/audit").json().path("entries");
            assertThat(entries.values().stream()
                            .map(e -> "%s | %s | %s"
                                    .formatted(
                                            e.path("action").asString(),
                                            e.path("detail").asString(),
                                            e.path("outcome").asString()))
                            .toList()
                            .reversed())
                    .containsExactly(
                            "discovery servers | by anna, 127.0.0.2 | done",
                            "discovery servers | 169.254.1.1 | refused-address",
                            "discovery hosts | 127.0.0.1 | done",
                            "discovery items | opc.tcp://localhost:4841/x | done");
            assertThat(entries.toString()).doesNotContain("geheim");
        }
    }

    @Test
    void whatCountsAsRefusedIsTheAddressWhateverItsForm() throws IOException {
        assertThat(SearchedHosts.isRefused(InetAddress.ofLiteral("169.254.0.1")))
                .isTrue();
        assertThat(SearchedHosts.isRefused(InetAddress.ofLiteral("febf::1"))).isTrue();
        assertThat(SearchedHosts.isRefused(InetAddress.ofLiteral("127.0.0.1"))).isFalse();
        assertThat(SearchedHosts.isRefused(InetAddress.ofLiteral("10.0.0.1"))).isFalse();
        assertThat(SearchedHosts.isRefused(InetAddress.ofLiteral("fd00::1"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "servers | {\"protocol\":\"opcae\",\"host\":\"a\"}                                  | 400 | opcua or opcda",
                "servers | {\"protocol\":\"opcua\"}                                                  | 400 | 'host'",
                "servers | {\"protocol\":\"opcua\",\"host\":\"a b\"}                               | 400 | name or an address",
                "servers | {\"protocol\":\"opcua\",\"host\":\"127.0.0.1\",\"port\":0}             | 400 | 1 to 65535",
                "servers | {\"protocol\":\"opcua\",\"host\":\"127.0.0.1\",\"user\":\"a\"}        | 400 | go together",
                "servers | {\"protocol\":\"opcua\",\"host\":\"127.0.0.1\",\"level\":\"high\"}    | 400 | privacy",
                "servers | {\"protocol\":\"opcda\",\"host\":\"127.0.0.1\"}                         | 409 | opcda:",
                "servers | {\"protocol\":\"opcua\",\"host\":\"127.0.0.9\"}                         | 502 | Let it in.",
                "items   | {\"pair\":\"plant1\",\"path\":[\"nowhere\"]}                              | 502 | Browse from the top.",
                "items   | {\"pair\":\"plant9\"}                                                     | 404 | no pair",
                "items   | {\"pair\":\"plant1\",\"member\":7}                                        | 400 | 0 to 1",
                "items   | {\"pair\":\"plant1\",\"after\":\"x\"}                                     | 400 | 'more'",
                "items   | {\"settings\":{\"url\":\"http://a\"}}                                      | 422 | not an address",
                "items   | {\"settings\":{\"host\":\"a\",\"password\":{\"hidden\":true}}}            | 422 | is not sent",
            })
    void whatCannotBeLookedForIsSaidWithItsRemedy(String what, String body, int status, String said)
            throws IOException {
        try (RunningService service = new RunningService(folder)) {
            Answer answer = service.post(D + what, body);
            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            assertThat(answer.body()).contains(said);
        }
    }
}
