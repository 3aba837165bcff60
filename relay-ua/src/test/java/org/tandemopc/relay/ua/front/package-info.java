@NullMarked
package org.tandemopc.relay.ua.front;

import org.jspecify.annotations.NullMarked;
