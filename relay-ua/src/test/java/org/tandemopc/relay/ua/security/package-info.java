@NullMarked
package org.tandemopc.relay.ua.security;

import org.jspecify.annotations.NullMarked;
