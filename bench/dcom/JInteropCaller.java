import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jinterop.dcom.common.JISystem;
import org.jinterop.dcom.core.IJIComObject;
import org.jinterop.dcom.core.JIArray;
import org.jinterop.dcom.core.JICallBuilder;
import org.jinterop.dcom.core.JIClsid;
import org.jinterop.dcom.core.JIComServer;
import org.jinterop.dcom.core.JIFlags;
import org.jinterop.dcom.core.JISession;

/**
 * The client of j-Interop in the benchmarks of DCOM. Runs from its source, with the jars of j-Interop on the class path. For each
 * line "values calls callers" that it reads it makes so many calls, from so many threads at once, and prints
 * "done p50 p99 total", in nanoseconds.
 *
 * <p>usage: JInteropCaller.java HOST USER PASSWORD CLSID IID LEVEL, which is CONNECT or PKT_PRIVACY
 */
public final class JInteropCaller {
    private static final int VALUES = 0;
    private static final int TIMEOUT_MS = 30_000;

    private JInteropCaller() {}

    public static void main(String[] arguments) throws Exception {
        JISystem.setAutoRegisteration(false);
        Logger.getLogger("org.jinterop").setLevel(Level.OFF);
        JISession session = JISession.createSession("BENCH", arguments[1], arguments[2]);
        session.useNTLMv2(true);
        session.useSessionSecurity(arguments[5].equals("PKT_PRIVACY"));
        session.setGlobalSocketTimeout(TIMEOUT_MS);
        JIComServer server = new JIComServer(JIClsid.valueOf(arguments[3]), arguments[0], session);
        IJIComObject object = (IJIComObject) server.createInstance().queryInterface(arguments[4]);
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            int callers = Integer.parseInt(words[2]);
            System.out.println(block(object, Integer.parseInt(words[0]), Integer.parseInt(words[1]) / callers, callers));
        }
        JISession.destroySession(session);
        System.exit(0);
    }

    /** @param calls of each caller */
    private static String block(IJIComObject object, int values, int calls, int callers) throws Exception {
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

    private static long[] calls(IJIComObject object, int values, int calls) throws Exception {
        long[] nanos = new long[calls];
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            JICallBuilder call = new JICallBuilder(true);
            call.setOpnum(VALUES);
            call.addInParamAsInt(values, JIFlags.FLAG_NULL);
            call.addOutParamAsObject(new JIArray(Double.class, null, 1, true), JIFlags.FLAG_NULL);
            Double[] all = (Double[]) ((JIArray) object.call(call)[0]).getArrayInstance();
            nanos[i] = System.nanoTime() - start;
            if (all.length != values) {
                throw new IllegalStateException(all.length + " values of " + values);
            }
        }
        return nanos;
    }
}
