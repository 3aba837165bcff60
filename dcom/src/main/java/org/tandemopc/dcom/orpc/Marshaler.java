package org.tandemopc.dcom.orpc;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.InterfacePointer;

/**
 * Makes OBJREFs of pointers and pointers of OBJREFs, for one call ([MS-DCOM] 3.1.1.5.1, 3.2.4.1.2): what is allowed, who owns
 * what, and at which address, depends on who is at the other end.
 */
public interface Marshaler {
    /**
     * Hands a pointer out. It stays the caller's, to be closed by him; the OBJREF carries references of its own.
     *
     * @throws ExportLimitException no more objects or references for this peer, or at all
     * @throws DeadPointerException it leads nowhere, so that there is nothing to hand out
     */
    ObjRef marshal(ComPointer<?> pointer);

    /** Takes {@link #marshal} back: the OBJREF was not sent. */
    void revoke(ComPointer<?> pointer, ObjRef reference);

    /**
     * Takes over what the peer handed out; connects to nobody. Octets that are no OBJREF, or one that leads where this side does
     * not go, give a pointer whose every call says so: they cost the pointer and not the call it came with.
     */
    <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type);

    /** Of calls without pointers. */
    static Marshaler none() {
        return new Marshaler() {
            @Override
            public ObjRef marshal(ComPointer<?> pointer) {
                throw new IllegalStateException("a pointer where none may be: " + pointer);
            }

            @Override
            public void revoke(ComPointer<?> pointer, ObjRef reference) {
                // none was made
            }

            @Override
            public <T> ComPointer<T> unmarshal(InterfacePointer octets, InterfaceDef<T> type) {
                return new DeadPointer<>(type, Guid.NULL, "a pointer where none may be");
            }
        };
    }
}
