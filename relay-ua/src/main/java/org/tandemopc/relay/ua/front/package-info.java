/** The front door: listening, endpoints, discovery, session security. Knows nothing of members. */
@NullMarked
package org.tandemopc.relay.ua.front;

import org.jspecify.annotations.NullMarked;
