/** Object RPC ([MS-DCOM]): activation, object references, lifetime; client and server. */
@NullMarked
package org.tandemopc.dcom.orpc;

import org.jspecify.annotations.NullMarked;
