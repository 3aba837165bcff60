package org.tandemopc.dcom.orpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.tandemopc.dcom.rpc.CallProtection;
import org.tandemopc.dcom.rpc.Principal;

/** Makes pointers of OBJREFs that lead to other processes: the client's half of DCOM, as the runtime calls it. Any thread. */
public interface Importer {
    /**
     * Whom an OBJREF came from.
     *
     * @param resolvers where its exporter may be asked for, of all that it says, in its order; never empty. Names in bindings
     *     are not among them, and neither are other hosts than the sender's own or those that are allowed by configuration
     * @param principal anonymous: he has not logged in
     * @param call that it came with: as that was protected, calls back are, unless a setting says otherwise
     */
    record Origin(InetAddress address, List<InetSocketAddress> resolvers, Principal principal, CallProtection call) {
        public Origin {
            resolvers = List.copyOf(resolvers);
        }
    }

    /**
     * Takes over the references of an OBJREF that is standard, handler or extended; connects to nobody yet.
     *
     * @param type what the pointer is wanted as; the OBJREF may be of another interface, which costs a QueryInterface
     */
    <T> ComPointer<T> adopt(ObjRef reference, InterfaceDef<T> type, Origin origin);

    /** Follows no reference to elsewhere. */
    static Importer none() {
        return new Importer() {
            @Override
            public <T> ComPointer<T> adopt(ObjRef reference, InterfaceDef<T> type, Origin origin) {
                return new UnfollowedPointer<>(type, reference, "this side calls no objects of its peers");
            }
        };
    }
}
