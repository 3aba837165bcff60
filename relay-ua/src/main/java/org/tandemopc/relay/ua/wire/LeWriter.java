package org.tandemopc.relay.ua.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.jspecify.annotations.Nullable;

/** Writes OPC UA binary (Part 6, 5.2) into a growing array. One thread. */
final class LeWriter {
    private byte[] bytes;
    private int at;

    /** @param expectedBytes if it is exact, nothing is copied at the end */
    LeWriter(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    int position() {
        return at;
    }

    byte[] bytes() {
        return bytes.length == at ? bytes : Arrays.copyOf(bytes, at);
    }

    LeWriter u8(int value) {
        room(1);
        bytes[at++] = (byte) value;
        return this;
    }

    LeWriter u16(int value) {
        return u8(value).u8(value >>> 8);
    }

    LeWriter i32(int value) {
        room(4);
        Le.i32(bytes, at, value);
        at += 4;
        return this;
    }

    /** @throws IllegalArgumentException if the value is not a UInt32 */
    LeWriter u32(long value) {
        if (value >>> 32 != 0) {
            throw new IllegalArgumentException("not a UInt32: " + value);
        }
        return i32((int) value);
    }

    LeWriter i64(long value) {
        room(8);
        Le.i64(bytes, at, value);
        at += 8;
        return this;
    }

    LeWriter status(StatusCode status) {
        return i32((int) status.getValue());
    }

    LeWriter string(@Nullable String value) {
        if (value == null) {
            return i32(-1);
        }
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return i32(utf8.length).copy(utf8, 0, utf8.length);
    }

    LeWriter copy(byte[] from, int start, int end) {
        int length = end - start;
        room(length);
        System.arraycopy(from, start, bytes, at, length);
        at += length;
        return this;
    }

    /** Writes an Int32 at an earlier place: lengths and counts that are known only afterwards. */
    void patchI32(int position, int value) {
        Le.i32(bytes, position, value);
    }

    /** A namespace-0 encoding id in the four-byte form (Part 6, 5.2.2.9), and that a binary body follows. */
    LeWriter binaryBodyOf(int encodingId) {
        return u8(1).u8(0).u16(encodingId).u8(1);
    }

    private void room(int more) {
        int needed = Math.addExact(at, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8L)));
        }
    }
}
