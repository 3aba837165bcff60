package org.tandemopc.relay.ua.wire;

import java.util.Random;

/** Random but well-formed OPC UA binary, also in forms that no canonical encoder writes. Written without the walker. */
final class RandomUa {
    private static final int DEPTH_MAX = 6;

    private RandomUa() {}

    static byte[] dataValue(Random random) {
        var out = new LeWriter(64);
        dataValue(out, random, 0);
        return out.bytes();
    }

    static byte[] variant(Random random) {
        var out = new LeWriter(64);
        variant(out, random, 0);
        return out.bytes();
    }

    private static void dataValue(LeWriter out, Random random, int depth) {
        int mask = random.nextInt(64);
        out.u8(mask);
        if ((mask & 1) != 0) {
            variant(out, random, depth + 1);
        }
        if ((mask & 2) != 0) {
            out.i32(random.nextInt());
        }
        if ((mask & 4) != 0) {
            out.i64(random.nextLong());
        }
        if ((mask & 16) != 0) {
            out.u16(random.nextInt());
        }
        if ((mask & 8) != 0) {
            out.i64(random.nextLong());
        }
        if ((mask & 32) != 0) {
            out.u16(random.nextInt());
        }
    }

    private static void variant(LeWriter out, Random random, int depth) {
        int type = random.nextInt(depth >= DEPTH_MAX ? 23 : 32);
        boolean array = type != 0 && random.nextInt(3) == 0;
        boolean dimensions = array && random.nextInt(3) == 0;
        out.u8(type | (array ? 0x80 : 0) | (dimensions ? 0x40 : 0));
        if (!array) {
            element(out, random, type, depth);
            return;
        }
        int length = random.nextInt(6) - 1;
        out.i32(length);
        for (int i = 0; i < length; i++) {
            element(out, random, type, depth);
        }
        if (dimensions) {
            int count = random.nextInt(4) - 1;
            out.i32(count);
            for (int i = 0; i < count; i++) {
                out.i32(random.nextInt());
            }
        }
    }

    private static void element(LeWriter out, Random random, int type, int depth) {
        switch (type) {
            case 0 -> {}
            case 1, 2, 3 -> out.u8(random.nextInt());
            case 4, 5 -> out.u16(random.nextInt());
            case 6, 7, 10, 19 -> out.i32(random.nextInt());
            case 8, 9, 11, 13 -> out.i64(random.nextLong());
            case 14 -> out.i64(random.nextLong()).i64(random.nextLong());
            case 17 -> nodeId(out, random, 0);
            case 18 -> {
                int flags = random.nextInt(4) << 6;
                nodeId(out, random, flags);
                if ((flags & 0x80) != 0) {
                    bytes(out, random);
                }
                if ((flags & 0x40) != 0) {
                    out.i32(random.nextInt());
                }
            }
            case 20 -> {
                out.u16(random.nextInt());
                bytes(out, random);
            }
            case 21 -> {
                int mask = random.nextInt(4);
                out.u8(mask);
                for (int i = 0; i < Integer.bitCount(mask); i++) {
                    bytes(out, random);
                }
            }
            case 22 -> {
                nodeId(out, random, 0);
                int encoding = random.nextInt(3);
                out.u8(encoding);
                if (encoding != 0) {
                    bytes(out, random);
                }
            }
            case 23 -> dataValue(out, random, depth + 1);
            case 24 -> variant(out, random, depth + 1);
            case 25 -> diagnosticInfo(out, random, depth);
            default -> bytes(out, random);
        }
    }

    private static void diagnosticInfo(LeWriter out, Random random, int depth) {
        int mask = random.nextInt(depth >= DEPTH_MAX ? 64 : 128);
        out.u8(mask);
        for (int i = 0; i < Integer.bitCount(mask & 0x0F); i++) {
            out.i32(random.nextInt());
        }
        if ((mask & 0x10) != 0) {
            bytes(out, random);
        }
        if ((mask & 0x20) != 0) {
            out.i32(random.nextInt());
        }
        if ((mask & 0x40) != 0) {
            diagnosticInfo(out, random, depth + 1);
        }
    }

    private static void nodeId(LeWriter out, Random random, int flags) {
        int form = random.nextInt(6);
        out.u8(form | flags);
        switch (form) {
            case 0 -> out.u8(random.nextInt());
            case 1 -> out.u8(random.nextInt()).u16(random.nextInt());
            case 2 -> out.u16(random.nextInt()).i32(random.nextInt());
            case 4 -> out.u16(random.nextInt()).i64(random.nextLong()).i64(random.nextLong());
            default -> {
                out.u16(random.nextInt());
                bytes(out, random);
            }
        }
    }

    private static void bytes(LeWriter out, Random random) {
        int length = random.nextInt(9) - 1;
        out.i32(length);
        for (int i = 0; i < length; i++) {
            out.u8(random.nextInt());
        }
    }
}
