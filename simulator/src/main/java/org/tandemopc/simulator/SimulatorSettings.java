package org.tandemopc.simulator;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated server is started with.
 *
 * @param host address to listen on, and the host of the endpoint URLs
 * @param port 0: a free one between 20000 and 32767, below the range that the system gives to outgoing connections
 * @param name part of the application URI and of the product name
 * @param periodMs length of a tick, 1 to 3,600,000
 * @param counters number of {@code counter/0..} nodes, up to 1,000,000
 * @param watchdogs number of {@code watchdog/0..} nodes
 * @param statics number of {@code static/0..} nodes, beside those of each data type
 * @param controlPort 0: a free one; -1: none
 * @param ledger file that applied writes and calls are appended to, or null: kept in memory only
 * @param policies security policies of the endpoints: None, Basic256Sha256, Aes128_Sha256_RsaOaep, Aes256_Sha256_RsaPss;
 *     each but None with Sign and with SignAndEncrypt
 * @param users user names and passwords; when there are any, user name tokens are offered beside anonymous
 * @param data folder of key and certificate, or null: new ones at each start, kept in memory
 * @param applicationUri entry 1 of the namespace array as well
 * @param extraNamespaceFirst registers another namespace, with nodes of the same identifiers, before the simulator's,
 *     which so becomes ns=3
 * @param extraNamespaceLast registers it after the simulator's
 * @param sessionDiagnostics shows each session below ServerDiagnostics (OPC UA Part 5, 6.3.4)
 * @param omitted identifiers of nodes that this instance does not have, such as {@code counter/3}
 */
public record SimulatorSettings(
        String host,
        int port,
        String name,
        int periodMs,
        int counters,
        int watchdogs,
        int statics,
        int controlPort,
        @Nullable Path ledger,
        Set<SecurityPolicy> policies,
        Map<String, String> users,
        @Nullable Path data,
        String applicationUri,
        boolean extraNamespaceFirst,
        boolean extraNamespaceLast,
        boolean sessionDiagnostics,
        Set<String> omitted) {

    public SimulatorSettings {
        require(periodMs >= 1 && periodMs <= 3_600_000, "--period-ms must be 1 to 3600000");
        require(counters >= 0 && counters <= 1_000_000, "--counters must be 0 to 1000000");
        require(watchdogs >= 0 && watchdogs <= 10_000, "--watchdogs must be 0 to 10000");
        require(statics >= 0 && statics <= 100_000, "--static must be 0 to 100000");
        require(port >= 0 && port <= 65535, "--port must be 0 to 65535");
        require(controlPort >= -1 && controlPort <= 65535, "--control-port must be -1 to 65535");
        require(
                !(extraNamespaceFirst && extraNamespaceLast),
                "--extra-namespace-first and --extra-namespace-last exclude each other");
        require(!policies.isEmpty(), "--policy must name at least one policy");
        policies = Set.copyOf(policies);
        users = Map.copyOf(users);
        omitted = Set.copyOf(omitted);
    }

    /** Anonymous, unsecured, ten counters with ticks of 100 ms, free ports, no ledger file. */
    public static SimulatorSettings named(String name) {
        return new SimulatorSettings(
                "127.0.0.1",
                0,
                name,
                100,
                10,
                2,
                10,
                0,
                null,
                Set.of(SecurityPolicy.None),
                Map.of(),
                null,
                "urn:tandemopc:simulator:" + name,
                false,
                false,
                false,
                Set.of());
    }

    /** The settings of a command line; an unknown option or a bad value is an {@link IllegalArgumentException}. */
    public static SimulatorSettings parse(String... arguments) {
        Builder builder = new Builder();
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            if (option.equals("--extra-namespace-first")) {
                builder.extraNamespaceFirst = true;
                continue;
            }
            if (option.equals("--extra-namespace-last")) {
                builder.extraNamespaceLast = true;
                continue;
            }
            if (option.equals("--session-diagnostics")) {
                builder.sessionDiagnostics = true;
                continue;
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("no value after " + option);
            }
            builder.set(option, arguments[++i]);
        }
        return builder.build();
    }

    boolean secured() {
        return policies.stream().anyMatch(policy -> policy != SecurityPolicy.None);
    }

    SimulatorSettings withPort(int chosen) {
        return new SimulatorSettings(
                host,
                chosen,
                name,
                periodMs,
                counters,
                watchdogs,
                statics,
                controlPort,
                ledger,
                policies,
                users,
                data,
                applicationUri,
                extraNamespaceFirst,
                extraNamespaceLast,
                sessionDiagnostics,
                omitted);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    private static final class Builder {
        private String host = "127.0.0.1";
        private int port;
        private String name = "A";
        private int periodMs = 100;
        private int counters = 10;
        private int watchdogs = 2;
        private int statics = 10;
        private int controlPort;
        private @Nullable Path ledger;
        private Set<SecurityPolicy> policies = Set.of(SecurityPolicy.None);
        private final Map<String, String> users = new LinkedHashMap<>();
        private @Nullable Path data;
        private @Nullable String applicationUri;
        private boolean extraNamespaceFirst;
        private boolean extraNamespaceLast;
        private boolean sessionDiagnostics;
        private final Set<String> omitted = new LinkedHashSet<>();

        void set(String option, String value) {
            switch (option) {
                case "--host" -> host = value;
                case "--port" -> port = number(option, value);
                case "--name" -> name = value;
                case "--period-ms" -> periodMs = number(option, value);
                case "--counters" -> counters = number(option, value);
                case "--watchdogs" -> watchdogs = number(option, value);
                case "--static" -> statics = number(option, value);
                case "--control-port" -> controlPort = number(option, value);
                case "--ledger" -> ledger = Path.of(value);
                case "--policy" -> policies = policies(value);
                case "--user" -> addUser(value);
                case "--data" -> data = Path.of(value);
                case "--application-uri" -> applicationUri = value;
                case "--omit-node" -> omitted.add(value);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }

        private void addUser(String value) {
            int colon = value.indexOf(':');
            require(colon > 0, "--user must be name:password");
            users.put(value.substring(0, colon), value.substring(colon + 1));
        }

        private static int number(String option, String value) {
            try {
                return Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(option + " must be a number, not " + value, e);
            }
        }

        private static Set<SecurityPolicy> policies(String value) {
            Set<SecurityPolicy> policies = new LinkedHashSet<>();
            for (String word : value.split(",")) {
                policies.add(
                        switch (word) {
                            case "none" -> SecurityPolicy.None;
                            case "basic256sha256" -> SecurityPolicy.Basic256Sha256;
                            case "aes128_sha256_rsaoaep" -> SecurityPolicy.Aes128_Sha256_RsaOaep;
                            case "aes256_sha256_rsapss" -> SecurityPolicy.Aes256_Sha256_RsaPss;
                            default ->
                                throw new IllegalArgumentException(
                                        "--policy must be a list of none, basic256sha256, aes128_sha256_rsaoaep and"
                                                + " aes256_sha256_rsapss, not " + word);
                        });
            }
            return policies;
        }

        SimulatorSettings build() {
            return new SimulatorSettings(
                    host,
                    port,
                    name,
                    periodMs,
                    counters,
                    watchdogs,
                    statics,
                    controlPort,
                    ledger,
                    policies,
                    users,
                    data,
                    applicationUri == null ? "urn:tandemopc:simulator:" + name : applicationUri,
                    extraNamespaceFirst,
                    extraNamespaceLast,
                    sessionDiagnostics,
                    omitted);
        }
    }
}
