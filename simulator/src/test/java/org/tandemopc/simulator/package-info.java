@NullMarked
package org.tandemopc.simulator;

import org.jspecify.annotations.NullMarked;
