package org.tandemopc.relay.ua.wire;

import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaSerializationException;
import org.jspecify.annotations.Nullable;

/** A message whose namespaces cannot be mapped, because it is not what its types say: half mapped it goes nowhere. */
public final class UnmappableException extends UaSerializationException {
    private static final long serialVersionUID = 1L;

    /** Milo wraps what a codec throws, but not for ever. */
    private static final int CAUSES_MAX = 8;

    UnmappableException(MalformedException why) {
        super(StatusCodes.Bad_DecodingError, why);
    }

    /** What is wrong with the message, for people. */
    public String why() {
        return String.valueOf(getCause() == null ? getMessage() : getCause().getMessage());
    }

    /** The one that a failure comes from, or null. */
    public static @Nullable UnmappableException in(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            if (cause instanceof UnmappableException unmappable) {
                return unmappable;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
