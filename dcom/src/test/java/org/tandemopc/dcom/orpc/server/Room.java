package org.tandemopc.dcom.orpc.server;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** An object of the tests. */
class Room implements Thermometer {
    /** Given out by the next probe. */
    volatile @Nullable ComPointer<IUnknown> lent;

    /** Done within each probe. */
    volatile Runnable meanwhile = () -> {};

    @Override
    public Result<Double> read(String place) throws LinkException, RpcFaultException {
        return switch (place) {
            case "boiler" -> Result.ok(84.5);
            case "yard" -> Result.partly(3.0);
            case "broken" -> throw new IllegalStateException("broken on purpose");
            case "cut" -> throw new LinkException("the line is cut", true);
            case "half" -> throw new LinkException("the line was cut", false);
            case "other" -> throw new RpcFaultException(HResult.RPC_E_DISCONNECTED);
            default -> Result.failure(HResult.E_INVALIDARG);
        };
    }

    @Override
    public Result<Nothing> watch(Optional<ComPointer<Alarm>> alarm) throws LinkException, RpcFaultException {
        if (alarm.isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        try (ComPointer<Alarm> pointer = alarm.get()) {
            return pointer.within(Duration.ofSeconds(10)).ring(2);
        }
    }

    @Override
    public Result<Optional<ComPointer<IUnknown>>> probe(Guid iid) {
        meanwhile.run();
        ComPointer<IUnknown> pointer = lent;
        return pointer == null ? Result.failure(HResult.E_NOINTERFACE) : Result.ok(Optional.of(pointer));
    }
}
