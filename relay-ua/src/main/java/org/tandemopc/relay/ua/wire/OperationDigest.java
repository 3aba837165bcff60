package org.tandemopc.relay.ua.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a request wanted to change, for a record that outlives it: on which nodes, and a hash of each value, with which
 * somebody who has a value in mind can tell whether it was that one; the values themselves are nobody else's business.
 *
 * @param operations how many
 * @param nodes of the first {@value #NAMED_MAX}, with blanks between them; of calls: the methods; {@code -} of updates of
 *     history
 * @param hashes in the same order: the first 16 digits of the SHA-256 of the value as it is on the wire (a Variant, OPC UA
 *     Part 6, 5.2.2.16; of a call: the array of its arguments), of its first 64 KB where it is longer; {@code -} where
 *     there is none
 */
public record OperationDigest(int operations, String nodes, String hashes) {
    /** Of a request that changes nothing, or that cannot be read. */
    public static final OperationDigest NONE = new OperationDigest(0, "", "");

    static final int NAMED_MAX = 20;
    static final int NODE_LENGTH_MAX = 80;
    static final int HASHED_BYTES_MAX = 64 * 1024;
    private static final int HASH_BYTES = 8;
    private static final String NOTHING = "-";

    /** Any thread; decodes node ids only. */
    public static OperationDigest of(RawRequest request) {
        return switch (request.type()) {
            case WRITE, CALL, HISTORY_UPDATE -> read(request);
            default -> NONE;
        };
    }

    private static OperationDigest read(RawRequest request) {
        try {
            Operations operations = Operations.parse(request);
            List<String> nodes = new ArrayList<>();
            List<String> hashes = new ArrayList<>();
            for (int i = 0; i < Math.min(operations.size(), NAMED_MAX); i++) {
                Walker in = operations.walker(i);
                nodes.add(node(request.type(), in));
                hashes.add(hash(request.type(), in));
            }
            return new OperationDigest(operations.size(), String.join(" ", nodes), String.join(" ", hashes));
        } catch (MalformedException nothingToSay) {
            return NONE;
        }
    }

    /** Leaves the walker behind it. */
    private static String node(RawType type, Walker in) {
        if (type == RawType.HISTORY_UPDATE) {
            // In its details, which are not looked into.
            return NOTHING;
        }
        if (type == RawType.CALL) {
            in.skipNodeId("objectId");
        }
        String text = UaWire.nodeId(in).toParseableString();
        in.skipNodeId("nodeId");
        // A blank ends a node in this list.
        String word = text.replace(' ', '_');
        return word.length() <= NODE_LENGTH_MAX ? word : word.substring(0, NODE_LENGTH_MAX) + "…";
    }

    private static String hash(RawType type, Walker in) {
        int start = in.position();
        int end = start + in.remaining();
        if (type == RawType.WRITE) {
            in.skip(4, "attributeId");
            in.skipString("indexRange");
            start = in.position() + 1;
            end = in.dataValue("value");
        }
        return end <= start ? NOTHING : hash(in.array(), start, Math.min(end - start, HASHED_BYTES_MAX));
    }

    /** Of these bytes, as in {@link #hashes}. */
    static String hash(byte[] bytes, int start, int length) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(bytes, start, length);
            return HexFormat.of().formatHex(sha.digest(), 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
