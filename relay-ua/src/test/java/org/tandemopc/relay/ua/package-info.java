/** Sessions of a pair against members made up of a model, in virtual time: what clients and members see, to the millisecond. */
@NullMarked
package org.tandemopc.relay.ua;

import org.jspecify.annotations.NullMarked;
