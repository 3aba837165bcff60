/** Peers on an independent stack: node-opcua, installed by {@code npm ci} in {@code it/node}. */
@NullMarked
package org.tandemopc.it.node;

import org.jspecify.annotations.NullMarked;
