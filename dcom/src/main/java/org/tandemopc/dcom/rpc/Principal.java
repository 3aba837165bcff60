package org.tandemopc.dcom.rpc;

/**
 * Who is at the other end of a security context.
 *
 * @param domain as the client named it; may be empty
 * @param user empty: anonymous
 */
public record Principal(String domain, String user) {
    public static final Principal ANONYMOUS = new Principal("", "");

    public boolean isAnonymous() {
        return user.isEmpty();
    }
}
