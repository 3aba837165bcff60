package org.tandemopc.dcom.orpc.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.ComplexPingRequest;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.ComplexPingResponse;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.ResolveOxid2Response;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.ResolveOxidRequest;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.ResolveOxidResponse;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.ServerAlive2Response;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.SimplePingRequest;
import org.tandemopc.dcom.orpc.wire.IObjectExporter.Status;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * IObjectExporter of a server ([MS-DCOM] 3.1.2.5.1): tells where the exporter is, takes pings, and has the objects of silent
 * clients taken back.
 */
final class ObjectResolver implements RpcInterface {
    private static final int OK = 0;

    private final ServerContext context;
    private final PingLimits limits;
    private final LongSupplier clock;
    private final ToIntFunction<CallContext> authnHint;

    /** Guarded by itself. */
    private final PingSets sets;

    /**
     * @param authnHint the level that calls of this client need
     * @param clock the exporter's
     */
    ObjectResolver(
            ServerContext context,
            PingLimits limits,
            ToIntFunction<CallContext> authnHint,
            LongSupplier clock,
            LongSupplier setIds) {
        this.context = context;
        this.limits = limits;
        this.authnHint = authnHint;
        this.clock = clock;
        this.sets = new PingSets(limits, setIds);
    }

    @Override
    public SyntaxId syntax() {
        return IObjectExporter.SYNTAX;
    }

    /**
     * The first two questions of every client come before it can log in ([MS-DCOM] 3.1.2.5.1.4, 3.1.2.5.1.6). Where objects are to be
     * called sealed, resolutions and pings need not be: the service of Windows that makes them for its programs signs them, however
     * those call ([MS-DCOM] 3.2.4.1.2.2, 3.2.6.1, notes 84 and 93).
     */
    @Override
    public AuthLevel minimumLevel(int opnum, PeerPolicy peer) {
        if (opnum == IObjectExporter.SERVER_ALIVE || opnum == IObjectExporter.SERVER_ALIVE2) {
            return AuthLevel.NONE;
        }
        AuthLevel calls = peer.minCallLevel();
        return calls.isAtLeast(AuthLevel.PKT_INTEGRITY) ? AuthLevel.PKT_INTEGRITY : calls;
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return switch (opnum) {
            case IObjectExporter.RESOLVE_OXID -> this::resolveOxid;
            case IObjectExporter.SIMPLE_PING -> this::simplePing;
            case IObjectExporter.COMPLEX_PING -> this::complexPing;
            case IObjectExporter.SERVER_ALIVE -> (call, stub) -> status(OK);
            case IObjectExporter.RESOLVE_OXID2 -> this::resolveOxid2;
            case IObjectExporter.SERVER_ALIVE2 -> this::serverAlive2;
            default -> null;
        };
    }

    int sets() {
        synchronized (sets) {
            return sets.size();
        }
    }

    /**
     * Gives up the clients that were silent for too long, and takes back what nobody needs any more.
     *
     * @return how many objects
     */
    int collect() {
        // in this order everywhere: the sets' lock first, the exporter's within it
        synchronized (sets) {
            signs(sets.expire(clock.getAsLong()));
            return context.exporter().collect(sets, limits.timeout());
        }
    }

    private void signs(List<PingSets.Dropped> dropped) {
        dropped.forEach(one -> context.exporter().lifeSign(one.oid(), one.client(), one.pingedNanos()));
    }

    private Bytes resolveOxid(CallContext call, Bytes stub) throws MalformedException {
        NdrWriter out = new NdrWriter();
        boolean isKnown = isOurs(call, stub);
        new ResolveOxidResponse(
                        bindings(call, isKnown),
                        ipid(isKnown),
                        isKnown ? authnHint.applyAsInt(call) : 0,
                        isKnown ? OK : IObjectExporter.INVALID_OXID)
                .write(out);
        return out.toBytes();
    }

    private Bytes resolveOxid2(CallContext call, Bytes stub) throws MalformedException {
        NdrWriter out = new NdrWriter();
        boolean isKnown = isOurs(call, stub);
        new ResolveOxid2Response(
                        bindings(call, isKnown),
                        ipid(isKnown),
                        isKnown ? authnHint.applyAsInt(call) : 0,
                        ComVersion.OURS,
                        isKnown ? OK : IObjectExporter.INVALID_OXID)
                .write(out);
        return out.toBytes();
    }

    /** TCP is what there is, whatever protocols the client asks for. */
    private boolean isOurs(CallContext call, Bytes stub) throws MalformedException {
        long oxid = ResolveOxidRequest.read(NdrReader.over(stub, call.order())).oxid();
        return oxid == context.exporter().oxid();
    }

    private Optional<DualStringArray> bindings(CallContext call, boolean isKnown) {
        return isKnown
                ? Optional.of(context.bindings().objects(call.localAddress().getAddress()))
                : Optional.empty();
    }

    private Guid ipid(boolean isKnown) {
        return isKnown ? context.exporter().remUnknown() : Guid.NULL;
    }

    private Bytes simplePing(CallContext call, Bytes stub) throws MalformedException {
        long setId = SimplePingRequest.read(NdrReader.over(stub, call.order())).setId();
        int status;
        synchronized (sets) {
            status = sets.simplePing(setId, Client.of(call), clock.getAsLong());
        }
        return status(status);
    }

    private Bytes complexPing(CallContext call, Bytes stub) throws MalformedException {
        ComplexPingRequest request = ComplexPingRequest.read(NdrReader.over(stub, call.order()));
        List<PingSets.Dropped> dropped = new ArrayList<>();
        PingSets.Answer answer;
        synchronized (sets) {
            answer = sets.complexPing(
                    request.setId(),
                    request.sequence(),
                    request.added(),
                    request.removed(),
                    Client.of(call),
                    context.exporter()::knows,
                    dropped,
                    clock.getAsLong());
            // before the lock goes: what moves from one set to another must not be looked at between
            signs(dropped);
        }
        if (answer.status() == PingSets.NO_ROOM) {
            context.log().tell(call.remoteAddress(), "a set of pings beyond the limit was refused");
        }
        NdrWriter out = new NdrWriter();
        new ComplexPingResponse(answer.setId(), 0, answer.status()).write(out);
        return out.toBytes();
    }

    private Bytes serverAlive2(CallContext call, Bytes stub) {
        NdrWriter out = new NdrWriter();
        DualStringArray bindings =
                context.bindings().resolver(call.localAddress().getAddress());
        new ServerAlive2Response(ComVersion.OURS, Optional.of(bindings), OK).write(out);
        return out.toBytes();
    }

    private static Bytes status(int status) {
        NdrWriter out = new NdrWriter();
        new Status(status).write(out);
        return out.toBytes();
    }
}
