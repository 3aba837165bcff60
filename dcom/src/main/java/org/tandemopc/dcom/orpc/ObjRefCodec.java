package org.tandemopc.dcom.orpc;

import java.nio.ByteOrder;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;

/** {@link ObjRef} on the wire. */
final class ObjRefCodec {
    private static final String CLAUSE = "[MS-DCOM] 2.2.18";
    private static final int STANDARD = 1;
    private static final int HANDLER = 2;
    private static final int CUSTOM = 4;
    private static final int EXTENDED = 8;
    private static final long EXTENDED_SIGNATURE = 0x4E53_5956;
    private static final int CUSTOM_SIZES_BYTES = 2 * Integer.BYTES;

    private ObjRefCodec() {}

    static ObjRef read(ByteReader in) throws MalformedException {
        in.clause(CLAUSE).order(ByteOrder.LITTLE_ENDIAN);
        expect(in, "signature", ObjRef.SIGNATURE);
        int at = in.offset();
        int flags = in.i32("flags");
        Guid iid = Guid.read(in, "iid");
        return switch (flags) {
            case STANDARD -> new ObjRef.Standard(iid, StdObjRef.readPacket(in), DualStringArray.readPacket(in));
            case HANDLER ->
                new ObjRef.Handler(
                        iid, StdObjRef.readPacket(in), Guid.read(in, "clsid"), DualStringArray.readPacket(in));
            case CUSTOM -> {
                Guid clsid = Guid.read(in, "clsid");
                in.skip(CUSTOM_SIZES_BYTES, "cbExtension and reserved");
                yield new ObjRef.Custom(iid, clsid, in.bytes(in.remaining(), "pObjectData"));
            }
            case EXTENDED -> readExtended(in, iid);
            default -> throw in.malformed("flags", at, "are " + flags + ", not 1, 2, 4 or 8");
        };
    }

    static void write(ByteWriter out, ObjRef reference) {
        ByteOrder before = out.order();
        out.order(ByteOrder.LITTLE_ENDIAN).i32(ObjRef.SIGNATURE).i32(flagsOf(reference));
        reference.iid().write(out);
        switch (reference) {
            case ObjRef.Standard(Guid iid, StdObjRef std, DualStringArray resolver) -> {
                std.writePacket(out);
                resolver.writePacket(out);
            }
            case ObjRef.Handler(Guid iid, StdObjRef std, Guid clsid, DualStringArray resolver) -> {
                std.writePacket(out);
                clsid.write(out);
                resolver.writePacket(out);
            }
            case ObjRef.Custom(Guid iid, Guid clsid, Bytes data) -> {
                clsid.write(out);
                out.u32(0, "cbExtension")
                        .u32((long) data.size() + CUSTOM_SIZES_BYTES, "reserved")
                        .bytes(data);
            }
            case ObjRef.Extended extended -> writeExtended(out, extended);
        }
        out.order(before);
    }

    private static ObjRef readExtended(ByteReader in, Guid iid) throws MalformedException {
        StdObjRef std = StdObjRef.readPacket(in);
        expect(in, "Signature1", EXTENDED_SIGNATURE);
        DualStringArray resolver = DualStringArray.readPacket(in);
        in.clause("[MS-DCOM] 2.2.18.7");
        expect(in, "nElms", 1);
        expect(in, "Signature2", EXTENDED_SIGNATURE);
        Guid contextId = Guid.read(in, "dataID");
        int at = in.offset();
        long size = in.u32("cbSize");
        int rounded = in.count("cbRounded", 1, in.remaining());
        if (size > rounded) {
            throw in.malformed("cbSize", at, "is " + size + ", more than cbRounded of " + rounded);
        }
        Bytes context = in.bytes(Math.toIntExact(size), "Data");
        in.skip(rounded - context.size(), "Data");
        return new ObjRef.Extended(iid, std, resolver, contextId, context);
    }

    private static void writeExtended(ByteWriter out, ObjRef.Extended reference) {
        reference.std().writePacket(out);
        out.u32(EXTENDED_SIGNATURE, "Signature1");
        reference.resolver().writePacket(out);
        out.u32(1, "nElms").u32(EXTENDED_SIGNATURE, "Signature2");
        reference.contextId().write(out);
        int size = reference.context().size();
        int rounded = Math.ceilDiv(size, Long.BYTES) * Long.BYTES;
        out.u32(size, "cbSize")
                .u32(rounded, "cbRounded")
                .bytes(reference.context())
                .zeros(rounded - size);
    }

    private static int flagsOf(ObjRef reference) {
        return switch (reference) {
            case ObjRef.Standard standard -> STANDARD;
            case ObjRef.Handler handler -> HANDLER;
            case ObjRef.Custom custom -> CUSTOM;
            case ObjRef.Extended extended -> EXTENDED;
        };
    }

    private static void expect(ByteReader in, String field, long expected) throws MalformedException {
        int at = in.offset();
        long value = in.u32(field);
        if (value != expected) {
            throw in.malformed(field, at, "is %#x, not %#x".formatted(value, expected));
        }
    }
}
