package org.tandemopc.dcom.orpc;

import java.util.Optional;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;

/**
 * A pointer that leads nowhere, made of octets that are no reference, or of a reference that this side does not follow. Each call
 * says why; nothing is sent. So a peer's bad pointer costs the pointer, where a method can refuse it by name.
 *
 * @param iid as the octets say, or NULL
 * @param came the reference that is not followed: whoever it is handed on to may reach what this side may not. Empty: there is
 *     none to hand on
 * @param why in a sentence
 */
public record DeadPointer<T>(InterfaceDef<T> type, Guid iid, Optional<ObjRef> came, String why)
        implements ComPointer<T> {
    /** With nothing to hand on. */
    public DeadPointer(InterfaceDef<T> type, Guid iid, String why) {
        this(type, iid, Optional.empty(), why);
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
        return new DeadPointer<>(wanted, iid, came, why);
    }

    @Override
    public ObjRef handOn() {
        return came.orElseThrow(() -> new IllegalStateException(why));
    }

    @Override
    public void close() {
        // nothing is held
    }
}
