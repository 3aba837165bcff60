package org.tandemopc.testkit.proxy;

import java.nio.ByteBuffer;

/** What is to be done on the far side of a line, not before its time ({@code System.nanoTime}). */
sealed interface Parcel {
    long dueNanos();

    record Bytes(long dueNanos, ByteBuffer content) implements Parcel {}

    /** Nothing more comes this way; the other way may go on. */
    record NothingMore(long dueNanos) implements Parcel {}

    record End(long dueNanos, Ending how) implements Parcel {}
}
