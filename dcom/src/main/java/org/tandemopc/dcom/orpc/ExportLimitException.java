package org.tandemopc.dcom.orpc;

/** Nothing more is exported: a limit of the exporter is reached. The call that needed it is answered with E_OUTOFMEMORY. */
public final class ExportLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExportLimitException(String message) {
        super(message);
    }
}
