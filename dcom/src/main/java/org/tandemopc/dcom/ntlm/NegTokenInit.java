package org.tandemopc.dcom.ntlm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/**
 * What a client begins SPNEGO with (RFC 4178 4.2.1, [MS-SPNG] 2.2.1), in its GSS-API frame (RFC 2743 3.1). Golden vectors:
 * samba ({@code bind-*spnego-*-01-bind-lsarpc.hex}).
 *
 * <pre>
 * [APPLICATION 0] { OID 1.3.6.1.5.5.2,
 *   [0] SEQUENCE {
 *     [0] mechTypes     SEQUENCE OF OID
 *     [1] reqFlags      BIT STRING, ignored
 *     [2] mechToken     OCTET STRING, of the first mechanism
 *     [3] mechListMIC   OCTET STRING; or negHints, a SEQUENCE, and then
 *     [4] mechListMIC   OCTET STRING } }
 * </pre>
 *
 * @param mechTypesDer the list as it was encoded, tag and length included: what mechListMIC signs
 * @param reqFlags whole element; null: not there
 * @param mechToken null: not there
 * @param rest the elements from [3] on, whole
 */
record NegTokenInit(
        List<Oid> mechTypes,
        Bytes mechTypesDer,
        @Nullable Bytes reqFlags,
        @Nullable Bytes mechToken,
        Bytes rest) {
    private static final int FRAME = 0x60;
    private static final int MECH_TYPES_MAX = 32;

    NegTokenInit {
        mechTypes = List.copyOf(mechTypes);
    }

    static NegTokenInit of(Oid mechanism, Bytes mechToken) {
        return new NegTokenInit(
                List.of(mechanism), Der.write(Der.SEQUENCE, mechanism.toDer()), null, mechToken, Bytes.EMPTY);
    }

    /** Whether these octets begin as one. */
    static boolean isOne(Bytes token) {
        return token.size() > 0 && token.at(0) == FRAME;
    }

    static NegTokenInit read(Bytes token) throws MalformedException {
        ByteReader frame =
                Der.reader(Der.only(token, FRAME, "InitialContextToken").content());
        int at = frame.offset();
        Oid mechanism =
                new Oid(Der.read(frame, Der.OBJECT_IDENTIFIER, "thisMech").content());
        if (!mechanism.equals(Oid.SPNEGO)) {
            throw frame.malformed("thisMech", at, "is not SPNEGO");
        }
        Bytes choice = Der.read(frame, Der.context(0), "NegotiationToken").content();
        frame.end();
        return readFields(Der.only(choice, Der.SEQUENCE, "NegTokenInit").content());
    }

    private static NegTokenInit readFields(Bytes fields) throws MalformedException {
        ByteReader in = Der.reader(fields);
        Bytes mechTypes = Der.read(in, Der.context(0), "mechTypes").content();
        Bytes reqFlags = null;
        Bytes mechToken = null;
        ByteWriter rest = new ByteWriter();
        int last = Der.context(0);
        while (in.remaining() > 0) {
            int at = in.offset();
            Der.Element element = Der.read(in, "NegTokenInit");
            if (element.tag() <= last) {
                throw in.malformed("NegTokenInit", at, "has tag 0x%02x out of order".formatted(element.tag()));
            }
            last = element.tag();
            if (last == Der.context(1)) {
                reqFlags = element.whole();
            } else if (last == Der.context(2)) {
                mechToken = Der.only(element.content(), Der.OCTET_STRING, "mechToken")
                        .content();
            } else {
                rest.bytes(element.whole());
            }
        }
        return new NegTokenInit(oids(mechTypes), mechTypes, reqFlags, mechToken, rest.toBytes());
    }

    private static List<Oid> oids(Bytes mechTypes) throws MalformedException {
        ByteReader in =
                Der.reader(Der.only(mechTypes, Der.SEQUENCE, "MechTypeList").content());
        List<Oid> oids = new ArrayList<>();
        while (in.remaining() > 0) {
            int at = in.offset();
            if (oids.size() == MECH_TYPES_MAX) {
                throw in.malformed("MechType", at, "is one more than the limit of " + MECH_TYPES_MAX);
            }
            oids.add(new Oid(Der.read(in, Der.OBJECT_IDENTIFIER, "MechType").content()));
        }
        return oids;
    }

    Bytes toBytes() {
        ByteWriter fields = new ByteWriter().bytes(Der.write(Der.context(0), mechTypesDer));
        if (reqFlags != null) {
            fields.bytes(reqFlags);
        }
        if (mechToken != null) {
            fields.bytes(Der.write(Der.context(2), Der.write(Der.OCTET_STRING, mechToken)));
        }
        Bytes sequence = Der.write(Der.SEQUENCE, fields.bytes(rest).toBytes());
        return Der.write(FRAME, Der.concat(Oid.SPNEGO.toDer(), Der.write(Der.context(0), sequence)));
    }
}
