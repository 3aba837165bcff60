package org.tandemopc.dcom.orpc.server;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.DeadPointer;
import org.tandemopc.dcom.orpc.DualStringArray;
import org.tandemopc.dcom.orpc.Importer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.LocalPointer;
import org.tandemopc.dcom.orpc.Marshaler;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.StdObjRef;
import org.tandemopc.dcom.orpc.UnfollowedPointer;
import org.tandemopc.dcom.orpc.wire.RemInterfaceRef;
import org.tandemopc.dcom.rpc.CallProtection;

/** Pointers between this process and one peer, both ways. Thread-safe. */
final class PeerMarshaler implements Marshaler {
    private final ObjectExporter exporter;
    private final Client peer;
    private final CallProtection call;
    private final Supplier<DualStringArray> resolver;
    private final Importer importer;
    private final Set<InetAddress> alsoCalled;

    /**
     * @param call that the pointers travel with
     * @param resolver where the peer asks for our OXID; asked when a pointer is handed out, which few calls do
     * @param alsoCalled addresses that its references may lead to, besides its own
     */
    PeerMarshaler(
            ObjectExporter exporter,
            Client peer,
            CallProtection call,
            Supplier<DualStringArray> resolver,
            Importer importer,
            Set<InetAddress> alsoCalled) {
        this.exporter = exporter;
        this.peer = peer;
        this.call = call;
        this.resolver = resolver;
        this.importer = importer;
        this.alsoCalled = alsoCalled;
    }

    @Override
    public ObjRef marshal(ComPointer<?> pointer) {
        // what is of elsewhere stays of elsewhere, under its own exporter's names
        return pointer instanceof LocalPointer<?> local
                ? new ObjRef.Standard(local.iid(), exporter.export(local.object(), local.iid(), peer), resolver.get())
                : pointer.handOn();
    }

    @Override
    public void revoke(ComPointer<?> pointer, ObjRef reference) {
        Optional<StdObjRef> own = pointer instanceof LocalPointer<?> ? reference.standard() : Optional.empty();
        if (own.isPresent()) {
            StdObjRef std = own.get();
            exporter.release(List.of(new RemInterfaceRef(std.ipid(), std.publicRefs(), 0)), peer);
        } else {
            pointer.notHandedOn(reference);
        }
    }

    @Override
    public <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type) {
        ObjRef reference;
        try {
            reference = ObjRef.of(octets);
        } catch (MalformedException e) {
            return new DeadPointer<>(type, Guid.NULL, "%s sent no reference: %s".formatted(peer, e.getMessage()));
        }
        Optional<StdObjRef> standard = reference.standard();
        if (standard.isEmpty()) {
            return dead(reference, type, "%s sent a custom reference, which is code of its machine".formatted(peer));
        }
        return standard.get().oxid() == exporter.oxid()
                ? own(reference, standard.get(), type)
                : foreign(reference, type);
    }

    private <T> ComPointer<T> own(ObjRef reference, StdObjRef standard, InterfaceDef<T> type) {
        try {
            Optional<LocalPointer<T>> local = exporter.takeBack(standard, type, peer);
            if (local.isPresent()) {
                return local.get();
            }
        } catch (IllegalArgumentException e) {
            return dead(reference, type, "%s sent a reference to an object that is no %s".formatted(peer, type));
        }
        return dead(reference, type, "%s sent a reference to an object that is gone".formatted(peer));
    }

    /** To where the peer is, or to what is configured, and nowhere else: or anybody could have us connect to any host. */
    private <T> ComPointer<T> foreign(ObjRef reference, InterfaceDef<T> type) {
        List<RemoteHost> places = Stream.concat(Stream.of(peer.address()), alsoCalled.stream())
                .distinct()
                .map(RemoteHost::of)
                .toList();
        Reach reach = Reach.ofResolver(reference.resolvers(), places);
        if (reach.targets().isEmpty()) {
            String why = "%s sent a reference that leads elsewhere: %s".formatted(peer, reach.why(places));
            return new UnfollowedPointer<>(type, reference, why);
        }
        var origin = new Importer.Origin(
                peer.address(),
                reach.targets().stream().map(Reach.Target::address).toList(),
                peer.principal(),
                call);
        return importer.adopt(reference, type, origin);
    }

    private static <T> ComPointer<T> dead(ObjRef reference, InterfaceDef<T> type, String why) {
        return new DeadPointer<>(type, reference.iid(), why);
    }
}
