package org.tandemopc.dcom.orpc;

import java.util.concurrent.atomic.AtomicBoolean;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * A pointer to an object of this process. A call is a call of Java, whose exceptions reach the caller as they are.
 *
 * <p>One that came back from outside, as an own OBJREF that somebody handed on, holds the references that came with it until it
 * is closed.
 */
public final class LocalPointer<T> implements ComPointer<T> {
    /** IUnknown has no methods that anybody calls. */
    static final IUnknown UNKNOWN = new IUnknown() {};

    private final ComObject object;
    private final InterfaceDef<T> type;
    private final Guid iid;
    private final T target;
    private final Reference reference;

    /** What closing gives back, once. */
    private static final class Reference {
        private final Runnable release;
        private final AtomicBoolean closed = new AtomicBoolean();

        Reference(Runnable release) {
            this.release = release;
        }

        void close() {
            if (closed.compareAndSet(false, true)) {
                release.run();
            }
        }

        void requireOpen(Object who) {
            if (closed.get()) {
                throw new IllegalStateException("closed: " + who);
            }
        }
    }

    /** @param iid of an interface of the object, with T or a base of it */
    LocalPointer(ComObject object, InterfaceDef<T> type, Guid iid, T target, Runnable release) {
        this(object, type, iid, target, new Reference(release));
    }

    private LocalPointer(ComObject object, InterfaceDef<T> type, Guid iid, T target, Reference reference) {
        this.object = object;
        this.type = type;
        this.iid = iid;
        this.target = target;
        this.reference = reference;
    }

    /**
     * For exporters: a pointer made of an own OBJREF that came back.
     *
     * @param iid of an interface of the object
     * @param release gives back what came with the OBJREF; called once
     * @throws IllegalArgumentException that interface is no T
     */
    public static <T> LocalPointer<T> holding(ComObject object, InterfaceDef<T> type, Guid iid, Runnable release) {
        LocalPointer<IUnknown> pointer = new LocalPointer<>(object, IUnknown.DEF, iid, UNKNOWN, release);
        return pointer.retyped(type);
    }

    public ComObject object() {
        return object;
    }

    @Override
    public InterfaceDef<T> type() {
        return type;
    }

    @Override
    public Guid iid() {
        return iid;
    }

    /** @param deadline of no effect: nothing can be given up here */
    @Override
    public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in, Deadline deadline)
            throws LinkException, RpcFaultException {
        reference.requireOpen(this);
        return operation.call(target, in);
    }

    @Override
    public <U> Result<ComPointer<U>> queryInterface(InterfaceDef<U> wanted, Deadline deadline) {
        reference.requireOpen(this);
        return object.pointer(wanted)
                .<Result<ComPointer<U>>>map(Result::ok)
                .orElseGet(() -> Result.failure(HResult.E_NOINTERFACE));
    }

    @Override
    public <U> ComPointer<U> as(InterfaceDef<U> wanted) {
        return retyped(wanted);
    }

    private <U> LocalPointer<U> retyped(InterfaceDef<U> wanted) {
        InterfaceDef<?> mine = object.find(iid).orElse(type);
        U found = mine.isA(wanted.iid()) ? object.target(wanted).orElse(null) : null;
        if (found == null) {
            throw new IllegalArgumentException("%s is a pointer to %s, not to %s".formatted(this, mine, wanted));
        }
        return new LocalPointer<>(object, wanted, iid, found, reference);
    }

    @Override
    public ObjRef handOn() {
        throw new IllegalStateException("an exporter makes the OBJREF of an object of this process: " + this);
    }

    @Override
    public void close() {
        reference.close();
    }

    @Override
    public String toString() {
        return object.name();
    }
}
