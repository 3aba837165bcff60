/** Connection-oriented DCE/RPC over TCP (C706 chapter 12, [MS-RPCE]), in both roles. */
@NullMarked
package org.tandemopc.dcom.rpc;

import org.jspecify.annotations.NullMarked;
