/** DCOM over TCP, client and server. Knows nothing of OPC. What all layers share: octets, and the errors of codecs and links. */
@NullMarked
package org.tandemopc.dcom;

import org.jspecify.annotations.NullMarked;
