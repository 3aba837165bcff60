import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jinterop.dcom.common.JIException;
import org.jinterop.dcom.common.JISystem;
import org.jinterop.dcom.core.IJIComObject;
import org.jinterop.dcom.core.JIArray;
import org.jinterop.dcom.core.JICallBuilder;
import org.jinterop.dcom.core.JIClsid;
import org.jinterop.dcom.core.JIComServer;
import org.jinterop.dcom.core.JIFlags;
import org.jinterop.dcom.core.JILocalCoClass;
import org.jinterop.dcom.core.JILocalInterfaceDefinition;
import org.jinterop.dcom.core.JILocalMethodDescriptor;
import org.jinterop.dcom.core.JILocalParamsDescriptor;
import org.jinterop.dcom.core.JIPointer;
import org.jinterop.dcom.core.JISession;
import org.jinterop.dcom.core.JIString;
import org.jinterop.dcom.impls.JIObjectFactory;

/**
 * A DCOM client on j-Interop: does one thing after the other with the server's probe object, and prints what came of each. Runs
 * from its source, with the jars of j-Interop on the class path.
 *
 * <p>usage: JInteropClient.java HOST USER PASSWORD CLSID MODE, which is ntlm2, ntlmv2 or sealed, with "+sink" if the object is to
 * call back
 */
public final class JInteropClient {
    private static final String IPROBE = "7D0B6F4E-3A61-4C52-9E0B-2F5A1C8D4E01";
    private static final String IPROBE_SINK = "7D0B6F4E-3A61-4C52-9E0B-2F5A1C8D4E02";
    private static final int ADD = 0;
    private static final int VALUES = 1;
    private static final int TELL = 2;
    private static final int CALL_BACK = 3;
    private static final int TIMEOUT_MS = 30_000;

    /** Called by the server. */
    public static final class Sink {
        private final BlockingQueue<Integer> came = new LinkedBlockingQueue<>();

        public Integer onValue(int value) {
            came.add(value);
            return value + 1;
        }
    }

    private JInteropClient() {}

    public static void main(String[] arguments) throws Exception {
        JISystem.setAutoRegisteration(false);
        Logger.getLogger("org.jinterop").setLevel(Level.OFF);
        String mode = arguments[4];
        JISession session = JISession.createSession("PLANT", arguments[1], arguments[2]);
        session.useNTLMv2(mode.startsWith("ntlmv2") || mode.startsWith("sealed2"));
        session.useSessionSecurity(mode.startsWith("sealed"));
        session.setGlobalSocketTimeout(TIMEOUT_MS);
        try {
            JIComServer server = new JIComServer(JIClsid.valueOf(arguments[3]), arguments[0], session);
            IJIComObject object = server.createInstance();
            say("activation", "an object");
            IJIComObject probe = (IJIComObject) object.queryInterface(IPROBE);
            use(probe);
            if (mode.endsWith("+sink")) {
                callBack(session, probe);
            }
        } catch (JIException e) {
            say("failed", "0x%08x".formatted(e.getErrorCode()));
        }
        JISession.destroySession(session);
        say("end", "reached");
        System.exit(0);
    }

    private static void use(IJIComObject probe) throws JIException {
        JICallBuilder add = call(ADD);
        add.addInParamAsInt(2, JIFlags.FLAG_NULL);
        add.addInParamAsInt(40, JIFlags.FLAG_NULL);
        add.addOutParamAsType(Integer.class, JIFlags.FLAG_NULL);
        say("a call", probe.call(add)[0]);

        JICallBuilder values = call(VALUES);
        values.addInParamAsInt(3_000, JIFlags.FLAG_NULL);
        values.addOutParamAsObject(new JIArray(Double.class, null, 1, true), JIFlags.FLAG_NULL);
        Double[] all = (Double[]) ((JIArray) probe.call(values)[0]).getArrayInstance();
        say("many values", all.length + ", the last " + all[all.length - 1]);

        String text = "tändęm ".repeat(1_500);
        JICallBuilder tell = call(TELL);
        tell.addInParamAsString(text, JIFlags.FLAG_REPRESENTATION_STRING_LPWSTR);
        tell.addOutParamAsObject(
                new JIPointer(new JIString(JIFlags.FLAG_REPRESENTATION_STRING_LPWSTR)), JIFlags.FLAG_NULL);
        String told = ((JIString) ((JIPointer) probe.call(tell)[0]).getReferent()).getString();
        say("a long text", told.length() + " characters, " + (told.equals(text) ? "the same" : "others"));
    }

    private static void callBack(JISession session, IJIComObject probe) throws JIException, InterruptedException {
        Sink sink = new Sink();
        JILocalCoClass local = new JILocalCoClass(new JILocalInterfaceDefinition(IPROBE_SINK, false), sink);
        JILocalParamsDescriptor parameters = new JILocalParamsDescriptor();
        parameters.addInParamAsType(Integer.class, JIFlags.FLAG_NULL);
        local.getInterfaceDefinition().addMethodDescriptor(new JILocalMethodDescriptor("onValue", 0, parameters));
        local.setSupportedEventInterfaces(Arrays.asList(IPROBE_SINK));
        IJIComObject reference = JIObjectFactory.buildObject(session, local);

        JICallBuilder call = call(CALL_BACK);
        call.addInParamAsComObject(reference, JIFlags.FLAG_NULL);
        call.addInParamAsInt(77, JIFlags.FLAG_NULL);
        call.addOutParamAsType(Integer.class, JIFlags.FLAG_NULL);
        say("called back", probe.call(call)[0]);
        say("the sink got", sink.came.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS));
    }

    private static JICallBuilder call(int method) {
        JICallBuilder call = new JICallBuilder(true);
        call.setOpnum(method);
        return call;
    }

    private static void say(String name, Object value) {
        System.out.println(name + ": " + value);
    }
}
