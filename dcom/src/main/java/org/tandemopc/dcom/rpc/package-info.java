/**
 * Connection-oriented DCE/RPC over TCP (C706 chapter 12, [MS-RPCE]), in both roles.
 *
 * <p>Octets and PDUs: {@link org.tandemopc.dcom.rpc.PduCodec} and the records in {@link org.tandemopc.dcom.rpc.Pdu}. A
 * connection: {@link org.tandemopc.dcom.rpc.RpcConnection}, with its two roles
 * {@link org.tandemopc.dcom.rpc.RpcClient} and the clients of an {@link org.tandemopc.dcom.rpc.RpcServer}. What a server offers:
 * {@link org.tandemopc.dcom.rpc.RpcInterface}; what it asks of clients: {@link org.tandemopc.dcom.rpc.ServerPolicy} and
 * {@link org.tandemopc.dcom.rpc.ServerLimits}. Logins come from outside, through
 * {@link org.tandemopc.dcom.rpc.SecurityMechanism} and {@link org.tandemopc.dcom.rpc.MessageProtection}.
 */
@NullMarked
package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.NullMarked;
