/** The seam between the service and the protocols: what a protocol must offer, and what it reports. */
@NullMarked
package org.tandemopc.relay;

import org.jspecify.annotations.NullMarked;
