/** B-F1 and B-F2: the active server is killed or hangs, and several ways to live with it are measured side by side. */
@NullMarked
package org.tandemopc.bench.failover;

import org.jspecify.annotations.NullMarked;
