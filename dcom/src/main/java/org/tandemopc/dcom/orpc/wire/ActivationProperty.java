package org.tandemopc.dcom.orpc.wire;

import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.NdrWriter;

/** One of the things that are asked or answered with {@link ActivationProperties} ([MS-DCOM] 2.2.22.2). */
public sealed interface ActivationProperty
        permits InstantiationInfo,
                SpecialProperties,
                ScmRequestInfo,
                ActivationContextInfo,
                LocationInfo,
                SecurityInfo,
                ScmReplyInfo,
                PropsOutInfo {
    /** By which the property is known in the header of the properties. */
    Guid clsid();

    /** The body, from whose first octet alignment counts. */
    void write(NdrWriter out);
}
