package org.tandemopc.bench.da;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.simulator.da.DaContents;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;

/**
 * Simulated DA servers in a program of their own. Prints READY; answers "stats" with the items that are in groups; ends with its
 * input.
 */
final class DaServers {
    /** Takes clients that do not sign, and calls them back without a login. */
    static final String FORGIVING = "forgiving";

    static final String STRICT = "strict";

    private static final int RATE_STEP_MS = 10;

    private DaServers() {}

    /**
     * @param arguments "forgiving" or "strict", period of the ticks in ms, counters, and for each server
     *     "address,port of objects[,published address]"
     */
    public static void main(String[] arguments) throws IOException {
        boolean isForgiving = arguments[0].equals(FORGIVING);
        int periodMs = Integer.parseInt(arguments[1]);
        int counters = Integer.parseInt(arguments[2]);
        List<DaSimulatedServer> servers = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) {
            servers.add(start(arguments[i].split(","), isForgiving, periodMs, counters));
        }
        System.out.println("READY");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (commands.readLine() != null) {
            System.out.println("stats "
                    + servers.stream().mapToInt(DaSimulatedServer::items).sum());
        }
        servers.forEach(DaSimulatedServer::close);
    }

    private static DaSimulatedServer start(String[] words, boolean isForgiving, int periodMs, int counters)
            throws IOException {
        DaSimulatorSettings settings = DaSimulatorSettings.at(InetAddress.ofLiteral(words[0]))
                .withPorts(EndpointMapper.PORT, Integer.parseInt(words[1]))
                .withAccount(DaLogins.USER, DaLogins.PASSWORD)
                .withItems(DaContents.of(counters, 1))
                .withRates(periodMs, RATE_STEP_MS, RATE_STEP_MS);
        return DaSimulatedServer.start(
                isForgiving ? settings.forgivingOldPeers() : settings,
                dcom -> words.length < 3 ? dcom : dcom.withPublished(false, List.of(words[2])));
    }
}
