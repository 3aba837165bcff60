/**
 * The delivery engine: streams, watermarks, standby ring, bridging at a switch, numbering, retransmission, outcomes of
 * requests. Deterministic objects with one owner; time is an argument; no clock, thread, socket or file.
 */
@NullMarked
package org.tandemopc.relay.delivery;

import org.jspecify.annotations.NullMarked;
