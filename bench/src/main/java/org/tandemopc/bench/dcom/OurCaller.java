package org.tandemopc.bench.dcom;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;

/**
 * Our client in a program of its own: for each line "values calls" that it reads it makes so many calls, and prints
 * "done p50 p99 total", in nanoseconds. The same as j-Interop's does.
 */
final class OurCaller {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private OurCaller() {}

    /** @param arguments host, level */
    public static void main(String[] arguments) throws Exception {
        RemoteHost host = RemoteHost.of(InetAddress.ofLiteral(arguments[0]));
        AuthLevel level = AuthLevel.valueOf(arguments[1]);
        ClientSecurity security = ClientSecurity.of(
                CallClient.settings(level),
                NtlmCredentials.of("BENCH", CallServer.USER, CallServer.PASSWORD.toCharArray()),
                level);
        DcomClientSettings settings =
                DcomClientSettings.of(host, security).withOptions(ClientOptions.defaults(CallClient.policy(level)));
        try (DcomClient client = new DcomClient(settings);
                ComPointer<Calls> object = client.activate(
                                host, Guid.of(CallServer.CLSID), Calls.DEF, Deadline.after(PATIENCE))
                        .value()) {
            System.out.println("ready");
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                System.out.println(
                        block(object.within(PATIENCE), Integer.parseInt(words[0]), Integer.parseInt(words[1])));
            }
        }
    }

    private static String block(Calls object, int values, int calls) throws Exception {
        long[] nanos = new long[calls];
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            int came = object.values(values).value().size();
            nanos[i] = System.nanoTime() - start;
            if (came != values) {
                throw new IllegalStateException(came + " values of " + values);
            }
        }
        long total = Arrays.stream(nanos).sum();
        Arrays.sort(nanos);
        return "done " + nanos[calls / 2] + " " + nanos[calls * 99 / 100] + " " + total;
    }
}
