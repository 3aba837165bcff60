package org.tandemopc.dcom.rpc;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;

/**
 * An address as the endpoint mapper speaks of it (C706 appendix L): floors from the interface down to the host. Counts are
 * little endian, whatever the call.
 *
 * <pre>
 * floor  left                       right
 *     1  0d, interface, major u16   minor u16
 *     2  0d, syntax, major u16      minor u16
 *     3  0b (connection-oriented)   minor u16
 *     4  07 (TCP)                   port, big endian
 *     5  09 (IP)                    address, big endian
 * </pre>
 */
public record Tower(List<Floor> floors) {
    /** @param left protocol identifier and its data */
    public record Floor(Bytes left, Bytes right) {}

    /** [MS-RPCE] 2.2.1.2.2: nobody has longer ones. */
    static final int BYTES_MAX = 2_000;

    private static final String CLAUSE = "C706 L.1";
    private static final int FLOORS_MAX = 16;
    private static final int UUID_PROTOCOL = 0x0D;
    private static final int CONNECTION_ORIENTED = 0x0B;
    private static final int TCP = 0x07;
    private static final int IP = 0x09;
    private static final int TCP_FLOOR = 3;

    public Tower {
        floors = List.copyOf(floors);
    }

    /** @param host IPv4; for another kind the address is left zero, as towers have no room for it */
    static Tower tcp(SyntaxId syntax, int port, InetAddress host) {
        byte[] address = host instanceof Inet4Address ? host.getAddress() : new byte[4];
        Bytes portOctets =
                new ByteWriter().order(ByteOrder.BIG_ENDIAN).u16(port, "port").toBytes();
        return new Tower(List.of(
                syntaxFloor(syntax),
                syntaxFloor(SyntaxId.NDR),
                new Floor(protocol(CONNECTION_ORIENTED), Bytes.of(new byte[2])),
                new Floor(protocol(TCP), portOctets),
                new Floor(protocol(IP), Bytes.of(address))));
    }

    private static Bytes protocol(int identifier) {
        return new ByteWriter().u8(identifier, "protocol").toBytes();
    }

    private static Floor syntaxFloor(SyntaxId syntax) {
        ByteWriter left = new ByteWriter().u8(UUID_PROTOCOL, "protocol");
        syntax.uuid().write(left);
        left.u16(syntax.major(), "major");
        return new Floor(
                left.toBytes(), new ByteWriter().u16(syntax.minor(), "minor").toBytes());
    }

    static Tower read(Bytes octets) throws MalformedException {
        ByteReader in = octets.reader().clause(CLAUSE);
        int count = in.u16("floor_count");
        int floors = in.checked(count, 0, "floor_count", 4, FLOORS_MAX);
        List<Floor> all = new ArrayList<>(floors);
        for (int i = 0; i < floors; i++) {
            Bytes left = in.bytes(in.u16("lhs_length"), "lhs");
            all.add(new Floor(left, in.bytes(in.u16("rhs_length"), "rhs")));
        }
        in.end();
        return new Tower(all);
    }

    Bytes write() {
        ByteWriter out = new ByteWriter().u16(floors.size(), "floor_count");
        for (Floor floor : floors) {
            out.u16(floor.left().size(), "lhs_length").bytes(floor.left());
            out.u16(floor.right().size(), "rhs_length").bytes(floor.right());
        }
        return out.toBytes();
    }

    /** @return null: the first floor is no interface */
    @Nullable
    SyntaxId syntax() throws MalformedException {
        if (floors.isEmpty()) {
            return null;
        }
        ByteReader left = floors.getFirst().left().reader().clause(CLAUSE);
        if (left.u8("protocol") != UUID_PROTOCOL) {
            return null;
        }
        var uuid = Guid.read(left, "interface");
        int major = left.u16("major");
        return new SyntaxId(uuid, major, floors.getFirst().right().reader().u16("minor"));
    }

    /** Empty: another transport than TCP. */
    OptionalInt tcpPort() throws MalformedException {
        if (floors.size() <= TCP_FLOOR || !isConnectionOriented()) {
            return OptionalInt.empty();
        }
        Floor floor = floors.get(TCP_FLOOR);
        if (!floor.left().equals(protocol(TCP))) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(floor.right().reader().order(ByteOrder.BIG_ENDIAN).u16("port"));
    }

    private boolean isConnectionOriented() {
        return floors.get(2).left().equals(protocol(CONNECTION_ORIENTED));
    }
}
