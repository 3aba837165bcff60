/** OPC UA binary messages that pass through undecoded: raw requests and responses, and a walker that skips what it need not know. */
@NullMarked
package org.tandemopc.relay.ua.wire;

import org.jspecify.annotations.NullMarked;
