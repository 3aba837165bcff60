/** Spreads, lines for machines, tables for people, targets. */
@NullMarked
package org.tandemopc.bench.report;

import org.jspecify.annotations.NullMarked;
