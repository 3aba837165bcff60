package org.tandemopc.it.dcom;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmInitiator;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.Login;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.SyntaxId;

/** A client with an object of its own at a {@link DcomHost}, PDU by PDU: what is attacked with must not rest on more. */
final class ProbeCaller implements AutoCloseable {
    static final SyntaxId PROBE = new SyntaxId(Probe.DEF.iid(), 0, 0);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int IMPERSONATE = 3;
    private static final int TCP = 7;

    private final RpcClient objects;
    private final StdObjRef reference;
    private final Guid ipidRemUnknown;

    private ProbeCaller(RpcClient objects, StdObjRef reference, Guid ipidRemUnknown) {
        this.objects = objects;
        this.reference = reference;
        this.ipidRemUnknown = ipidRemUnknown;
    }

    /** Logs in at the port of objects, with an object of its own made. */
    static ProbeCaller connect(DcomHost host, AuthLevel level)
            throws IOException, RpcFaultException, MalformedException {
        InetSocketAddress resolver = host.server().resolverAddresses().getFirst();
        IActivation.Response made;
        try (RpcClient client = login(resolver, IActivation.SYNTAX, level)) {
            NdrWriter in = new NdrWriter();
            header().write(in);
            new IActivation.Request(
                            Guid.of(DcomHost.CLSID),
                            Optional.empty(),
                            Optional.empty(),
                            IMPERSONATE,
                            0,
                            List.of(Probe.DEF.iid()),
                            List.of(TCP))
                    .write(in);
            RpcAnswer answer = client.call(
                    IActivation.SYNTAX, IActivation.REMOTE_ACTIVATION, null, in.toBytes(), Deadline.after(PATIENCE));
            NdrReader out = NdrReader.over(answer.stub(), answer.order());
            OrpcThat.read(out);
            made = IActivation.Response.read(out);
        }
        ObjRef pointer = ObjRef.of(made.pointers().getFirst().orElseThrow());
        if (!(pointer instanceof ObjRef.Standard standard)) {
            throw new AssertionError("not a standard reference: " + pointer);
        }
        InetSocketAddress objects = host.server().objectAddresses().getFirst();
        return new ProbeCaller(login(objects, PROBE, level), standard.std(), made.ipidRemUnknown());
    }

    static RpcClient login(InetSocketAddress address, SyntaxId syntax, AuthLevel level)
            throws IOException, RpcFaultException {
        NtlmInitiator initiator = new NtlmInitiator(
                NtlmClientSettings.of("STATION"),
                NtlmCredentials.of(RpcHost.DOMAIN, RpcHost.USER, RpcHost.PASSWORD.toCharArray()));
        Login login = new Login(initiator.ntlm(level), level);
        return RpcClient.connect(
                address, syntax, login, ClientOptions.defaults(PeerPolicy.strict()), Deadline.after(PATIENCE));
    }

    static OrpcThis header() {
        return OrpcThis.of(ComVersion.OURS, Guid.random());
    }

    int add(int a, int b) throws IOException, RpcFaultException, MalformedException {
        NdrWriter in = new NdrWriter();
        header().write(in);
        in.i32(a).i32(b);
        RpcAnswer answer =
                objects.call(PROBE, Probe.ADD.opnum(), reference.ipid(), in.toBytes(), Deadline.after(PATIENCE));
        NdrReader out = NdrReader.over(answer.stub(), answer.order());
        OrpcThat.read(out);
        return out.i32("sum");
    }

    RpcClient objects() {
        return objects;
    }

    StdObjRef reference() {
        return reference;
    }

    Guid ipidRemUnknown() {
        return ipidRemUnknown;
    }

    @Override
    public void close() {
        objects.close();
    }

    /** Where the recorded PDUs of foreign peers are. */
    static Path vectors() {
        return Path.of("..", "dcom", "src", "test", "resources", "vectors");
    }
}
