/** Tests of the benchmarks of many at once. */
@NullMarked
package org.tandemopc.bench.load;

import org.jspecify.annotations.NullMarked;
