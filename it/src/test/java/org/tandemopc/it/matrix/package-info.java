/** Every fault, in every mode, on every target, under every load. */
@NullMarked
package org.tandemopc.it.matrix;

import org.jspecify.annotations.NullMarked;
