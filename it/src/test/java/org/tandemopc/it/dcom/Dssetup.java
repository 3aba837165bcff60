package org.tandemopc.it.dcom;

import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.rpc.RpcHandler;
import org.tandemopc.dcom.rpc.RpcInterface;
import org.tandemopc.dcom.rpc.SyntaxId;

/**
 * As much of directory setup ([MS-DSSP]) as samba's tests of alter_context call, an interface beside {@link Lsarpc} on the same
 * connection: it knows nothing of any domain.
 */
final class Dssetup implements RpcInterface {
    static final SyntaxId SYNTAX = SyntaxId.of("3919286a-b10c-11d0-9ba8-00c04fd92ef5", 0, 0);

    private static final int GET_PRIMARY_DOMAIN_INFORMATION = 0;
    private static final int NULL = 0;
    private static final int OK = 0;

    @Override
    public SyntaxId syntax() {
        return SYNTAX;
    }

    @Override
    public @Nullable RpcHandler operation(int opnum) {
        return opnum == GET_PRIMARY_DOMAIN_INFORMATION
                ? (call, stub) -> new ByteWriter().i32(NULL).i32(OK).toBytes()
                : null;
    }
}
