/** Tests of the benchmarks of DCOM. */
@NullMarked
package org.tandemopc.bench.dcom;

import org.jspecify.annotations.NullMarked;
