/** Tests of B-L1. */
@NullMarked
package org.tandemopc.bench.latency;

import org.jspecify.annotations.NullMarked;
