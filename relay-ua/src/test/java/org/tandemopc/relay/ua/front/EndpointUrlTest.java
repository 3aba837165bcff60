package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointUrlTest {
    @Test
    void urlIsTakenApart() {
        assertThat(EndpointUrl.parse("opc.tcp://host:4841/plant1")).isEqualTo(new EndpointUrl("host", 4841, "/plant1"));
        assertThat(EndpointUrl.parse("OPC.TCP://host/a/b/")).isEqualTo(new EndpointUrl("host", -1, "/a/b"));
        assertThat(EndpointUrl.parse("opc.tcp://10.0.0.1")).isEqualTo(new EndpointUrl("10.0.0.1", -1, ""));
        assertThat(EndpointUrl.parse("opc.tcp://[fe80::1]:1/")).isEqualTo(new EndpointUrl("[fe80::1]", 1, ""));
    }

    @Test
    void whatIsNoEndpointUrlNamesNothing() {
        EndpointUrl none = new EndpointUrl(null, -1, "");
        for (String text : List.of(
                "",
                "opc.tcp://",
                "http://host/x",
                "opc.tcp://ho st/x",
                "opc.tcp://host:99999/x",
                "opc.tcp://host:123456/x",
                "opc.tcp://user@host/x",
                "opc.tcp://host/x?y",
                "opc.tcp://" + "h".repeat(5000))) {
            assertThat(EndpointUrl.parse(text)).as(text).isEqualTo(none);
        }
        assertThat(EndpointUrl.parse(null)).isEqualTo(none);
    }
}
