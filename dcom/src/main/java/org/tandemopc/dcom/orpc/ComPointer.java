package org.tandemopc.dcom.orpc;

import java.time.Duration;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * A reference to one interface of one object, wherever that lives: an interface pointer of COM. Whoever is given one owns it and
 * closes it; the object may go when its last reference has gone. Any thread.
 *
 * <p>Two kinds: {@link LocalPointer} to an object of this process, and those that the client's half makes of a foreign OBJREF.
 * A method that takes or gives pointers need not know which one it has; nor does a server that calls its client's object.
 *
 * @param <T> what it can be used as
 */
public interface ComPointer<T> extends AutoCloseable {
    /** What it can be used as. */
    InterfaceDef<T> type();

    /** What it points to, as the exporter says: {@link #type} or an interface that is more. */
    Guid iid();

    /**
     * Calls a method of the object.
     *
     * @param deadline of the whole call, with all that must be asked and connected before
     * @throws LinkException no answer; whether the method has run is unknown unless {@link LinkException#isNotSent}
     * @throws RpcFaultException no answer of the method, but one of RPC or COM
     * @throws IllegalStateException closed
     */
    <I, O> Result<O> call(Operation<? super T, I, O> operation, I in, Deadline deadline)
            throws LinkException, RpcFaultException;

    /**
     * As the other, for a call that must not be made twice: if nobody waits for its answer any more, it is heard all the same where the
     * pointer leads to another process.
     *
     * @param late of no use where answers cannot come late
     */
    default <I, O> Result<O> call(Operation<? super T, I, O> operation, I in, Deadline deadline, LateAnswer late)
            throws LinkException, RpcFaultException {
        return call(operation, in, deadline);
    }

    /**
     * Asks the object for another interface. The pointer that comes of it is a reference of its own.
     *
     * @return E_NOINTERFACE if it has none such
     */
    <U> Result<ComPointer<U>> queryInterface(InterfaceDef<U> wanted, Deadline deadline)
            throws LinkException, RpcFaultException;

    /**
     * The same reference used as what it points to; asks nobody. Closing either closes both.
     *
     * @throws IllegalArgumentException it points to something else: see {@link #queryInterface}
     */
    <U> ComPointer<U> as(InterfaceDef<U> wanted);

    /** Its methods, all of them together within one deadline. */
    default T within(Deadline deadline) {
        return type().proxy(new Caller<>() {
            @Override
            public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in)
                    throws LinkException, RpcFaultException {
                return ComPointer.this.call(operation, in, deadline);
            }
        });
    }

    /** As the other. @param late hears answers that come when the caller waits no more, as {@link #call} has it */
    default T within(Deadline deadline, LateAnswer late) {
        return type().proxy(new Caller<>() {
            @Override
            public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in)
                    throws LinkException, RpcFaultException {
                return ComPointer.this.call(operation, in, deadline, late);
            }
        });
    }

    /** Its methods, each call within the time. */
    default T within(Duration each) {
        return type().proxy(new Caller<>() {
            @Override
            public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in)
                    throws LinkException, RpcFaultException {
                return ComPointer.this.call(operation, in, Deadline.after(each));
            }
        });
    }

    /**
     * What travels when the pointer is handed to somebody else: for the runtime. The receiver owns the references that it says.
     * A pointer to an object of this process has none: its exporter makes one.
     *
     * @throws IllegalStateException closed, or it has none
     * @throws DeadPointerException it leads nowhere: whoever got it could only find that out later, and would not know why
     */
    ObjRef handOn();

    /** For the runtime: what {@link #handOn} gave was not sent, so that its references are nobody's. */
    default void notHandedOn(ObjRef reference) {
        // who gives none gets none back
    }

    /** Gives the reference back; never waits for the peer. Again: nothing. */
    @Override
    void close();
}
