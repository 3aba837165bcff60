package org.tandemopc.dcom.orpc.client;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComVersion;
import org.tandemopc.dcom.orpc.DualStringArray;

/**
 * What activation or resolution tells of an exporter.
 *
 * @param bindings where it listens, as it says itself
 * @param authnHint least level that it takes, a code of {@link org.tandemopc.dcom.rpc.AuthLevel}
 * @param version that both sides speak
 */
record ExporterInfo(long oxid, DualStringArray bindings, Guid ipidRemUnknown, long authnHint, ComVersion version) {}
