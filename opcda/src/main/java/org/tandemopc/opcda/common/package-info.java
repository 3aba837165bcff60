/** What all OPC servers have: OPC Common 1.10 with the list of servers (OpcEnum), and OPC Security 1.00. */
@NullMarked
package org.tandemopc.opcda.common;

import org.jspecify.annotations.NullMarked;
