package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Our server's objects as node-dcom sees them. Like j-Interop, from which it comes, it signs nothing and answers with NTLMv1's
 * strength; unlike it, it uses one call_id for all calls and repeats a blank login with each new interface.
 */
@Timeout(180)
class NodeDcomIT {
    private static Program node(DcomHost host, String password) {
        if (!Files.isDirectory(Path.of("dcom-peers", "node_modules"))) {
            throw new AssertionError("node-dcom is not installed: run ./verify, or npm ci in it/dcom-peers");
        }
        return Program.run(List.of(
                // its logins need MD4, which OpenSSL 3 keeps among its old algorithms
                "env",
                "NODE_OPTIONS=--openssl-legacy-provider",
                "node",
                "dcom-peers/node_client.js",
                host.host(),
                RpcHost.USER,
                password,
                DcomHost.CLSID));
    }

    @Test
    void everythingWorksWithTheSwitches() throws Exception {
        try (DcomHost host = DcomHost.lenient()) {
            Program run = node(host, RpcHost.PASSWORD);

            assertThat(run.output().lines())
                    .as(run.toString())
                    .containsExactly(
                            "activation: an object", "a call: 42", "many values: 3000, the last 2999", "end: reached");
            assertThat(Tshark.read(host.traffic()).defects())
                    .as("what tshark finds wrong")
                    .isEmpty();
        }
    }

    @Test
    void withoutTheSwitchesItIsRefused() throws Exception {
        try (DcomHost host = DcomHost.strict()) {
            Program run = node(host, RpcHost.PASSWORD);

            assertThat(run.output()).contains("failed: ").doesNotContain("an object");
            assertThat(host.objects()).isZero();
        }
    }
}
