package org.tandemopc.dcom.rpc;

import java.nio.ByteOrder;
import org.tandemopc.dcom.Bytes;

/**
 * What a call came to.
 *
 * @param stub the results; octets after the last one are normal, and ignored
 * @param order of the numbers in it
 */
public record RpcAnswer(Bytes stub, ByteOrder order) {}
