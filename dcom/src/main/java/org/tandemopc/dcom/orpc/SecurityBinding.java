package org.tandemopc.dcom.orpc;

/**
 * SECURITYBINDING ([MS-DCOM] 2.2.19.4): one security service that a resolver or exporter knows.
 *
 * @param authnSvc as auth_type of RPC: 9 SPNEGO, 10 NTLM, 16 Kerberos
 * @param authzSvc 0xFFFF, says nothing
 * @param principal name to ask a ticket for; empty: none
 */
public record SecurityBinding(int authnSvc, int authzSvc, String principal) {
    private static final int NO_AUTHZ = 0xFFFF;

    /** @throws IllegalArgumentException the service would end the list, or the name contains a NUL */
    public SecurityBinding {
        if (authnSvc < 1 || authnSvc > 0xFFFF) {
            throw new IllegalArgumentException("service " + authnSvc + " is not 1 to 65535");
        }
        if (authzSvc < 0 || authzSvc > 0xFFFF) {
            throw new IllegalArgumentException("service " + authzSvc + " is not 0 to 65535");
        }
        if (principal.indexOf(0) >= 0) {
            throw new IllegalArgumentException("a NUL within a name");
        }
    }

    public static SecurityBinding of(int authnSvc) {
        return new SecurityBinding(authnSvc, NO_AUTHZ, "");
    }
}
