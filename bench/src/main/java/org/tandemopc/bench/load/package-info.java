/** Much at once: pipelined reads, streams of values, many items, many sessions. */
@NullMarked
package org.tandemopc.bench.load;

import org.jspecify.annotations.NullMarked;
