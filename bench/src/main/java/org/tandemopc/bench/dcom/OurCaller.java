package org.tandemopc.bench.dcom;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
 * Our client in a program of its own: for each line "values calls callers" that it reads it makes so many calls, from so many
 * threads at once, and prints "done p50 p99 total", in nanoseconds. The same as j-Interop's does.
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
                int callers = Integer.parseInt(words[2]);
                System.out.println(block(
                        object.within(PATIENCE),
                        Integer.parseInt(words[0]),
                        Integer.parseInt(words[1]) / callers,
                        callers));
            }
        }
    }

    /** @param calls of each caller */
    private static String block(Calls object, int values, int calls, int callers) throws Exception {
        long start = System.nanoTime();
        long[] nanos;
        if (callers == 1) {
            nanos = calls(object, values, calls);
        } else {
            nanos = new long[calls * callers];
            try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
                List<Future<long[]>> parts = new ArrayList<>();
                for (int i = 0; i < callers; i++) {
                    parts.add(threads.submit(() -> calls(object, values, calls)));
                }
                for (int i = 0; i < callers; i++) {
                    System.arraycopy(parts.get(i).get(), 0, nanos, i * calls, calls);
                }
            }
        }
        long total = System.nanoTime() - start;
        Arrays.sort(nanos);
        return "done " + nanos[nanos.length / 2] + " " + nanos[nanos.length * 99 / 100] + " " + total;
    }

    private static long[] calls(Calls object, int values, int calls) throws Exception {
        long[] nanos = new long[calls];
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            int came = object.values(values).value().size();
            nanos[i] = System.nanoTime() - start;
            if (came != values) {
                throw new IllegalStateException(came + " values of " + values);
            }
        }
        return nanos;
    }
}
