package org.tandemopc.dcom;

import java.util.Arrays;
import java.util.HexFormat;

/** Octets that do not change. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    public static Bytes of(byte... octets) {
        return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
    }

    /** @param to exclusive */
    public static Bytes of(byte[] octets, int from, int to) {
        return new Bytes(Arrays.copyOfRange(octets, from, to));
    }

    public static Bytes ofHex(String hex) {
        return new Bytes(HexFormat.of().parseHex(hex));
    }

    public int size() {
        return octets.length;
    }

    public boolean isEmpty() {
        return octets.length == 0;
    }

    public byte at(int index) {
        return octets[index];
    }

    public byte[] toArray() {
        return octets.clone();
    }

    public ByteReader reader() {
        return ByteReader.over(octets);
    }

    void copyTo(byte[] target, int at) {
        System.arraycopy(octets, 0, target, at, octets.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /** The octets in hexadecimal, the first 64 of them. */
    @Override
    public String toString() {
        int shown = Math.min(octets.length, 64);
        return HexFormat.of().formatHex(octets, 0, shown) + (shown < octets.length ? "… (" + octets.length + ")" : "");
    }
}
