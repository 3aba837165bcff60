package org.tandemopc.bench.dcom;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.ntlm.NtlmInitiator;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.OrpcThat;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.ClientOptions;
import org.tandemopc.dcom.rpc.Login;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcAnswer;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.SyntaxId;

/** A client down to connections and calls, which can go without a word: what is left then is one of the questions. */
final class CallClient implements AutoCloseable {
    private static final SyntaxId CALLS = new SyntaxId(Calls.DEF.iid(), 0, 0);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int IMPERSONATE = 3;
    private static final int TCP = 7;

    private final RpcClient connection;
    private final Guid ipid;

    private CallClient(RpcClient connection, Guid ipid) {
        this.connection = connection;
        this.ipid = ipid;
    }

    /** Has an object made, and connects to it. */
    static CallClient connect(InetSocketAddress resolver, InetSocketAddress objects, AuthLevel level)
            throws IOException, RpcFaultException, MalformedException {
        Guid ipid;
        try (RpcClient client = login(resolver, IActivation.SYNTAX, level)) {
            NdrWriter in = header();
            new IActivation.Request(
                            Guid.of(CallServer.CLSID),
                            Optional.empty(),
                            Optional.empty(),
                            IMPERSONATE,
                            0,
                            List.of(Calls.DEF.iid()),
                            List.of(TCP))
                    .write(in);
            RpcAnswer answer = client.call(
                    IActivation.SYNTAX, IActivation.REMOTE_ACTIVATION, null, in.toBytes(), Deadline.after(PATIENCE));
            NdrReader out = NdrReader.over(answer.stub(), answer.order());
            OrpcThat.read(out);
            IActivation.Response made = IActivation.Response.read(out);
            ObjRef pointer = ObjRef.of(made.pointers().getFirst().orElseThrow());
            if (!(pointer instanceof ObjRef.Standard standard)) {
                throw new IllegalStateException("not a standard reference: " + pointer);
            }
            ipid = standard.std().ipid();
        }
        return new CallClient(login(objects, CALLS, level), ipid);
    }

    /** A connection that has logged in, with no object. */
    static RpcClient login(InetSocketAddress address, SyntaxId syntax, AuthLevel level)
            throws IOException, RpcFaultException {
        NtlmInitiator initiator = new NtlmInitiator(
                settings(level), NtlmCredentials.of("BENCH", CallServer.USER, CallServer.PASSWORD.toCharArray()));
        return RpcClient.connect(
                address,
                syntax,
                new Login(initiator.ntlm(level), level),
                ClientOptions.defaults(policy(level)),
                Deadline.after(PATIENCE));
    }

    static NtlmClientSettings settings(AuthLevel level) {
        NtlmClientSettings settings = NtlmClientSettings.of("STATION");
        return level.signs() ? settings : settings.withLeniencies(Set.of(Leniency.UNSIGNED_CALLS));
    }

    static PeerPolicy policy(AuthLevel level) {
        return PeerPolicy.strict().withMinCallLevel(level);
    }

    private static NdrWriter header() {
        NdrWriter in = new NdrWriter();
        OrpcThis.of(ComVersion.OURS, Guid.random()).write(in);
        return in;
    }

    List<Double> values(int count) throws IOException, RpcFaultException, MalformedException {
        RpcAnswer answer = connection.call(
                CALLS, Calls.VALUES.opnum(), ipid, header().i32(count).toBytes(), Deadline.after(PATIENCE));
        NdrReader out = NdrReader.over(answer.stub(), answer.order());
        OrpcThat.read(out);
        List<Double> values = out.conformant("values", Double.BYTES, each -> each.f64("value"));
        int hresult = out.i32("HRESULT");
        if (hresult != 0 || values.size() != count) {
            throw new IllegalStateException("%d values of %d, 0x%08X".formatted(values.size(), count, hresult));
        }
        return values;
    }

    /** Ends the connection and gives nothing back. */
    @Override
    public void close() {
        connection.close();
    }
}
