package org.tandemopc.dcom.orpc.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.Caller;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Operation;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.RpcFaultException;

/**
 * An object on another host that is made anew when it is lost, with everything that was built on it. Thread-safe.
 *
 * <pre>
 *            activate, rebuild
 *   Absent ────────────────────► Present
 *     ▲  ▲                          │
 *     │  └── rebuild failed         │ its process is gone, or it is
 *     └─────────────────────────────┘
 * </pre>
 *
 * <p>A connection that ends is no loss: the next call makes it anew, and what is built on the object is still there. It is lost
 * when its host's resolver knows its process no more, or when the process knows the object no more. The call that finds out fails,
 * for what it was about is gone; the next one makes the object anew, lets the hook build on it, and only then goes out.
 */
public final class ActivatedObject<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ActivatedObject.class);

    /** Faults of a process that has the object no more. */
    private static final Set<Integer> LOST =
            Set.of(HResult.RPC_E_DISCONNECTED, HResult.RPC_E_INVALID_IPID, HResult.RPC_E_INVALID_OBJECT);

    private final DcomClient client;
    private final RemoteHost host;
    private final Guid clsid;
    private final InterfaceDef<T> type;
    private final Rebuild<T> rebuild;
    private final Listener listener;

    /** One activation at a time; never held while a call runs. */
    private final ReentrantLock making = new ReentrantLock();

    /** What the listener has not heard yet. Guarded by itself, together with changes of the two below it. */
    private final Queue<Runnable> news = new ArrayDeque<>();

    private volatile @Nullable Present<T> present;
    private volatile boolean closed;
    private boolean isTelling;
    private int generation;

    /** @param generation grows by one with each activation */
    private record Present<T>(ComPointer<T> pointer, int generation) {}

    /** Builds on a fresh object what was built on the one before: groups, items, callbacks. */
    @FunctionalInterface
    public interface Rebuild<T> {
        /**
         * @param fresh the holder's: not to be closed. The hook calls this, and not the holder, which waits for it
         * @throws LinkException it is given back, and made anew for the next call
         */
        void on(ComPointer<T> fresh, Deadline deadline) throws LinkException, RpcFaultException;
    }

    /** Hears what becomes of the object, one thing after the other in their order. Called on the thread of some call: be quick. */
    public interface Listener {
        /** @param generation 1 for the first */
        void isPresent(int generation);

        /** @param why in words */
        void isLost(int generation, String why);

        static Listener none() {
            return new Listener() {
                @Override
                public void isPresent(int generation) {
                    // nobody listens
                }

                @Override
                public void isLost(int generation, String why) {
                    // nobody listens
                }
            };
        }
    }

    /** Makes nothing yet: the first call does. */
    public ActivatedObject(
            DcomClient client,
            RemoteHost host,
            Guid clsid,
            InterfaceDef<T> type,
            Rebuild<T> rebuild,
            Listener listener) {
        this.client = client;
        this.host = host;
        this.clsid = clsid;
        this.type = type;
        this.rebuild = rebuild;
        this.listener = listener;
    }

    /** Its methods, all of them together within one deadline. */
    public T within(Deadline deadline) {
        return type.proxy(new Caller<>() {
            @Override
            public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in)
                    throws LinkException, RpcFaultException {
                return ActivatedObject.this.call(operation, in, deadline);
            }
        });
    }

    /** Its methods, each call within the time. */
    public T within(Duration each) {
        return type.proxy(new Caller<>() {
            @Override
            public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in)
                    throws LinkException, RpcFaultException {
                return ActivatedObject.this.call(operation, in, Deadline.after(each));
            }
        });
    }

    /**
     * Calls a method, on an object that is made if there is none.
     *
     * @throws ActivationException the host refuses to make it
     * @throws DisconnectedException it was lost, which this call has found out; nothing was sent if it says so
     * @throws LinkException as {@link ComPointer#call}
     */
    public <I, O> Result<O> call(Operation<? super T, I, O> operation, I in, Deadline deadline)
            throws LinkException, RpcFaultException {
        Present<T> current = present(deadline);
        try {
            return current.pointer().call(operation, in, deadline);
        } catch (DisconnectedException e) {
            lost(current, String.valueOf(e.getMessage()));
            throw e;
        } catch (RpcFaultException e) {
            if (LOST.contains(e.status())) {
                lost(current, "%s has the object no more: %s".formatted(host, e.getMessage()));
            }
            throw e;
        }
    }

    /**
     * The object itself, made if there is none: for what needs a pointer, such as other interfaces of it. Belongs to the holder, and
     * leads nowhere after a loss: {@link #found} tells the holder of one.
     */
    public ComPointer<T> pointer(Deadline deadline) throws LinkException, RpcFaultException {
        return present(deadline).pointer();
    }

    /**
     * What a call on the pointer, or on anything that was built on it, has ended in.
     *
     * @return whether it means that the object is lost; the next call makes it anew
     */
    public boolean found(Exception failure) {
        Present<T> current = present;
        boolean isLoss = failure instanceof DisconnectedException
                || (failure instanceof RpcFaultException fault && LOST.contains(fault.status()));
        if (isLoss && current != null) {
            lost(current, String.valueOf(failure.getMessage()));
        }
        return isLoss;
    }

    /** Whether there is an object, as far as is known. */
    public boolean isPresent() {
        return present != null;
    }

    private Present<T> present(Deadline deadline) throws LinkException, RpcFaultException {
        Present<T> current = present;
        return current == null ? made(deadline) : current;
    }

    private Present<T> made(Deadline deadline) throws LinkException, RpcFaultException {
        lock(deadline);
        try {
            Present<T> current = present;
            if (current != null) {
                return current;
            }
            requireNotClosed();
            current = new Present<>(activated(deadline), ++generation);
            if (isKept(current)) {
                LOG.debug("Class {} was made at {}, number {}.", clsid, host, current.generation());
                return current;
            }
            current.pointer().close();
            requireNotClosed();
            throw new IllegalStateException("neither kept nor closed");
        } finally {
            making.unlock();
            tell();
        }
    }

    private void requireNotClosed() throws LinkException {
        if (closed) {
            throw new LinkException("the holder of class %s at %s is closed".formatted(clsid, host), true);
        }
    }

    private ComPointer<T> activated(Deadline deadline) throws LinkException, RpcFaultException {
        Result<ComPointer<T>> result = client.activate(host, clsid, type, deadline);
        if (!result.isSuccess()) {
            throw new ActivationException(
                    "%s does not make class %s: 0x%08X".formatted(host, clsid, result.hresult()), result.hresult());
        }
        ComPointer<T> fresh = result.value();
        boolean isBuilt = false;
        try {
            rebuild.on(fresh, deadline);
            isBuilt = true;
            return fresh;
        } finally {
            if (!isBuilt) {
                fresh.close();
            }
        }
    }

    private boolean isKept(Present<T> fresh) {
        synchronized (news) {
            if (closed) {
                return false;
            }
            present = fresh;
            news.add(() -> listener.isPresent(fresh.generation()));
            return true;
        }
    }

    private void lock(Deadline deadline) throws LinkException {
        if (making.isHeldByCurrentThread()) {
            throw new IllegalStateException("the hook calls the holder instead of the object that it was given");
        }
        try {
            if (!making.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new DeadlineException("class %s was not made at %s in time".formatted(clsid, host), true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted before class %s was made at %s".formatted(clsid, host), e, true);
        }
    }

    /** Told once for each object, whoever finds out. */
    private void lost(Present<T> which, String why) {
        synchronized (news) {
            if (!which.equals(present)) {
                return;
            }
            present = null;
            news.add(() -> listener.isLost(which.generation(), why));
        }
        which.pointer().close();
        tell();
    }

    /** In order, by one at a time, and with no lock held. */
    private void tell() {
        for (Runnable next = nextNews(false); next != null; next = nextNews(true)) {
            boolean isTold = false;
            try {
                next.run();
                isTold = true;
            } finally {
                if (!isTold) {
                    toldNoMore();
                }
            }
        }
    }

    /** @param isMine this thread has told the one before */
    private @Nullable Runnable nextNews(boolean isMine) {
        synchronized (news) {
            if (isTelling && !isMine) {
                return null;
            }
            Runnable next = news.poll();
            isTelling = next != null;
            return next;
        }
    }

    private void toldNoMore() {
        synchronized (news) {
            isTelling = false;
        }
    }

    /** Gives the object back. */
    @Override
    public void close() {
        Present<T> last;
        synchronized (news) {
            closed = true;
            last = present;
            present = null;
        }
        if (last != null) {
            last.pointer().close();
        }
    }
}
