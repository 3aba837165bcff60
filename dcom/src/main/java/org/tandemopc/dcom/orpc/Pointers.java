package org.tandemopc.dcom.orpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * The interface pointers among the parameters of one call. What was read belongs to who gets the parameters, who closes it when
 * it is not needed any more; if the call fails before or with a failure, the runtime closes it. [in] pointers that are written stay
 * the caller's. [out] pointers of a method pass to whoever gets the results: a method that keeps one gives out another, and the
 * runtime closes what it has sent, as a local caller would. Not thread-safe.
 */
public final class Pointers {
    /** Pointers in one direction of one call. */
    static final int MAX = 10_000;

    private final Marshaler marshaler;
    private final List<ComPointer<?>> taken = new ArrayList<>();
    private final List<Given> given = new ArrayList<>();
    private final List<ComPointer<?>> written = new ArrayList<>();

    /** What was made of a pointer. */
    private record Given(ComPointer<?> pointer, ObjRef reference) {}

    public Pointers(Marshaler marshaler) {
        this.marshaler = marshaler;
    }

    /** A slot in a structure or array, or a parameter: a unique pointer; empty is NULL. */
    public <T> Late<Optional<ComPointer<T>>> slot(NdrReader in, String field, InterfaceDef<T> type)
            throws MalformedException {
        return in.unique(field, here -> {
            int at = here.offset();
            if (taken.size() == MAX) {
                throw here.malformed(field, at, "is one of more than " + MAX + " pointers");
            }
            return take(InterfacePointer.readPointee(here, field), type);
        });
    }

    /** A parameter outside any construct. */
    public <T> Optional<ComPointer<T>> read(NdrReader in, String field, InterfaceDef<T> type)
            throws MalformedException {
        return slot(in, field, type).get();
    }

    /** A parameter or slot. */
    public void write(NdrWriter out, Optional<? extends ComPointer<?>> pointer) {
        InterfacePointer.write(out, pointer.map(this::give));
    }

    /** For pointers that travel within something else, such as a VARIANT. */
    public <T> ComPointer<T> take(InterfacePointer octets, InterfaceDef<T> type) {
        if (taken.size() >= MAX) {
            return new DeadPointer<>(type, Guid.NULL, "one of more than " + MAX + " pointers in a call");
        }
        ComPointer<T> pointer = marshaler.unmarshal(octets, type);
        taken.add(pointer);
        return pointer;
    }

    /**
     * For pointers that travel within something else.
     *
     * @throws DeadPointerException it leads nowhere
     * @throws ExportLimitException no more are handed out
     */
    public InterfacePointer give(ComPointer<?> pointer) {
        written.add(pointer);
        ObjRef reference = marshaler.marshal(pointer);
        given.add(new Given(pointer, reference));
        return reference.toInterfacePointer();
    }

    /** Closes what was read: nobody will. */
    public void closeTaken() {
        taken.forEach(ComPointer::close);
        taken.clear();
    }

    /** For results: closes what was written, which was its receiver's from then on. */
    public void closeWritten() {
        written.forEach(ComPointer::close);
        written.clear();
    }

    /** Takes back what was written: it is not sent. */
    public void revokeGiven() {
        given.forEach(one -> marshaler.revoke(one.pointer(), one.reference()));
        given.clear();
    }
}
