package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.Nullable;

/** Whose PDU it is, after its signature was checked and it was decrypted. */
sealed interface Admission {
    /** Nobody has logged in, or it matters not. */
    Admission NOBODY = new Admitted(null, Principal.ANONYMOUS, AuthLevel.NONE);

    /**
     * @param context null: the PDU stands under no login
     * @param level that the PDU really has
     */
    record Admitted(@Nullable SecurityContext context, Principal principal, AuthLevel level) implements Admission {
        long authContextId() {
            return context == null ? -1 : context.id();
        }
    }

    /**
     * The PDU is read, and not done. The connection goes on.
     *
     * @param reason for the log
     */
    record Denied(int status, String reason) implements Admission {}
}
