package org.tandemopc.dcom.orpc.server;

import java.net.InetAddress;
import java.util.Set;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.OrpcThis;
import org.tandemopc.dcom.orpc.Pointers;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.FaultLog;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.WeakCalls;

/** What the interfaces of one server share. Immutable but for the exporter; any thread. */
record ServerContext(
        ObjectExporter exporter,
        Bindings bindings,
        Access access,
        Importer importer,
        Set<InetAddress> alsoCalled,
        FaultLog log,
        WeakCalls weak) {
    /** For the pointers among the parameters and results of one call. */
    PeerMarshaler marshaler(CallContext call) {
        return new PeerMarshaler(
                exporter,
                Client.of(call),
                call.protection(),
                () -> bindings.resolver(call.localAddress().getAddress()),
                importer,
                alsoCalled);
    }

    Pointers pointers(CallContext call) {
        return new Pointers(marshaler(call));
    }

    /** Reads what stands before the parameters of a call on an object, and holds it against [MS-DCOM] 3.1.1.5.4. */
    static ObjectCall begin(CallContext call, NdrReader in) throws MalformedException, RpcFaultException {
        OrpcThis header = OrpcThis.read(in);
        if (!ComVersion.OURS.serves(header.version())) {
            throw new RpcFaultException(HResult.RPC_E_VERSION_MISMATCH, true);
        }
        if (header.flags() != 0) {
            throw new RpcFaultException(HResult.RPC_E_INVALID_HEADER, true);
        }
        return new ObjectCall(call, header.version(), header.cid());
    }
}
