/** What goes over the wire between a client and its server, seen from outside of both. */
@NullMarked
package org.tandemopc.it.wire;

import org.jspecify.annotations.NullMarked;
