/** Tests of B-U1. */
@NullMarked
package org.tandemopc.bench.start;

import org.jspecify.annotations.NullMarked;
