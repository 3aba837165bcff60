package org.tandemopc.dcom.orpc;

import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;

/**
 * A pointer that leads nowhere, made of octets that are no reference, of a reference to what is gone, or beyond a limit. Each call
 * says why; nothing is sent. So a peer's bad pointer costs the pointer, where a method can refuse it by name. It is not handed on:
 * who got it could only find out later what is known here.
 *
 * @param iid as the octets say, or NULL
 * @param why in a sentence
 */
public record DeadPointer<T>(InterfaceDef<T> type, Guid iid, String why) implements ComPointer<T> {
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
        return new DeadPointer<>(wanted, iid, why);
    }

    @Override
    public ObjRef handOn() {
        throw new DeadPointerException(why);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
