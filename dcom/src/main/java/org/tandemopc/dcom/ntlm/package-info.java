/**
 * NTLM ([MS-NLMP]) and SPNEGO ([MS-SPNG], RFC 4178) as mechanisms of {@link org.tandemopc.dcom.rpc}, in both roles.
 *
 * <p>Who uses it makes one {@link org.tandemopc.dcom.ntlm.NtlmInitiator} for each peer to log in to, or one
 * {@link org.tandemopc.dcom.ntlm.NtlmAcceptor} for all clients, and takes a fresh mechanism from it for each login:
 *
 * <pre>
 * client                                          server
 * NtlmClient                                      NtlmServer            type 10, three tokens, the last in auth3
 *     NEGOTIATE    what is asked for   ------->
 *                                      <-------   CHALLENGE             what is granted, names, time, a random number
 *     AUTHENTICATE who, proof, MIC     ------->                         keys; the answer is only that calls work
 *
 * SpnegoClient                                    SpnegoServer          type 9, four tokens: the same, wrapped, and
 *     the list of mechanisms signed    ------->                         accept-completed, the list signed as well
 * </pre>
 *
 * <p>What both end with is an {@link org.tandemopc.dcom.ntlm.NtlmProtection}, which signs and seals PDUs. Accounts come from an
 * {@link org.tandemopc.dcom.ntlm.AccountStore}, or from anywhere else by {@link org.tandemopc.dcom.ntlm.Accounts}.
 *
 * <p>NTLM is old and weak: MD4, MD5, RC4, and whoever has a hash needs no password. The rules here keep what it can give. The
 * login is NTLMv2 with extended session security, 128-bit keys and a key exchanged, or it is refused; each exception is a
 * {@link org.tandemopc.dcom.ntlm.Leniency} with a name and a line in the log. Each side judges what both have at the end against
 * what its own level needs ({@code Strength}), so that taking flags away on the way gains nobody anything, with a MIC or without.
 * A response counts for the server, the time and the challenge that it names and no other
 * ({@link org.tandemopc.dcom.ntlm.NtlmServerSettings}).
 *
 * <p>Messages are records that keep every octet ({@code NtlmMessage}, {@code NegTokenInit}, {@code NegTokenResp}); the formulas are
 * in {@code NtlmKeys}.
 */
@NullMarked
package org.tandemopc.dcom.ntlm;

import org.jspecify.annotations.NullMarked;
