package org.tandemopc.dcom.orpc.server;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.orpc.Activator;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.ExportLimitException;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IClassFactory;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.LocalPointer;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.PeerPolicy;

/**
 * What both interfaces of activation do once they have read what is asked ([MS-DCOM] 3.1.2.5.2.3): may this client have that
 * class, and if so, an object of it. What is refused says "access denied" to the client, and the reason to the log.
 */
final class Activations {
    private final ServerContext context;
    private final Activator activator;
    private final Function<InetSocketAddress, PeerPolicy> policy;

    /**
     * What an activation came to.
     *
     * @param hresult of the whole; a failure: there are no interfaces
     * @param interfaces one for each IID
     */
    record Activated(int hresult, List<Interface> interfaces) {
        static Activated failure(int hresult) {
            return new Activated(hresult, List.of());
        }
    }

    /** @param pointer empty: a failure */
    record Interface(int hresult, Optional<InterfacePointer> pointer) {}

    Activations(ServerContext context, Activator activator, Function<InetSocketAddress, PeerPolicy> policy) {
        this.context = context;
        this.activator = activator;
        this.policy = policy;
    }

    ServerContext context() {
        return context;
    }

    /** An object of the class. */
    Activated instance(Guid clsid, List<Guid> iids, ObjectCall call) {
        return activate(clsid, iids, call, () -> made(clsid, iids, call));
    }

    /** The class object, which makes objects of the class. */
    Activated classObject(Guid clsid, List<Guid> iids, ObjectCall call) {
        return activate(
                clsid,
                iids,
                call,
                () -> activator.hasClass(clsid)
                        ? Result.ok(factory(clsid))
                        : Result.failure(HResult.REGDB_E_CLASSNOTREG));
    }

    private interface Making {
        Result<ComObject> make();
    }

    private Activated activate(Guid clsid, List<Guid> iids, ObjectCall call, Making making) {
        int refusal = refusal(clsid, call);
        if (refusal != HResult.S_OK) {
            return Activated.failure(refusal);
        }
        if (iids.isEmpty() || iids.size() > Activator.IIDS_MAX) {
            return Activated.failure(HResult.E_INVALIDARG);
        }
        Result<ComObject> made = making.make();
        return made.isSuccess() ? exported(made.value(), iids, call) : Activated.failure(made.hresult());
    }

    /** S_OK: not refused. */
    private int refusal(Guid clsid, ObjectCall call) {
        if (!ComVersion.OURS.serves(call.version())) {
            return HResult.RPC_E_VERSION_MISMATCH;
        }
        AuthLevel least = policy.apply(call.remoteAddress()).minActivationLevel();
        Optional<String> why = call.level().isAtLeast(least)
                ? context.access().refusesActivation(call.rpc(), clsid)
                : Optional.of("level: activation of %s at level %s, and %s is asked for"
                        .formatted(clsid, call.level(), least));
        if (why.isPresent()) {
            context.log().tell(call.remoteAddress(), why.get());
            return HResult.E_ACCESSDENIED;
        }
        context.weak().used(call.level(), "PeerPolicy.minActivationLevel", call.remoteAddress());
        Client client = Client.of(call.rpc());
        if (!context.exporter().hasRoomFor(client)) {
            context.log().tell(call.remoteAddress(), "no more objects are made for " + client);
            return HResult.E_OUTOFMEMORY;
        }
        return HResult.S_OK;
    }

    private Result<ComObject> made(Guid clsid, List<Guid> iids, ObjectCall call) {
        try {
            return call.within(() -> activator.activate(clsid, List.copyOf(iids), call));
        } catch (RuntimeException e) {
            context.log().tell(call.remoteAddress(), "an object of class " + clsid + " could not be made", e);
            return Result.failure(HResult.E_UNEXPECTED);
        }
    }

    private Activated exported(ComObject object, List<Guid> iids, ObjectCall call) {
        PeerMarshaler marshaler = context.marshaler(call.rpc());
        List<Interface> interfaces = new ArrayList<>();
        boolean isExported = false;
        for (Guid iid : iids) {
            Interface one = exported(object, iid, marshaler, call);
            isExported |= one.pointer().isPresent();
            interfaces.add(one);
        }
        if (!isExported) {
            // nobody has it, and nobody will say that he needs it no more
            context.exporter().notHandedOut(object);
            return Activated.failure(interfaces.getFirst().hresult());
        }
        return new Activated(HResult.S_OK, interfaces);
    }

    private Interface exported(ComObject object, Guid iid, PeerMarshaler marshaler, ObjectCall call) {
        Optional<ComPointer<IUnknown>> pointer = object.pointer(iid);
        if (pointer.isEmpty()) {
            return new Interface(HResult.E_NOINTERFACE, Optional.empty());
        }
        try {
            ObjRef reference = marshaler.marshal(pointer.get());
            call.rpc().ifUnanswered(() -> marshaler.revoke(pointer.get(), reference));
            return new Interface(HResult.S_OK, Optional.of(reference.toInterfacePointer()));
        } catch (ExportLimitException e) {
            context.log().tell(call.remoteAddress(), String.valueOf(e.getMessage()));
            return new Interface(HResult.E_OUTOFMEMORY, Optional.empty());
        }
    }

    private ComObject factory(Guid clsid) {
        IClassFactory factory = new IClassFactory() {
            @Override
            public Result<Optional<ComPointer<IUnknown>>> createInstance(Guid iid) {
                return create(clsid, iid);
            }

            @Override
            public Result<Nothing> lockServer(boolean lock) {
                return Result.ok(Nothing.NOTHING);
            }
        };
        return ComObject.named("class object of " + clsid)
                .with(IClassFactory.DEF, factory)
                .build();
    }

    /** Who has a class object may have been refused since, and asks for one object more. */
    private Result<Optional<ComPointer<IUnknown>>> create(Guid clsid, Guid iid) {
        ObjectCall call = ObjectCall.current().orElseThrow();
        int refusal = refusal(clsid, call);
        if (refusal != HResult.S_OK) {
            return Result.failure(refusal);
        }
        Result<ComObject> made = made(clsid, List.of(iid), call);
        if (!made.isSuccess()) {
            return Result.failure(made.hresult());
        }
        ComObject object = made.value();
        if (object.find(iid).isEmpty()) {
            context.exporter().notHandedOut(object);
            return Result.failure(HResult.E_NOINTERFACE);
        }
        // closed once the answer is written: if the object could not be handed out with it, nobody else would say so
        return Result.ok(Optional.of(LocalPointer.holding(
                object, IUnknown.DEF, iid, () -> context.exporter().notHandedOut(object))));
    }
}
