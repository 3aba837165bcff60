package org.tandemopc.relay.ua.wire;

import java.util.function.IntUnaryOperator;
import org.eclipse.milo.opcua.stack.core.encoding.DataTypeCodec;

/**
 * A walker that leaves other namespace indexes behind it: in NodeIds, ExpandedNodeIds and QualifiedNames, wherever they
 * are, and so also in the bodies of ExtensionObjects of namespace 0. Nothing moves, for an index keeps its length
 * ({@link NamespaceMap}). Bodies of other types stay as they are: only who made them knows what is in them.
 *
 * <p>It changes the array: no one else may use that.
 */
final class RenumberingWalker extends Walker {
    private static final int OCTET_MAX = 0xFF;

    private final IntUnaryOperator renumber;

    RenumberingWalker(byte[] bytes, int start, int end, IntUnaryOperator renumber) {
        super(bytes, start, end);
        this.renumber = renumber;
    }

    @Override
    int namespaceOctet(String field) {
        int at = position();
        int before = super.namespaceOctet(field);
        // What is nowhere is so in one octet, too.
        array()[at] = (byte) Math.min(renumber.applyAsInt(before), OCTET_MAX);
        return before;
    }

    @Override
    int namespaceIndex(String field) {
        int at = position();
        int before = super.namespaceIndex(field);
        int after = renumber.applyAsInt(before);
        array()[at] = (byte) after;
        array()[at + 1] = (byte) (after >>> 8);
        return before;
    }

    @Override
    void skipBody(long type, String field) {
        int start = position() + Integer.BYTES;
        super.skipBody(type, field);
        DataTypeCodec known = type < 0 || position() <= start ? null : WalkingDecoder.bodyCodec(type);
        if (known != null) {
            RenumberingWalker body = new RenumberingWalker(array(), start, position(), renumber);
            body.level(level());
            WalkingDecoder.walk(known, body, field);
            body.end(field);
        }
    }
}
