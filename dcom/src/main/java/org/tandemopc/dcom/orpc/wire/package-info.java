/**
 * The parameters of the calls that DCOM itself makes, as records that are read and written ([MS-DCOM] 2.2, 3.1): activation
 * ({@link org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator}, {@link org.tandemopc.dcom.orpc.wire.IActivation}), resolution and
 * pings ({@link org.tandemopc.dcom.orpc.wire.IObjectExporter}), references
 * ({@link org.tandemopc.dcom.orpc.wire.IRemUnknown}). Both directions of each, for a client writes what a server reads.
 *
 * <p>ORPCTHIS and ORPCTHAT are not in them: whoever calls writes them before. Nothing is decided here; octets behind the last
 * parameter are left alone.
 */
@NullMarked
package org.tandemopc.dcom.orpc.wire;

import org.jspecify.annotations.NullMarked;
