package org.tandemopc.dcom.orpc.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.LateAnswer;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.Reach;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.wire.RemQiResult;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * A pointer to an object elsewhere. A reference that came as another interface than the pointer's, as some peers send them, is
 * asked for the right one before the first call ([MS-DCOM] 3.2.4.1.2).
 */
final class RemotePointer<T> implements ComPointer<T> {
    private final DcomClient client;
    private final InterfaceDef<T> type;
    private final Imported came;
    private final boolean isFitting;
    private final ReentrantLock asking = new ReentrantLock();

    RemotePointer(DcomClient client, InterfaceDef<T> type, Imported came) {
        this(client, type, came, type.iid().equals(came.iid()) || type.iid().equals(IUnknown.IID));
    }

    /** @param isFitting what came has the methods of the type in their places */
    private RemotePointer(DcomClient client, InterfaceDef<T> type, Imported came, boolean isFitting) {
        this.client = client;
        this.type = type;
        this.came = came;
        this.isFitting = isFitting;
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
    public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in, Deadline deadline)
            throws LinkException, RpcFaultException {
        return call(operation, in, deadline, null);
    }

    @Override
    public <I, O> Result<O> call(
            Operation<? super T, I, O> operation, I in, Deadline deadline, @Nullable LateAnswer late)
            throws LinkException, RpcFaultException {
        Imported target = target(deadline);
        target.requireOpen();
        target.exporter().requireReferences(target, deadline);
        return target.exporter().call(target, operation, in, deadline, late);
    }

    /** What calls go to. */
    private Imported target(Deadline deadline) throws LinkException, RpcFaultException {
        if (isFitting) {
            return came;
        }
        Imported known = came.asked(type.iid());
        return known == null ? ask(deadline) : known;
    }

    private Imported ask(Deadline deadline) throws LinkException, RpcFaultException {
        lock(deadline);
        try {
            Imported known = came.asked(type.iid());
            if (known != null) {
                return known;
            }
            came.requireOpen();
            Result<Imported> found = query(type.iid(), deadline);
            if (!found.isSuccess()) {
                throw new RpcFaultException(found.hresult(), true);
            }
            came.isAsked(found.value());
            return found.value();
        } finally {
            asking.unlock();
        }
    }

    private void lock(Deadline deadline) throws LinkException {
        try {
            if (!asking.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new DeadlineException("no answer to QueryInterface in time: " + this, true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted before a call to " + this, e, true);
        }
    }

    private Result<Imported> query(Guid iid, Deadline deadline) throws LinkException, RpcFaultException {
        came.exporter().requireReferences(came, deadline);
        Result<RemQiResult> result = came.exporter().queryInterface(came, iid, deadline);
        return result.isSuccess() ? client.imported(came, iid, result.value().std()) : Result.failure(result.hresult());
    }

    @Override
    public <U> Result<ComPointer<U>> queryInterface(InterfaceDef<U> wanted, Deadline deadline)
            throws LinkException, RpcFaultException {
        came.requireOpen();
        Result<Imported> found = query(wanted.iid(), deadline);
        return found.isSuccess()
                ? Result.ok(new RemotePointer<>(client, wanted, found.value()))
                : Result.failure(found.hresult());
    }

    @Override
    public <U> ComPointer<U> as(InterfaceDef<U> wanted) {
        if ((isFitting && type.isA(wanted.iid())) || wanted.iid().equals(came.iid())) {
            return new RemotePointer<>(client, wanted, came, true);
        }
        // what a peer calls it is his word: the object is asked, when it is called
        return new RemotePointer<>(client, wanted, came);
    }

    /** Where calls go to. */
    Reach reach(Deadline deadline) throws LinkException, RpcFaultException {
        ExporterInfo where = came.exporter().route().info(deadline);
        return Reach.ofExporter(where.bindings(), client.hosts());
    }

    @Override
    public ObjRef handOn() {
        return came.handOn();
    }

    @Override
    public void notHandedOn(ObjRef reference) {
        came.notHandedOn(reference);
    }

    @Override
    public void close() {
        came.close();
    }

    @Override
    public String toString() {
        return type + " by " + came;
    }
}
