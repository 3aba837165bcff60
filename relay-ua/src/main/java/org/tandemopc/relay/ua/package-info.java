/** The relay for OPC UA: client sessions, their subscriptions, and how they follow the active member. */
@NullMarked
package org.tandemopc.relay.ua;

import org.jspecify.annotations.NullMarked;
