import java.util.Collection;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jinterop.dcom.common.JISystem;
import org.jinterop.dcom.core.JIVariant;
import org.openscada.opc.lib.common.ConnectionInformation;
import org.openscada.opc.lib.da.Async20Access;
import org.openscada.opc.lib.da.Group;
import org.openscada.opc.lib.da.Item;
import org.openscada.opc.lib.da.Server;
import org.openscada.opc.lib.da.browser.Branch;
import org.openscada.opc.lib.da.browser.Leaf;

/**
 * An OPC DA client on Utgard: browses, reads, writes and subscribes, and prints what came of each. Runs from its source, with the
 * jars of Utgard on the class path.
 *
 * <p>usage: UtgardClient.java HOST USER PASSWORD CLSID
 */
public final class UtgardClient {
    private static final int PATIENCE_S = 30;
    private static final int VALUES = 5;

    private UtgardClient() {}

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
        try {
            server.connect();
            say("state", server.getServerState().getServerState());
            Collection<String> all = server.getFlatBrowser().browse();
            say("flat", all.size() + ", among them " + all.contains("counter.0"));
            Branch root = server.getTreeBrowser().browse();
            say("tree", new TreeSet<>(root.getBranches().stream().map(Branch::getName).toList()));
            say("leaves", below(below(below(root, "deep"), "a"), "b").getLeaves().stream()
                    .map(Leaf::getItemId)
                    .toList());
            readAndWrite(server);
            subscribe(server);
        } catch (Exception e) {
            say("failed", e);
        }
        server.dispose();
        executor.shutdownNow();
        say("end", "reached");
        System.exit(0);
    }

    private static Branch below(Branch branch, String name) {
        return branch.getBranches().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void readAndWrite(Server server) throws Exception {
        Group group = server.addGroup("utgard");
        Item item = group.addItem("static.3");
        say("read", item.read(true).getValue().getObject());
        say("written", item.write(new JIVariant(42)));
        say("read again", item.read(true).getValue().getObject());
        Item text = group.addItem("types.BSTR");
        say("text", text.read(true).getValue().getObjectAsString2());
        group.remove();
    }

    private static void subscribe(Server server) throws Exception {
        BlockingQueue<Double> came = new LinkedBlockingQueue<>();
        Async20Access access = new Async20Access(server, 100, false);
        access.addItem("counter.0", (item, state) -> {
            try {
                came.add(state.getValue().getObjectAsDouble());
            } catch (Exception e) {
                say("failed", e);
            }
        });
        access.bind();
        double last = 0;
        boolean rises = true;
        for (int i = 0; i < VALUES; i++) {
            Double next = came.poll(PATIENCE_S, TimeUnit.SECONDS);
            rises &= next != null && next > last;
            last = next == null ? last : next;
        }
        say("subscribed", VALUES + " values, " + (rises ? "rising" : "not rising"));
        access.unbind();
    }

    private static void say(String name, Object value) {
        System.out.println(name + ": " + value);
    }
}
