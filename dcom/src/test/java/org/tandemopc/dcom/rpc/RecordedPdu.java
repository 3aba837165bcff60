package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.tandemopc.dcom.Bytes;

/** A PDU that a peer of other makers sent; {@code vectors/README.md} tells the format. */
record RecordedPdu(String name, String what, String auth, Bytes octets) {
    private static final List<RecordedPdu> ALL = load();

    /** All that are PDUs; bare NTLM messages and OBJREFs are for others to read. */
    static List<RecordedPdu> all() {
        return ALL;
    }

    private static List<RecordedPdu> load() {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(RecordedPdu::holdsAPdu)
                    .sorted()
                    .map(RecordedPdu::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those whose name begins so, such as {@code "node/connect-"}, in the order of their names. */
    static List<RecordedPdu> all(String prefix) {
        return all().stream().filter(pdu -> pdu.name().startsWith(prefix)).toList();
    }

    static RecordedPdu of(String name) {
        return read(folder().resolve(name + ".hex"));
    }

    Pdu decoded() {
        try {
            return PduCodec.decode(octets);
        } catch (org.tandemopc.dcom.MalformedException e) {
            throw new AssertionError(name, e);
        }
    }

    private static Path folder() {
        try {
            return Path.of(RecordedPdu.class.getResource("/vectors").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean holdsAPdu(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".hex") && !name.startsWith("ntlm-") && !name.startsWith("objref-");
    }

    private static RecordedPdu read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            int start = lines.indexOf("");
            StringBuilder hex = new StringBuilder();
            for (String line : lines.subList(start + 1, lines.size())) {
                if (line.startsWith("---")) {
                    break;
                }
                hex.append(line.replaceFirst("#.*", "").replace(" ", ""));
            }
            String name = folder().relativize(file).toString().replace(".hex", "");
            return new RecordedPdu(name, header(lines, "what"), header(lines, "auth"), Bytes.ofHex(hex.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String header(List<String> lines, String key) {
        return lines.stream()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.startsWith(key + ": "))
                .map(line -> line.substring(key.length() + 2))
                .findFirst()
                .orElse("");
    }

    @Override
    public String toString() {
        return name;
    }
}
