package org.tandemopc.dcom.orpc;

import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ndr.NdrReader;
import org.tandemopc.dcom.ndr.NdrWriter;

/**
 * COMVERSION ([MS-DCOM] 2.2.11): what of the protocol one side knows. On the wire two u16.
 *
 * @param major 0 to 65,535; 5 everywhere
 * @param minor 0 to 65,535
 */
public record ComVersion(int major, int minor) {
    /** What this library speaks: that of Windows since Vista. */
    public static final ComVersion OURS = new ComVersion(5, 7);

    public static ComVersion read(NdrReader in) throws MalformedException {
        return new ComVersion(in.u16("MajorVersion"), in.u16("MinorVersion"));
    }

    public void write(NdrWriter out) {
        out.u16(major, "MajorVersion").u16(minor, "MinorVersion");
    }

    /** Whether a server of this version may serve a client of that: same major, and no higher minor. */
    public boolean serves(ComVersion client) {
        return client.major == major && client.minor <= minor;
    }

    /** What two sides that can talk speak: the lower of both. */
    public ComVersion with(ComVersion other) {
        return minor <= other.minor ? this : other;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
