package org.tandemopc.dcom.orpc.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.InterfacePointer;
import org.tandemopc.dcom.ndr.Late;
import org.tandemopc.dcom.ndr.NdrLimits;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;
import org.tandemopc.dcom.ndr.TypeSerialization;
import org.tandemopc.dcom.orpc.ObjRef;

/**
 * The activation properties BLOB ([MS-DCOM] 2.2.22): what an activation asks for, and what it answers, each part serialized
 * on its own. It travels as the data of a custom OBJREF.
 * <pre>
 * 0   4  dwSize, of all that follows dwReserved
 * 4   4  dwReserved
 * 8      CustomHeader: which properties follow, and how long each is
 *        the properties, one behind the other
 * </pre>
 *
 * <p>A property is read when it is asked for, so that one which nobody needs may be of any kind or broken. The order in which
 * they are written is the order on the wire; impacket takes {@link PropsOutInfo} to be first, and {@link ScmReplyInfo} second.
 *
 * @param direction whether it asks or answers
 * @param properties 1 to 10
 */
public record ActivationProperties(Direction direction, List<Serialized> properties) {
    /** MAX_ACTPROP_LIMIT ([MS-DCOM] 2.2.28.1). */
    public static final int PROPERTIES_MAX = 10;

    private static final String CLAUSE = "[MS-DCOM] 2.2.22.1";

    /** MSHCTX_DIFFERENTMACHINE, as Windows sends it. */
    private static final int DIFFERENT_MACHINE = 2;

    private static final int SIZES_BYTES = 2 * Integer.BYTES;

    /** Which way they go, and by which names the OBJREF says so ([MS-DCOM] 1.9). */
    public enum Direction {
        IN(0x1A2, 0x338),
        OUT(0x1A3, 0x339);

        private final int iid;
        private final int clsid;

        Direction(int iid, int clsid) {
            this.iid = iid;
            this.clsid = clsid;
        }

        Guid iid() {
            return known(iid);
        }

        Guid clsid() {
            return known(clsid);
        }
    }

    /** A property as it stands in the BLOB: type serialization, with its headers. */
    public record Serialized(Guid clsid, Bytes octets) {}

    /** @throws IllegalArgumentException there are none, or more than {@link #PROPERTIES_MAX} */
    public ActivationProperties {
        properties = List.copyOf(properties);
        if (properties.isEmpty() || properties.size() > PROPERTIES_MAX) {
            throw new IllegalArgumentException(properties.size() + " properties are not 1 to " + PROPERTIES_MAX);
        }
    }

    public static ActivationProperties of(Direction direction, ActivationProperty... properties) {
        return of(direction, NdrWriter::new, properties);
    }

    static ActivationProperties of(Direction direction, Supplier<NdrWriter> writers, ActivationProperty... properties) {
        List<Serialized> serialized = new ArrayList<>();
        for (ActivationProperty property : properties) {
            NdrWriter body = writers.get();
            property.write(body);
            serialized.add(new Serialized(property.clsid(), TypeSerialization.write(body)));
        }
        return new ActivationProperties(direction, serialized);
    }

    // ---- as octets

    /** @throws MalformedException it is not an OBJREF, or not one of activation properties of that direction */
    public static ActivationProperties read(InterfacePointer pointer, Direction direction) throws MalformedException {
        ObjRef reference = ObjRef.of(pointer);
        if (!(reference instanceof ObjRef.Custom custom) || !custom.clsid().equals(direction.clsid())) {
            throw new MalformedException(CLAUSE, "clsid", 0, "is not that of activation properties " + direction);
        }
        return readBlob(custom.data(), direction);
    }

    private static ActivationProperties readBlob(Bytes blob, Direction direction) throws MalformedException {
        ByteReader in = blob.reader().clause(CLAUSE);
        in.skip(SIZES_BYTES, "dwSize and dwReserved");
        Bytes rest = in.bytes(in.remaining(), "CustomHeader and properties");
        Header header = Header.read(TypeSerialization.read(rest.reader(), NdrLimits.DEFAULT));
        return new ActivationProperties(direction, header.cut(rest.reader().clause(CLAUSE)));
    }

    public InterfacePointer toInterfacePointer() {
        return toInterfacePointer(new NdrWriter());
    }

    InterfacePointer toInterfacePointer(NdrWriter header) {
        Bytes octets = headerOctets(header);
        ByteWriter blob = new ByteWriter();
        blob.u32(totalSize(), "dwSize").u32(0, "dwReserved").bytes(octets);
        properties.forEach(property -> blob.bytes(property.octets()));
        return new ObjRef.Custom(direction.iid(), direction.clsid(), blob.toBytes()).toInterfacePointer();
    }

