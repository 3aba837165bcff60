package org.tandemopc.dcom.ntlm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * A sequence of AV_PAIR up to MsvAvEOL ([MS-NLMP] 2.2.2.1), in its order.
 *
 * <pre>
 * offset size
 * 0      2    AvId
 * 2      2    AvLen
 * 4      n    Value
 * </pre>
 *
 * @param trailing what follows the end of the list: four zeros of most clients, nothing of Samba
 */
record AvPairs(List<AvPairs.Pair> pairs, Bytes trailing) {
    static final int NB_COMPUTER_NAME = 1;
    static final int NB_DOMAIN_NAME = 2;
    static final int DNS_COMPUTER_NAME = 3;
    static final int DNS_DOMAIN_NAME = 4;
    static final int FLAGS = 6;
    static final int TIMESTAMP = 7;
    static final int SINGLE_HOST = 8;
    static final int TARGET_NAME = 9;
    static final int CHANNEL_BINDINGS = 10;

    /** Value of {@link #FLAGS}: the AUTHENTICATE_MESSAGE has a MIC. */
    static final int FLAG_MIC = 2;
    /** Value of {@link #FLAGS}: the client had the name of {@link #TARGET_NAME} from somebody whom it does not trust. */
    static final int FLAG_UNTRUSTED_TARGET_NAME = 4;

    static final AvPairs EMPTY = new AvPairs(List.of(), Bytes.EMPTY);

    private static final int END = 0;
    private static final int PAIRS_MAX = 64;
    private static final int HEADER_BYTES = 4;

    /** One AV_PAIR. */
    record Pair(int id, Bytes value) {}

    AvPairs {
        pairs = List.copyOf(pairs);
    }

    static AvPairs read(Bytes octets) throws MalformedException {
        ByteReader in = octets.reader().clause("[MS-NLMP] 2.2.2.1");
        List<Pair> pairs = new ArrayList<>();
        while (true) {
            int at = in.offset();
            int id = in.u16("AvId");
            int length = in.u16("AvLen");
            if (id == END && length == 0) {
                return new AvPairs(pairs, in.bytes(in.remaining(), "trailing"));
            }
            if (id == END) {
                throw in.malformed("MsvAvEOL", at, "has a value of " + length + " octets");
            }
            if (pairs.size() == PAIRS_MAX) {
                throw in.malformed("AV_PAIR", at, "is one more than the limit of " + PAIRS_MAX);
            }
            pairs.add(new Pair(id, in.bytes(length, "Value")));
        }
    }

    Bytes toBytes() {
        ByteWriter out = new ByteWriter();
        for (Pair pair : pairs) {
            out.u16(pair.id(), "AvId").u16(pair.value().size(), "AvLen").bytes(pair.value());
        }
        return out.zeros(HEADER_BYTES).bytes(trailing).toBytes();
    }

    /** Of the first pair of that kind. */
    Optional<Bytes> value(int id) {
        return pairs.stream().filter(p -> p.id() == id).map(Pair::value).findFirst();
    }

    boolean has(int id) {
        return value(id).isPresent();
    }

    /** The value of {@link #FLAGS}, zero if it is not there or no number. */
    int flags() {
        return value(FLAGS)
                .filter(v -> v.size() == Integer.BYTES)
                .map(v -> littleEndian(v).getInt())
                .orElse(0);
    }

    /** The value of {@link #TIMESTAMP} as a FILETIME; empty if there is none, or one that is no time. */
    Optional<Long> timestamp() {
        return value(TIMESTAMP)
                .filter(v -> v.size() == Long.BYTES)
                .map(v -> littleEndian(v).getLong());
    }

    /** With this value in place of those of its kind, or at the end. */
    AvPairs with(int id, Bytes value) {
        List<Pair> changed = new ArrayList<>();
        boolean placed = false;
        for (Pair pair : pairs) {
            if (pair.id() != id) {
                changed.add(pair);
            } else if (!placed) {
                changed.add(new Pair(id, value));
                placed = true;
            }
        }
        if (!placed) {
            changed.add(new Pair(id, value));
        }
        return new AvPairs(changed, trailing);
    }

    AvPairs without(int id) {
        return new AvPairs(pairs.stream().filter(p -> p.id() != id).toList(), trailing);
    }

    AvPairs withTrailing(Bytes octets) {
        return new AvPairs(pairs, octets);
    }

    private static ByteBuffer littleEndian(Bytes value) {
        return ByteBuffer.wrap(value.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    }
}
