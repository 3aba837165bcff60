package org.tandemopc.relay.ua.wire;

import java.util.BitSet;
import java.util.function.IntPredicate;

/** Which of many operations are on certain nodes of namespace 0; -1 stands for a node that is not there. */
final class NodeSet {
    private NodeSet() {}

    /** Identifiers of namespace 0 are small; what does not fit is nobody's own. */
    static int id(long numeric) {
        return numeric <= Integer.MAX_VALUE ? (int) numeric : -1;
    }

    static boolean touches(int[] nodes, IntPredicate wanted) {
        for (int id : nodes) {
            if (id >= 0 && wanted.test(id)) {
                return true;
            }
        }
        return false;
    }

    static BitSet on(int[] nodes, IntPredicate wanted) {
        var on = new BitSet(nodes.length);
        for (int i = 0; i < nodes.length; i++) {
            if (nodes[i] >= 0 && wanted.test(nodes[i])) {
                on.set(i);
            }
        }
        return on;
    }
}
