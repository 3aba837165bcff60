/** OPC DA from end to end: clients of other makers through the whole program, before simulated servers with real faults. */
@NullMarked
package org.tandemopc.it.da;

import org.jspecify.annotations.NullMarked;
