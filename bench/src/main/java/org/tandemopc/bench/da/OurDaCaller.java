package org.tandemopc.bench.da;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.opcda.params.Ints;

/**
 * Our client in a program of its own. For each line "read WAY ITEMS CALLS CALLERS" it makes so many calls, each caller one after the
 * other on a thread of its own, all of them on one group and connection; for "add WAY ITEMS CALLS CALLERS" one caller does. It prints
 * "done p50 p99 total" in nanoseconds. The same as Utgard's does.
 */
final class OurDaCaller {
    /** Of the group that is read: its cache is never older. */
    private static final long RATE_MS = 1_000;

    private OurDaCaller() {}

    /** @param arguments level, then for each way "address,class" */
    public static void main(String[] arguments) throws Exception {
        AuthLevel level = AuthLevel.valueOf(arguments[0]);
        List<DaClient> clients = new ArrayList<>();
        List<Reader> readers = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] words = arguments[i].split(",");
            DaClient client = DaClient.connect(words[0], Guid.of(words[1]), level);
            clients.add(client);
            readers.add(new Reader(client));
        }
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            int way = Integer.parseInt(words[1]);
            int items = Integer.parseInt(words[2]);
            int calls = Integer.parseInt(words[3]);
            int callers = Integer.parseInt(words[4]);
            System.out.println(
                    words[0].equals("read")
                            ? readers.get(way).read(items, calls, callers)
                            : add(clients.get(way), items, calls));
        }
        clients.forEach(DaClient::close);
    }

    private static final class Reader {
        private final DaClient.Group group;
        private final Ints handles;

        Reader(DaClient client) throws Exception {
            group = client.group("reads", RATE_MS);
            handles = group.add(DaCaller.ITEMS_MAX);
        }

        String read(int items, int calls, int callers) throws Exception {
            Ints asked = Ints.of(Arrays.copyOf(handles.toInts(), items));
            long[] nanos = new long[calls];
            if (callers == 1) {
                long begin = System.nanoTime();
                readFrom(0, 1, asked, nanos);
                return done(nanos, System.nanoTime() - begin);
            }
            List<Future<?>> rows = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                CountDownLatch gate = new CountDownLatch(1);
                for (int caller = 0; caller < callers; caller++) {
                    int first = caller;
                    rows.add(threads.submit(() -> {
                        gate.await();
                        readFrom(first, callers, asked, nanos);
                        return null;
                    }));
                }
                long begin = System.nanoTime();
                gate.countDown();
                for (Future<?> row : rows) {
                    row.get();
                }
                return done(nanos, System.nanoTime() - begin);
            }
        }

        private void readFrom(int first, int step, Ints asked, long[] nanos) throws Exception {
            for (int i = first; i < nanos.length; i += step) {
                long start = System.nanoTime();
                boolean isGood = group.read(asked);
                nanos[i] = System.nanoTime() - start;
                if (!isGood) {
                    throw new IllegalStateException("a read of " + asked.size() + " items was not good");
                }
            }
        }
    }

    /** Only AddItems is timed, and in the sum; the group is made before, and removed after it. */
    private static String add(DaClient client, int items, int calls) throws Exception {
        long[] nanos = new long[calls];
        for (int i = 0; i < calls; i++) {
            DaClient.Group group = client.group("items", RATE_MS);
            long start = System.nanoTime();
            Ints unused = group.add(items);
            nanos[i] = System.nanoTime() - start;
            group.remove();
        }
        return done(nanos, Arrays.stream(nanos).sum());
    }

    private static String done(long[] nanos, long total) {
        Arrays.sort(nanos);
        return "done " + nanos[nanos.length / 2] + " " + nanos[nanos.length * 99 / 100] + " " + total;
    }
}
