@NullMarked
package org.tandemopc.simulator.da;

import org.jspecify.annotations.NullMarked;
