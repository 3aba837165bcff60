/** DCOM alone: our client beside j-Interop's on one server, what signatures and sealing cost, and whether anything is left. */
@NullMarked
package org.tandemopc.bench.dcom;

import org.jspecify.annotations.NullMarked;
