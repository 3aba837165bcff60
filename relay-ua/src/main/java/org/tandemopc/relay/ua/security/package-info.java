/** Application certificates of both sides, trust, user name tokens. */
@NullMarked
package org.tandemopc.relay.ua.security;

import org.jspecify.annotations.NullMarked;
