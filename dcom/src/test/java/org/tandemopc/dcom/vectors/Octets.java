package org.tandemopc.dcom.vectors;

import java.util.HexFormat;
import java.util.stream.Collectors;
import org.tandemopc.dcom.Bytes;

/** Octets written out in a test, with a comment behind each field. */
public final class Octets {
    private Octets() {}

    /** @param lines hexadecimal with blanks as one likes; what follows a {@code #} is a comment */
    public static Bytes of(String lines) {
        return Bytes.of(HexFormat.of()
                .parseHex(lines.lines()
                        .map(line -> line.contains("#") ? line.substring(0, line.indexOf('#')) : line)
                        .map(line -> line.replaceAll("\\s", ""))
                        .collect(Collectors.joining())));
    }
}
