package org.tandemopc.dcom.orpc;

import java.util.concurrent.atomic.AtomicBoolean;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;

/**
 * A reference that is right, and that this side does not follow, as it leads where this side does not go. Each call says why;
 * nothing is sent. Whoever it is handed on to may go there, and gets what came: first with its references, then with none, so that
 * he asks for some himself ([MS-DCOM] 3.2.4.4).
 */
public final class UnfollowedPointer<T> implements ComPointer<T> {
    private final InterfaceDef<T> type;
    private final ObjRef came;
    private final StdObjRef std;
    private final String why;
    private final AtomicBoolean isGiven;

    /**
     * @param came standard, handler or extended
     * @param why in a sentence
     */
    public UnfollowedPointer(InterfaceDef<T> type, ObjRef came, String why) {
        this(type, came, came.standard().orElseThrow(), why, new AtomicBoolean());
    }

    private UnfollowedPointer(InterfaceDef<T> type, ObjRef came, StdObjRef std, String why, AtomicBoolean isGiven) {
        this.type = type;
        this.came = came;
        this.std = std;
        this.why = why;
        this.isGiven = isGiven;
    }

    @Override
    public InterfaceDef<T> type() {
        return type;
    }

    @Override
    public Guid iid() {
        return came.iid();
    }

    @Override
    public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in, Deadline deadline) throws LinkException {
        throw new LinkException(why, true);
    }

    @Override
    public <U> Result<ComPointer<U>> queryInterface(InterfaceDef<U> wanted, Deadline deadline) throws LinkException {
        throw new LinkException(why, true);
    }

    @Override
    public <U> ComPointer<U> as(InterfaceDef<U> wanted) {
        return new UnfollowedPointer<>(wanted, came, std, why, isGiven);
    }

    @Override
    public ObjRef handOn() {
        return isGiven.compareAndSet(false, true)
                ? came
                : new ObjRef.Standard(came.iid(), std.withPublicRefs(0), came.resolvers());
    }

    @Override
    public void notHandedOn(ObjRef reference) {
        if (reference.equals(came)) {
            isGiven.set(false);
        }
    }

    /** Gives nothing back: its references are an exporter's that this side does not call, which misses its pings. */
    @Override
    public void close() {
        // nothing is held here
    }

    @Override
    public String toString() {
        return "unfollowed " + came;
    }
}
