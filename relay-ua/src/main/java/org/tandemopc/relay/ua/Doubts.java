package org.tandemopc.relay.ua;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.CallMethodResult;
import org.eclipse.milo.opcua.stack.core.types.structured.CallResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteResponse;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.ua.wire.MalformedException;
import org.tandemopc.relay.ua.wire.OperationDigest;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaWire;

/**
 * Requests of one session whose outcome is unknown, the newest {@value #KEPT_MAX}: should an answer come after all, the log
 * can say what became of them (S8). Owned by the session's loop.
 */
final class Doubts {
    static final int KEPT_MAX = 256;
    private static final int RESULTS_MAX = 20;

    /** One of them. */
    record Doubt(String service, int member, long epoch, OperationDigest digest) {}

    private final Map<Long, Doubt> kept = new LinkedHashMap<>();

    void add(long id, Doubt doubt) {
        kept.put(id, doubt);
        if (kept.size() > KEPT_MAX) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /** Once; null if there is none of this number, member and epoch. */
    @Nullable
    Doubt take(long id, int member, long epoch) {
        Doubt doubt = kept.get(id);
        if (doubt == null || doubt.member() != member || doubt.epoch() != epoch) {
            return null;
        }
        return kept.remove(id);
    }

    /** The results of an answer, for people: each status once with how often it is there. */
    static String results(Relayed.Answer answer) {
        return switch (answer) {
            case Relayed.Fault fault -> text(fault.cause().getStatusCode());
            case Relayed.Response response -> results(response.message());
        };
    }

    private static String results(UaResponseMessageType message) {
        try {
            UaResponseMessageType typed = message instanceof RawResponse raw ? UaWire.decode(raw) : message;
            Map<String, Long> counted = statuses(typed)
                    .collect(Collectors.groupingBy(Doubts::text, LinkedHashMap::new, Collectors.counting()));
            return counted.isEmpty()
                    ? text(typed.getResponseHeader().getServiceResult())
                    : counted.entrySet().stream()
                            .limit(RESULTS_MAX)
                            .map(each -> each.getKey() + " (" + each.getValue() + ")")
                            .collect(Collectors.joining(", "));
        } catch (MalformedException e) {
            return "unreadable";
        }
    }

    private static Stream<StatusCode> statuses(UaResponseMessageType message) {
        return switch (message) {
            case WriteResponse written ->
                Arrays.stream(Objects.requireNonNullElse(written.getResults(), new StatusCode[0]));
            case CallResponse called ->
                Arrays.stream(Objects.requireNonNullElse(called.getResults(), new CallMethodResult[0]))
                        .map(CallMethodResult::getStatusCode);
            default -> Stream.of();
        };
    }

    private static String text(StatusCode status) {
        return "0x%08X".formatted(status.value());
    }
}
