package org.tandemopc.relay.ua;

import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.types.UaRequestMessageType;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.jspecify.annotations.Nullable;
import org.tandemopc.relay.delivery.Outcome;

/**
 * A client's request on its way to a member.
 *
 * @param name of the service, for logs
 * @param repeatable whether a second sending does no harm
 * @param build makes the member's request for a link; null if this link cannot take it (yet)
 * @param completed hears the outcome, once
 */
record Relayed(
        String name,
        boolean repeatable,
        Function<SessionLink, @Nullable UaRequestMessageType> build,
        Consumer<Outcome<Relayed.Answer>> completed) {

    /** What a member answered. */
    sealed interface Answer {}

    record Response(UaResponseMessageType message) implements Answer {}

    /** A ServiceFault. */
    record Fault(UaException cause) implements Answer {}
}
