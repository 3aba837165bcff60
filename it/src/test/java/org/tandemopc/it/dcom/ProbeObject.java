package org.tandemopc.it.dcom;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjectCall;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.RpcFaultException;

/** What answers to {@link Probe}. */
final class ProbeObject implements Probe {
    private static final Duration SINK_PATIENCE = Duration.ofSeconds(20);

    private final Consumer<AuthLevel> levels;

    /** @param levels told that of each call of {@link Probe#add} */
    ProbeObject(Consumer<AuthLevel> levels) {
        this.levels = levels;
    }

    @Override
    public Result<Integer> add(Summands summands) {
        ObjectCall.current().map(ObjectCall::level).ifPresent(levels);
        return Result.ok(summands.a() + summands.b());
    }

    @Override
    public Result<List<Double>> values(int count) {
        if (count < 0 || count > VALUES_MAX) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        return Result.ok(IntStream.range(0, count).mapToObj(i -> (double) i).toList());
    }

    @Override
    public Result<Optional<String>> tell(String text) {
        return Result.ok(Optional.of(text));
    }

    @Override
    public Result<Integer> callBack(CallBack call) throws LinkException, RpcFaultException {
        if (call.sink().isEmpty()) {
            return Result.failure(HResult.E_INVALIDARG);
        }
        try (ComPointer<ProbeSink> sink = call.sink().get()) {
            return sink.within(SINK_PATIENCE).onValue(call.value());
        }
    }
}
