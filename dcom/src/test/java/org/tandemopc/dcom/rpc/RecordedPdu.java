package org.tandemopc.dcom.rpc;

import java.util.List;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.vectors.VectorFile;

/** A PDU that a peer of other makers sent; {@code vectors/README.md} tells the format. */
record RecordedPdu(String name, String what, String auth, Bytes octets) {
    private static final List<RecordedPdu> ALL = VectorFile.all("").stream()
            .filter(VectorFile::holdsPdu)
            .map(RecordedPdu::of)
            .toList();

    /** All that are PDUs; bare NTLM messages, OBJREFs and stubs are for others to read. */
    static List<RecordedPdu> all() {
        return ALL;
    }

    /** Those whose name begins so, such as {@code "node/connect-"}, in the order of their names. */
    static List<RecordedPdu> all(String prefix) {
        return all().stream().filter(pdu -> pdu.name().startsWith(prefix)).toList();
    }

    static RecordedPdu of(String name) {
        return of(VectorFile.named(name + ".hex"));
    }

    private static RecordedPdu of(VectorFile file) {
        String name = file.name().substring(0, file.name().length() - ".hex".length());
        return new RecordedPdu(name, header(file, "what"), header(file, "auth"), Bytes.of(file.pdu()));
    }

    private static String header(VectorFile file, String key) {
        return file.hasHeader(key) ? file.header(key) : "";
    }

    Pdu decoded() {
        try {
            return PduCodec.decode(octets);
        } catch (org.tandemopc.dcom.MalformedException e) {
            throw new AssertionError(name, e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
