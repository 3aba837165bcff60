/** The blocks of memory in which DA 1.0 sends values and results to a client's IAdviseSink (DA 2.05a 4.6.4). */
@NullMarked
package org.tandemopc.opcda.stream;

import org.jspecify.annotations.NullMarked;
