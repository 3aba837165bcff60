/**
 * What clients see of a pair: server objects, groups, enumerators and connection points, all of them Tandem's own, and the session that
 * keeps them through switches. What they need of the members goes through {@code back}.
 */
@NullMarked
package org.tandemopc.relay.da.front;

import org.jspecify.annotations.NullMarked;
