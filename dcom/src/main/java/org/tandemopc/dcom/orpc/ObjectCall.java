package org.tandemopc.dcom.orpc;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.Principal;

/**
 * The call from outside in which a method runs: who calls, how, and whether the answer is still wanted. Any thread.
 *
 * @param rpc the call as RPC sees it
 * @param version that the client speaks
 * @param causality the chain of calls that this one belongs to; calls made while it is served carry it on ([MS-DCOM] 3.2.4.2)
 */
public record ObjectCall(CallContext rpc, ComVersion version, Guid causality) {
    private static final ScopedValue<ObjectCall> CURRENT = ScopedValue.newInstance();

    /** Of this thread; empty: the method was not called from outside. */
    public static Optional<ObjectCall> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** For the runtime: runs within this call. */
    public <R, X extends Throwable> R within(ScopedValue.CallableOp<R, X> body) throws X {
        return ScopedValue.where(CURRENT, this).call(body);
    }

    public Principal principal() {
        return rpc.principal();
    }

    public AuthLevel level() {
        return rpc.level();
    }

    public InetSocketAddress remoteAddress() {
        return rpc.remoteAddress();
    }

    /** The address that the client connected to. */
    public InetSocketAddress localAddress() {
        return rpc.localAddress();
    }

    /** Whether the client does not wait any more. */
    public boolean isCancelled() {
        return rpc.isCancelled();
    }
}
