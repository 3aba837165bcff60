import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jinterop.dcom.core.JIVariant;
import org.jinterop.dcom.common.JISystem;
import org.openscada.opc.lib.common.ConnectionInformation;
import org.openscada.opc.lib.da.Async20Access;
import org.openscada.opc.lib.da.Group;
import org.openscada.opc.lib.da.Item;
import org.openscada.opc.lib.da.Server;

/**
 * An OPC DA client on Utgard that goes on until its input ends: is told the values of one item, reads another one and writes a third
 * with a new number each time, and prints what comes of each.
 *
 * <p>usage: UtgardWatch.java HOST USER PASSWORD CLSID
 */
public final class UtgardWatch {
    private static final int EVERY_MS = 50;
    private static volatile boolean isEnding;

    private UtgardWatch() {}

    public static void main(String[] arguments) throws Exception {
        JISystem.setAutoRegisteration(false);
        Logger.getLogger("org.jinterop").setLevel(Level.OFF);
        ConnectionInformation there = new ConnectionInformation();
        there.setHost(arguments[0]);
        there.setDomain("PLANT");
        there.setUser(arguments[1]);
        there.setPassword(arguments[2]);
        there.setClsid(arguments[3]);
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        Server server = new Server(there, executor);
        server.connect();
        Async20Access access = new Async20Access(server, EVERY_MS, false);
        access.addItem("counter.0", (item, state) -> {
            try {
                say("v " + (long) state.getValue().getObjectAsDouble() + " " + state.getQuality());
            } catch (Exception e) {
                say("v failed " + e);
            }
        });
        access.bind();
        Group group = server.addGroup("calls");
        Item read = group.addItem("static.1");
        Item written = group.addItem("static.3");
        Thread calls = new Thread(() -> call(read, written));
        calls.start();
        say("READY");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (input.readLine() != null) {
            // until it ends
        }
        isEnding = true;
        calls.join();
        access.unbind();
        server.dispose();
        executor.shutdownNow();
        say("end");
        System.exit(0);
    }

    private static void call(Item read, Item written) {
        for (int number = 1000; !isEnding; number++) {
            try {
                var state = read.read(true);
                say("r %08x %d".formatted(state.getErrorCode(), state.getQuality()));
            } catch (Exception e) {
                say("r failed " + e);
            }
            try {
                say("w %d %08x".formatted(number, written.write(new JIVariant(number))));
            } catch (Exception e) {
                say("w %d failed %s".formatted(number, e));
            }
            try {
                Thread.sleep(EVERY_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }
}
