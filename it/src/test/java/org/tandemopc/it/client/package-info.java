/** Clients that write down everything they are given, and the checks of what they wrote down. */
@NullMarked
package org.tandemopc.it.client;

import org.jspecify.annotations.NullMarked;
