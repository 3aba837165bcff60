/** The benchmarks: one command, several subjects in one run, figures that are ratios. */
@NullMarked
package org.tandemopc.bench;

import org.jspecify.annotations.NullMarked;
