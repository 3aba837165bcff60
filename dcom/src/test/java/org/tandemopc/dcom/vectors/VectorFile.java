package org.tandemopc.dcom.vectors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.rpc.Pdu;
import org.tandemopc.dcom.rpc.PduCodec;

/**
 * One recorded message of another implementation. The format is described in {@code vectors/README.md}: headers up to the first
 * empty line, then octets in hexadecimal with a comment that names the field, and after a line of dashes, where the message is
 * sealed, the stub in plain.
 */
public final class VectorFile {
    private static final String EXTENSION = ".hex";
    private static final String END = "---";
    private static final String CONTINUED = "...";
    private static final int SEC_TRAILER_BYTES = 8;
    private static final int FLAG_OBJECT = 0x80;

    private final String name;
    private final Map<String, String> headers;
    private final Section message;
    private final Optional<Section> plaintext;

    private VectorFile(String name, Map<String, String> headers, Section message, Optional<Section> plaintext) {
        this.name = name;
        this.headers = headers;
        this.message = message;
        this.plaintext = plaintext;
    }

    /** @param name below the folder of vectors, such as "utgard/connect-auth3", with ".hex" or without */
    public static VectorFile named(String name) {
        String file = name.endsWith(EXTENSION) ? name : name + EXTENSION;
        try {
            List<String> lines = Files.readAllLines(folder().resolve(file), StandardCharsets.UTF_8);
            return parse(file.substring(0, file.length() - EXTENSION.length()), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Those whose name begins so, in the order of their names; "" is all.
     *
     * @throws NoSuchElementException there is none: a test over nothing proves nothing
     */
    public static List<VectorFile> all(String prefix) {
        Path folder = folder();
        try (Stream<Path> files = Files.walk(folder)) {
            List<VectorFile> found = files.map(file -> folder.relativize(file).toString())
                    .filter(name -> name.endsWith(EXTENSION) && name.startsWith(prefix))
                    .sorted()
                    .map(VectorFile::named)
                    .toList();
            if (found.isEmpty()) {
                throw new NoSuchElementException("no vector begins with " + prefix);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of {@link #all} that are PDUs; bare NTLM messages, OBJREFs and stubs are left out. */
    public static List<VectorFile> pdus(String prefix) {
        return all(prefix).stream().filter(VectorFile::holdsPdu).toList();
    }

    static VectorFile parse(String name, List<String> lines) {
        Map<String, String> headers = new LinkedHashMap<>();
        int at = 0;
        for (; at < lines.size() && !lines.get(at).isBlank(); at++) {
            String line = lines.get(at);
            int colon = line.indexOf(':');
            int comment = line.indexOf("  #");
            headers.put(
                    line.substring(0, colon),
                    line.substring(colon + 1, comment < 0 ? line.length() : comment)
                            .strip());
        }
        List<String> body = lines.subList(at, lines.size());
        int end = 0;
        while (end < body.size() && !body.get(end).startsWith(END)) {
            end++;
        }
        Optional<Section> plaintext =
                end == body.size() ? Optional.empty() : Optional.of(Section.of(body.subList(end + 1, body.size())));
        return new VectorFile(name, headers, Section.of(body.subList(0, end)), plaintext);
    }

    /** Below the folder of vectors, without ".hex". */
    public String name() {
        return name;
    }

    public boolean hasHeader(String key) {
        return headers.containsKey(key);
    }

    /** @throws NoSuchElementException the file has no such header */
    public String header(String key) {
        String value = headers.get(key);
        if (value == null) {
            throw new NoSuchElementException(name + " has no header " + key);
        }
        return value;
    }

    /** The message as it was on the wire; for a file that is no PDU, such as an OBJREF, its octets. */
    public byte[] pdu() {
        return message.octets();
    }

    /** As {@link #pdu}. */
    public Bytes octets() {
        return Bytes.of(pdu());
    }

    /** The PDU, read. */
    public Pdu decoded() {
        try {
            return PduCodec.decode(octets());
        } catch (MalformedException e) {
            throw new AssertionError(name, e);
        }
    }

    /** Whether the file holds the stub in plain, beside the sealed one. */
    public boolean hasPlaintext() {
        return plaintext.isPresent();
    }

    /**
     * The stub of a request or response without its padding: the section in plain where there is one, else cut out of the PDU.
     * A fragment has the part of the stub that it carries.
     */
    public byte[] stub() {
        return plaintext.map(Section::octets).orElseGet(() -> cutOut(message.octets()));
    }

    /** As {@link #stub}, or all octets where the file is no PDU, with zeros where the peer left something in padding. */
    public byte[] canonicalStub() {
        if (plaintext.isPresent()) {
            return plaintext.get().canonical();
        }
        return holdsPdu() ? cutOut(message.canonical()) : message.canonical();
    }

    /** Whether it is a PDU, not a stub, an OBJREF or a bare message of NTLM. */
    public boolean holdsPdu() {
        String file = name.substring(name.indexOf('/') + 1);
        return !file.startsWith("stub-") && !file.startsWith("objref-") && !file.startsWith("ntlm-");
    }

    /** The numbers that the peer had chosen for pointers that are not NULL, in their order. */
    public List<Integer> referents() {
        List<Integer> referents = new ArrayList<>();
        for (String field : fieldNames()) {
            if (field.endsWith(".referent")) {
                int referent = ByteBuffer.wrap(field(field))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt();
                if (referent != 0) {
                    referents.add(referent);
                }
            }
        }
        return List.copyOf(referents);
    }

    private byte[] cutOut(byte[] pdu) {
        boolean request = pdu[2] == 0;
        if (!request && pdu[2] != 2) {
            throw new IllegalStateException(name + " is neither request nor response");
        }
        boolean bigEndian = pdu[4] == 0;
        int authLength =
                Byte.toUnsignedInt(pdu[bigEndian ? 11 : 10]) | Byte.toUnsignedInt(pdu[bigEndian ? 10 : 11]) << 8;
        int from = request && (pdu[3] & FLAG_OBJECT) != 0 ? 40 : 24;
        int to = pdu.length;
        if (authLength > 0) {
            to -= authLength + SEC_TRAILER_BYTES;
            to -= Byte.toUnsignedInt(pdu[to + 2]);
        }
        return Arrays.copyOfRange(pdu, from, to);
    }

    /**
     * The octets of the first field of that name, of the stub in plain where there is one, else of the message.
     *
     * @throws NoSuchElementException there is none
     */
    public byte[] field(String field) {
        byte[] octets = plaintext.orElse(message).fields().get(field);
        if (octets == null) {
            throw new NoSuchElementException(name + " has no field " + field);
        }
        return octets.clone();
    }

    /** The names of the fields, as {@link #field} takes them, in their order. */
    public List<String> fieldNames() {
        return List.copyOf(plaintext.orElse(message).fields().keySet());
    }

    @Override
    public String toString() {
        return name;
    }

    private static Path folder() {
        URL readme = Objects.requireNonNull(VectorFile.class.getResource("/vectors/README.md"), "vectors/README.md");
        try {
            return Objects.requireNonNull(Path.of(readme.toURI()).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Section {
        private final byte[] octets;
        private final byte[] canonical;
        private final Map<String, byte[]> fields;

        private Section(byte[] octets, byte[] canonical, Map<String, byte[]> fields) {
            this.octets = octets;
            this.canonical = canonical;
            this.fields = fields;
        }

        static Section of(List<String> lines) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteArrayOutputStream canonical = new ByteArrayOutputStream();
            List<String> names = new ArrayList<>();
            List<ByteArrayOutputStream> values = new ArrayList<>();
            for (String line : lines) {
                int comment = line.indexOf('#');
                String hex = (comment < 0 ? line : line.substring(0, comment)).replaceAll("\\s", "");
                if (hex.isEmpty()) {
                    continue;
                }
                byte[] octets = HexFormat.of().parseHex(hex);
                all.writeBytes(octets);
                // "0028 ORPCTHIS.major = 5": the offset, then the name, then perhaps the value
                String text = comment < 0 ? "" : line.substring(comment + 1).strip();
                String label = text.substring(text.indexOf(' ') + 1)
                        .split(" = | \\(", 2)[0]
                        .strip();
                boolean isPadding = label.equals("pad") || label.startsWith("pad,");
                canonical.writeBytes(isPadding ? new byte[octets.length] : octets);
                if (!label.equals(CONTINUED) || names.isEmpty()) {
                    names.add(label);
                    values.add(new ByteArrayOutputStream());
                }
                values.getLast().writeBytes(octets);
            }
            Map<String, byte[]> fields = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                fields.putIfAbsent(names.get(i), values.get(i).toByteArray());
            }
            return new Section(all.toByteArray(), canonical.toByteArray(), fields);
        }

        byte[] octets() {
            return octets.clone();
        }

        byte[] canonical() {
            return canonical.clone();
        }

        Map<String, byte[]> fields() {
            return fields;
        }
    }
}
