/**
 * The client's half of DCOM ([MS-DCOM] 3.2): {@link org.tandemopc.dcom.orpc.client.DcomClient} has objects made on the hosts
 * that it was told of, and makes pointers of the references that come from there. A server that calls its client's objects has
 * one of these for each such client.
 *
 * <p>A {@code Resolver} for each host: activation, resolution, pings. A {@code RemoteExporter} for each OXID: the connection that
 * all pointers into that process share, and the references that are owned there. A {@code RemotePointer} for each reference.
 * What is decided without a network is apart and pure: {@code Reach}, {@code References}, {@code PingSet}, {@code LoginGuard}.
 */
@NullMarked
package org.tandemopc.dcom.orpc.client;

import org.jspecify.annotations.NullMarked;
