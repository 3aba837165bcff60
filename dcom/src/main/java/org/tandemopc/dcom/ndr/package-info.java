/** NDR 2.0, the transfer syntax of DCE/RPC (C706 chapter 14), and the types of OLE Automation on the wire ([MS-OAUT]). */
@NullMarked
package org.tandemopc.dcom.ndr;

import org.jspecify.annotations.NullMarked;
