package org.tandemopc.opcda;

import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;

/**
 * One item of a callback: client handle, value, quality, time and error, which travel in arrays of their own (DA 3.0 4.5.1.1). Immutable.
 *
 * @param error the HRESULT of this item; of a failure the value is VT_EMPTY
 */
public record OpcItemChange(int clientHandle, Variant value, Quality quality, FileTime timestamp, int error) {}
