package org.tandemopc.simulator.da;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.simulator.FreePort;

/**
 * A command line of a simulated DA server. Immutable.
 *
 * @param port of the resolver; 0: a free one
 * @param settings with any resolver port
 * @param controlPort 0: a free one; -1: none
 */
record DaSimulatorOptions(int port, DaSimulatorSettings settings, int controlPort) {
    static final String USAGE = "usage: --host 127.0.0.1 --port 135 --object-port 0 --name A"
            + " --prog-id Tandem.SimulatedDA.1 --clsid {...} --user opc --password Secret1! --versions 1.0,2.05a,3.0"
            + " --period-ms 100 --counters 10 --watchdogs 2 --static 10 --ledger FILE --control-port 0"
            + " [--old-clients] [--publish ADDRESS] [--exit-with-stdin]";

    private static final int PORT_MAX = 65_535;
    private static final int COUNTERS_MAX = 1_000_000;
    private static final int WATCHDOGS_MAX = 10_000;
    private static final int STATICS_MAX = 100_000;
    /** [MS-DCOM] and OPC set no length; longer ones are no ProgIDs for Windows. */
    private static final int PROG_ID_MAX = 39;

    /** @throws IllegalArgumentException with a message for people: an unknown option, or a bad value */
    static DaSimulatorOptions parse(List<String> words) {
        Draft draft = new Draft();
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            if (option.equals("--old-clients")) {
                draft.oldClients = true;
                continue;
            }
            if (i + 1 == words.size()) {
                throw new IllegalArgumentException("no value after " + option);
            }
            draft.set(option, words.get(++i));
        }
        return draft.options();
    }

    /** @throws IOException no port is free */
    DaSimulatorSettings settingsAtFreePort() throws IOException {
        int chosen = port == 0 ? FreePort.find(settings.addresses().getFirst().getHostAddress()) : port;
        return settings.withPorts(chosen, settings.objectPort());
    }

    /** Options as far as they were given. */
    private static final class Draft {
        private InetAddress host = InetAddress.getLoopbackAddress();
        private int port = EndpointMapper.PORT;
        private int objectPort;
        private String name = "A";
        private String progId = "Tandem.SimulatedDA.1";
        private Guid clsid = DaSimulatorSettings.CLSID;
        private String user = "opc";
        private String password = "Secret1!";
        private Set<DaVersion> versions = EnumSet.allOf(DaVersion.class);
        private int periodMs = 100;
        private int counters = 10;
        private int watchdogs = 2;
        private int statics = 10;
        private int controlPort;
        private @Nullable Path ledger;
        private boolean oldClients;
        private Optional<InetAddress> published = Optional.empty();

        void set(String option, String value) {
            switch (option) {
                case "--host" -> host = address(option, value);
                case "--port" -> port = number(option, value, 0, PORT_MAX);
                case "--object-port" -> objectPort = number(option, value, 0, PORT_MAX);
                case "--name" -> name = value;
                case "--prog-id" -> progId = progId(value);
                case "--clsid" -> clsid = clsid(value);
                case "--user" -> user = value;
                case "--password" -> password = value;
                case "--versions" -> versions = versions(value);
                case "--period-ms" -> periodMs = number(option, value, 1, DaSimulatorSettings.PERIOD_MAX_MS);
                case "--counters" -> counters = number(option, value, 0, COUNTERS_MAX);
                case "--watchdogs" -> watchdogs = number(option, value, 0, WATCHDOGS_MAX);
                case "--static" -> statics = number(option, value, 0, STATICS_MAX);
                case "--control-port" -> controlPort = number(option, value, -1, PORT_MAX);
                case "--ledger" -> ledger = Path.of(value);
                case "--publish" -> published = Optional.of(address(option, value));
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }

        private static int number(String option, String value, int min, int max) {
            try {
                int number = Integer.parseInt(value);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(option + " must be a number, not " + value, e);
            }
            throw new IllegalArgumentException("%s must be %d to %d, not %s".formatted(option, min, max, value));
        }

        private static InetAddress address(String option, String value) {
            try {
                return InetAddress.getByName(value);
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(option + " must be an address of a machine, not " + value, e);
            }
        }

        private static String progId(String value) {
            if (!value.matches("[A-Za-z][A-Za-z0-9.]*") || value.length() > PROG_ID_MAX) {
                throw new IllegalArgumentException("--prog-id must be letters, digits and dots, at most " + PROG_ID_MAX
                        + ", as Vendor.Server.1, not " + value);
            }
            return value;
        }

        private static Guid clsid(String value) {
            try {
                return Guid.of(value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "--clsid must be as {3c1f4f6e-5d0a-4b7e-8a43-2f6a90d1e001}, not " + value, e);
            }
        }

        private static Set<DaVersion> versions(String value) {
            Set<DaVersion> versions = EnumSet.noneOf(DaVersion.class);
            for (String word : value.split(",", -1)) {
                versions.add(
                        switch (word) {
                            case "1.0" -> DaVersion.DA_1_0;
                            case "2.05a" -> DaVersion.DA_2_05A;
                            case "3.0" -> DaVersion.DA_3_0;
                            default ->
                                throw new IllegalArgumentException(
                                        "--versions must be a list of 1.0, 2.05a and 3.0, not " + value);
                        });
            }
            return versions;
        }

        DaSimulatorOptions options() {
            DaSimulatorSettings settings = DaSimulatorSettings.at(host)
                    .withName(name)
                    .withPorts(port, objectPort)
                    .withClass(clsid, progId)
                    .withAccount(user, password)
                    .withVersions(versions)
                    .withItems(DaContents.of(counters, watchdogs, statics))
                    .withRates(periodMs, 10, 10);
            if (ledger != null) {
                settings = settings.withLedger(ledger);
            }
            if (oldClients) {
                settings = settings.forgivingOldPeers();
            }
            if (published.isPresent()) {
                settings = settings.withPublished(published.get());
            }
            return new DaSimulatorOptions(port, settings, controlPort);
        }
    }
}
