/** Links to members, against Milo's server behind a relay that can be frozen and cut. */
@NullMarked
package org.tandemopc.relay.ua.back;

import org.jspecify.annotations.NullMarked;
