/** A network that misbehaves on command: a TCP proxy between two parties of a test. */
@NullMarked
package org.tandemopc.testkit.proxy;

import org.jspecify.annotations.NullMarked;
