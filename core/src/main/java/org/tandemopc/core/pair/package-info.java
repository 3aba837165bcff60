/** Decides which member of a pair is active: {@code PairMachine} and its policies, pure functions over records. */
@NullMarked
package org.tandemopc.core.pair;

import org.jspecify.annotations.NullMarked;
