/** Towards the members: their addresses, connections, Tandem's control link, and a client's groups on one member. */
@NullMarked
package org.tandemopc.relay.da.back;

import org.jspecify.annotations.NullMarked;
