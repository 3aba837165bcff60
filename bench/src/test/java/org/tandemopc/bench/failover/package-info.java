/** Tests of the benchmarks: that figures are what they say. */
@NullMarked
package org.tandemopc.bench.failover;

import org.jspecify.annotations.NullMarked;
