import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jinterop.dcom.common.JISystem;
import org.openscada.opc.lib.common.ConnectionInformation;
import org.openscada.opc.lib.da.Group;
import org.openscada.opc.lib.da.Item;
import org.openscada.opc.lib.da.ItemState;
import org.openscada.opc.lib.da.Server;

/**
 * Utgard in the benchmarks of OPC DA, at CONNECT, which is all that it can do without a registry. Runs from its source, with the
 * jars of Utgard on the class path. For each line "read WAY ITEMS CALLS CALLERS" it makes so many calls, each caller one after the other on
 * a thread of its own, all of them on one group and connection; for "add WAY ITEMS CALLS CALLERS" one caller does. It prints
 * "done p50 p99 total" in nanoseconds.
 *
 * <p>usage: UtgardCaller.java DOMAIN USER PASSWORD COUNTERS ADDRESS,CLASS ...
 */
public final class UtgardCaller {
    private static final int WAYS_FROM = 4;

    private UtgardCaller() {}

    public static void main(String[] arguments) throws Exception {
        JISystem.setAutoRegisteration(false);
        Logger.getLogger("org.jinterop").setLevel(Level.OFF);
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        List<Server> servers = new ArrayList<>();
        List<Reader> readers = new ArrayList<>();
        String[] counters = counters(Integer.parseInt(arguments[3]));
        for (int i = WAYS_FROM; i < arguments.length; i++) {
            String[] words = arguments[i].split(",");
            ConnectionInformation there = new ConnectionInformation();
            there.setHost(words[0]);
            there.setDomain(arguments[0]);
            there.setUser(arguments[1]);
            there.setPassword(arguments[2]);
            there.setClsid(words[1]);
            Server server = new Server(there, executor);
            server.connect();
            servers.add(server);
            readers.add(new Reader(server, counters));
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
                            : add(servers.get(way), Arrays.copyOf(counters, items), calls));
        }
        servers.forEach(Server::dispose);
        System.exit(0);
    }

    private static String[] counters(int count) {
        return IntStream.range(0, count).mapToObj(i -> "counter." + i).toArray(String[]::new);
    }

    private static final class Reader {
        private final Group group;
        private final Item[] items;

        Reader(Server server, String[] counters) throws Exception {
            group = server.addGroup("reads");
            Map<String, Item> added = group.addItems(counters);
            items = Arrays.stream(counters).map(added::get).toArray(Item[]::new);
        }

        String read(int count, int calls, int callers) throws Exception {
            Item[] asked = Arrays.copyOf(items, count);
            long[] nanos = new long[calls];
            if (callers == 1) {
                long begin = System.nanoTime();
                readFrom(0, 1, asked, nanos);
                return done(nanos, System.nanoTime() - begin);
            }
            List<Future<?>> rows = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(callers);
            try {
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
            } finally {
                threads.shutdown();
            }
        }

        private void readFrom(int first, int step, Item[] asked, long[] nanos) throws Exception {
            for (int i = first; i < nanos.length; i += step) {
                long start = System.nanoTime();
                Map<Item, ItemState> came = group.read(false, asked);
                nanos[i] = System.nanoTime() - start;
                if (came.size() != asked.length || came.values().stream().anyMatch(one -> one.getErrorCode() != 0)) {
                    throw new IllegalStateException("a read of " + asked.length + " items was not good");
                }
            }
        }
    }

    /** Only AddItems is timed, and in the sum; the group is made before, and removed after it. */
    private static String add(Server server, String[] counters, int calls) throws Exception {
        long[] nanos = new long[calls];
        for (int i = 0; i < calls; i++) {
            Group group = server.addGroup();
            long start = System.nanoTime();
            Map<String, Item> added = group.addItems(counters);
            nanos[i] = System.nanoTime() - start;
            if (added.size() != counters.length) {
                throw new IllegalStateException(added.size() + " items of " + counters.length);
            }
            group.remove();
        }
        return done(nanos, Arrays.stream(nanos).sum());
    }

    private static String done(long[] nanos, long total) {
        Arrays.sort(nanos);
        return "done " + nanos[nanos.length / 2] + " " + nanos[nanos.length * 99 / 100] + " " + total;
    }
}
