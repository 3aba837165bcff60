/** Tests of the decisions. */
@NullMarked
package org.tandemopc.core.pair;

import org.jspecify.annotations.NullMarked;
