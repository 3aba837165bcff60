/** End to end: Tandem in its own process between two simulated servers and unmodified clients. */
@NullMarked
package org.tandemopc.it;

import org.jspecify.annotations.NullMarked;
