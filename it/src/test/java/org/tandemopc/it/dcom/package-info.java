/** DCOM against peers of other makers: samba, impacket, j-Interop, node-dcom as clients, samba as server. */
@NullMarked
package org.tandemopc.it.dcom;

import org.jspecify.annotations.NullMarked;
