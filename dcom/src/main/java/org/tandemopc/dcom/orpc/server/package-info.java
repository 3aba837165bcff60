/**
 * The server's half of DCOM ([MS-DCOM] 3.1): exporter of objects, resolver, activation. {@link
 * org.tandemopc.dcom.orpc.server.DcomServer} is the way in; clients use it too, for objects of theirs that servers call.
 */
@NullMarked
package org.tandemopc.dcom.orpc.server;

import org.jspecify.annotations.NullMarked;
