/** Tests of what surrounds the benchmarks. */
@NullMarked
package org.tandemopc.bench.world;

import org.jspecify.annotations.NullMarked;
