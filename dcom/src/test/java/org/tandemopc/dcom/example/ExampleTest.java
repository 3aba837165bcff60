package org.tandemopc.dcom.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.PortRange;

/** The example of the README does what it says, and is the one that runs. */
@Timeout(60)
class ExampleTest {
    private static final String FROM = "    interface Thermometer {";

    @Test
    void itServesAnObjectAndCallsIt() throws Exception {
        assertThat(Example.run(InetAddress.getLoopbackAddress(), PortRange.ANY)).isEqualTo(Result.ok(84.5));
    }

    @Test
    void theReadmeShowsIt() throws Exception {
        String source = Files.readString(Path.of("src/test/java/org/tandemopc/dcom/example/Example.java"));
        String readme = Files.readString(Path.of("README.md"));
        assertThat(readme).contains(source.substring(source.indexOf(FROM)));
    }
}
