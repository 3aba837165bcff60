/** Attackers of the front door, and the network that they come from. */
@NullMarked
package org.tandemopc.it.attack;

import org.jspecify.annotations.NullMarked;
