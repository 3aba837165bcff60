package org.tandemopc.relay.ua;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.Outcome;
import org.tandemopc.relay.ua.wire.OperationDigest;

/**
 * A client's request on its way to a member.
 *
 * @param name of the service, for logs
 * @param repeatable whether a second sending does no harm
 * @param build makes the member's request for a link; null if this link cannot take it (yet)
 * @param completed hears the outcome, once
 * @param digest what it wants to change; asked only where that must be recorded
 */
record Relayed(
        String name,
        boolean repeatable,
        Function<SessionLink, @Nullable UaRequestMessageType> build,
        Consumer<Outcome<Relayed.Answer>> completed,
        Supplier<OperationDigest> digest) {

    /** One that changes nothing outside the client's session. */
    Relayed(
            String name,
            boolean repeatable,
            Function<SessionLink, @Nullable UaRequestMessageType> build,
            Consumer<Outcome<Relayed.Answer>> completed) {
        this(name, repeatable, build, completed, () -> OperationDigest.NONE);
    }

    /** What a member answered. */
    sealed interface Answer {}

    record Response(UaResponseMessageType message) implements Answer {}

    /** A ServiceFault. */
    record Fault(UaException cause) implements Answer {}
}
