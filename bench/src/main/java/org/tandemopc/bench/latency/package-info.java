/** B-L1: what a proxy adds to a read. */
@NullMarked
package org.tandemopc.bench.latency;

import org.jspecify.annotations.NullMarked;
