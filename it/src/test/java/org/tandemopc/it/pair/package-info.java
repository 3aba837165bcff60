/** Tandem and its two servers as processes. */
@NullMarked
package org.tandemopc.it.pair;

import org.jspecify.annotations.NullMarked;
