/** {@code tandem demo}: two simulated servers, a pair, a client that counts, and faults at the press of a key. */
@NullMarked
package org.tandemopc.app.demo;

import org.jspecify.annotations.NullMarked;
