/** Tests of the benchmarks: that figures are what they say. */
@NullMarked
package org.tandemopc.bench.report;

import org.jspecify.annotations.NullMarked;
