package org.tandemopc.relay.da;

import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;

/** Logins of the model's own accounts: whoever gives "open" as password, unless it takes nobody. Writes down who came. */
record ModelSecurity(ModelServer server) implements IOPCSecurityPrivate {
    @Override
    public Result<Boolean> isAvailablePriv() {
        server.pass();
        return Result.ok(true);
    }

    @Override
    public Result<Nothing> logon(String userId, String password) {
        server.pass();
        if (server.refusesLogons || !password.equals("open")) {
            server.log.add("refused " + userId);
            return Result.failure(HResult.E_ACCESSDENIED);
        }
        server.log.add("logon " + userId);
        return Result.ok(Nothing.NOTHING);
    }

    @Override
    public Result<Nothing> logoff() {
        server.pass();
        server.log.add("logoff");
        return Result.ok(Nothing.NOTHING);
    }
}
