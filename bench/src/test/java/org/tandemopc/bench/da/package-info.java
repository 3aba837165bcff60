/** Tests of the benchmarks of OPC DA. */
@NullMarked
package org.tandemopc.bench.da;

import org.jspecify.annotations.NullMarked;
