/** NTLM ([MS-NLMP]) and SPNEGO ([MS-SPNG]) as mechanisms of {@link org.tandemopc.dcom.rpc}, in both roles. */
@NullMarked
package org.tandemopc.dcom.ntlm;

import org.jspecify.annotations.NullMarked;
