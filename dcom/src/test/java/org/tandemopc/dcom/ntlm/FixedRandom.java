package org.tandemopc.dcom.ntlm;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.tandemopc.dcom.Bytes;

/** Gives what it is told to, once each, and fails when more is asked for or in another length. */
final class FixedRandom implements RandomGenerator {
    private final Queue<Bytes> values;

    FixedRandom(Bytes... values) {
        this.values = new ArrayDeque<>(List.of(values));
    }

    @Override
    public void nextBytes(byte[] bytes) {
        byte[] next = values.remove().toArray();
        if (next.length != bytes.length) {
            throw new AssertionError(bytes.length + " octets are asked for, not " + next.length);
        }
        System.arraycopy(next, 0, bytes, 0, next.length);
    }

    @Override
    public long nextLong() {
        throw new AssertionError("only octets are random here");
    }
}
