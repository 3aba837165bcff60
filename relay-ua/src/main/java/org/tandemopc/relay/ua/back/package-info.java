/** Links to members: channel, session, control link. Knows nothing of clients. */
@NullMarked
package org.tandemopc.relay.ua.back;

import org.jspecify.annotations.NullMarked;
