package org.tandemopc.dcom.ndr;

/**
 * The most that a stranger's stub may ask for. Every count is held against its limit, and against the octets that are left
 * for its elements, before memory is taken; so a stub costs a small multiple of its own length.
 *
 * @param elementsMax elements of one array
 * @param octetsMax octets of one array of octets, of one BSTR, of one array of plain numbers
 * @param charsMax characters of one {@code [string]}, with its NUL
 * @param depthMax pointers that lead to one another, one below the other; a VARIANT in an array in a VARIANT takes three
 */
public record NdrLimits(int elementsMax, int octetsMax, int charsMax, int depthMax) {
    /** A million elements, 16 MiB, a million characters, 64 pointers deep. */
    public static final NdrLimits DEFAULT = new NdrLimits(1_000_000, 1 << 24, 1_000_000, 64);

    public NdrLimits {
        if (elementsMax < 1 || octetsMax < 1 || charsMax < 1 || depthMax < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
