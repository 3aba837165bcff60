/**
 * OPC DA for the service: clients activate the class of a pair here, and get a server object whose groups, handles and callbacks
 * are Tandem's own; behind it are the pair's members. {@code front} is what clients see, {@code back} what is behind.
 */
@NullMarked
package org.tandemopc.relay.da;

import org.jspecify.annotations.NullMarked;