    private Bytes headerOctets(NdrWriter out) {
        out.construct(() -> {
            out.u32(totalSize(), "totalSize").u32(headerSize(), "headerSize").u32(0, "dwReserved");
            out.u32(DIFFERENT_MACHINE, "destCtx").u32(properties.size(), "cIfs").guid(Guid.NULL);
            out.ref(properties, (here, all) -> here.conformant(all, (last, one) -> last.guid(one.clsid())));
            out.ref(
                    properties,
                    (here, all) -> here.conformant(
                            all, (last, one) -> last.u32(one.octets().size(), "size")));
            out.nullPointer();
        });
        return TypeSerialization.write(out);
    }

    private int headerSize() {
        int arrays = properties.size() * (Guid.SIZE + Integer.BYTES) + 2 * Integer.BYTES;
        int body = Header.FIXED_BYTES + arrays;
        return TypeSerialization.HEADER_BYTES + Math.ceilDiv(body, Long.BYTES) * Long.BYTES;
    }

    private int totalSize() {
        return headerSize()
                + properties.stream()
                        .mapToInt(property -> property.octets().size())
                        .sum();
    }

    // ---- by name

    /** What is to be made. */
    public Optional<InstantiationInfo> instantiation() throws MalformedException {
        return first(InstantiationInfo.CLSID, InstantiationInfo::read);
    }

    public Optional<SpecialProperties> special() throws MalformedException {
        return first(SpecialProperties.CLSID, SpecialProperties::read);
    }

    public Optional<ScmRequestInfo> scmRequest() throws MalformedException {
        return first(ScmRequestInfo.CLSID, ScmRequestInfo::read);
    }

    public Optional<ActivationContextInfo> context() throws MalformedException {
        return first(ActivationContextInfo.CLSID, ActivationContextInfo::read);
    }

    public Optional<LocationInfo> location() throws MalformedException {
        return first(LocationInfo.CLSID, LocationInfo::read);
    }

    public Optional<SecurityInfo> security() throws MalformedException {
        return first(SecurityInfo.CLSID, SecurityInfo::read);
    }

    /** Where the object's exporter is. */
    public Optional<ScmReplyInfo> scmReply() throws MalformedException {
        return first(ScmReplyInfo.CLSID, ScmReplyInfo::read);
    }

    /** The interfaces. */
    public Optional<PropsOutInfo> propsOut() throws MalformedException {
        return first(PropsOutInfo.CLSID, PropsOutInfo::read);
    }

    private <T> Optional<T> first(Guid clsid, NdrReader.Decoder<T> decoder) throws MalformedException {
        for (Serialized property : properties) {
            if (property.clsid().equals(clsid)) {
                return Optional.of(
                        decoder.read(TypeSerialization.read(property.octets().reader(), NdrLimits.DEFAULT)));
            }
        }
        return Optional.empty();
    }

    /** The names of [MS-DCOM] 1.9 differ in their first field alone. */
    static Guid known(int first) {
        return new Guid((long) first << 32, 0xC000_0000_0000_0046L);
    }

    /** CustomHeader. Sizes of the whole are not looked at: those of the parts and the end of the octets say enough. */
    private record Header(long headerSize, List<Guid> clsids, List<Long> sizes) {
        /** Before the arrays: five numbers, a GUID, three referents. */
        static final int FIXED_BYTES = 5 * Integer.BYTES + Guid.SIZE + 3 * Integer.BYTES;

        static Header read(NdrReader body) throws MalformedException {
            return body.under(
                    CLAUSE,
                    header -> header.construct(in -> {
                        in.u32("totalSize");
                        long headerSize = in.u32("headerSize");
                        in.u32("dwReserved");
                        in.u32("destCtx");
                        int at = in.offset();
                        long count = in.u32("cIfs");
                        if (count < 1 || count > PROPERTIES_MAX) {
                            throw in.malformed("cIfs", at, "is " + count + ", not 1 to " + PROPERTIES_MAX);
                        }
                        in.guid("classInfoClsid");
                        Late<List<Guid>> clsids = in.ref(
                                "pclsid",
                                here -> here.conformant("pclsid", count, Guid.SIZE, one -> one.guid("clsid")));
                        Late<List<Long>> sizes = in.ref(
                                "pSizes",
                                here -> here.conformant("pSizes", count, Integer.BYTES, one -> one.u32("size")));
                        in.referent("pdwReserved");
                        return () -> new Header(headerSize, clsids.get(), sizes.get());
                    }));
        }

        /** @param octets the header itself, and the properties behind it */
        List<Serialized> cut(ByteReader octets) throws MalformedException {
            octets.skip(octets.checked(headerSize, 0, "headerSize", 1, Integer.MAX_VALUE), "CustomHeader");
            List<Serialized> properties = new ArrayList<>();
            for (int i = 0; i < clsids.size(); i++) {
                int size = octets.checked(sizes.get(i), octets.offset(), "pSizes", 1, Integer.MAX_VALUE);
                properties.add(new Serialized(clsids.get(i), octets.bytes(size, "property")));
            }
            return properties;
        }
    }
}
