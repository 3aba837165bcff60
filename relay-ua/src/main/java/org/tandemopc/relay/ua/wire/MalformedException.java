package org.tandemopc.relay.ua.wire;

import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaExceptionStatus;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are not what the specification says; the only exception that leaves this package because of a peer's
 * bytes. Carries Bad_DecodingError, so that a service that fails with it is answered so.
 */
public final class MalformedException extends RuntimeException implements UaExceptionStatus {
    private static final long serialVersionUID = 1L;

    private final String clause;
    private final String field;
    private final int offset;

    /**
     * @param clause of the specification, e.g. {@code OPC UA Part 6, 5.2.2.4}
     * @param field what was being read
     * @param offset where it begins, counted from the start of the message body
     */
    public MalformedException(String clause, String field, int offset, String problem) {
        this(clause, field, offset, problem, null);
    }

    /** The same, found by a decoder that we use. */
    MalformedException(String clause, String field, int offset, String problem, @Nullable Throwable cause) {
        super(field + " at offset " + offset + ": " + problem + " (" + clause + ")", cause);
        this.clause = clause;
        this.field = field;
        this.offset = offset;
    }

    public String clause() {
        return clause;
    }

    public String field() {
        return field;
    }

    public int offset() {
        return offset;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    @Override
    public StatusCode getStatusCode() {
        return new StatusCode(StatusCodes.Bad_DecodingError);
    }
}
