package org.tandemopc.relay.da.front;

/** A group of which all items are active, with an update rate of 10 ms unless told otherwise. */
final class StreamedGroup implements GroupStream.Group {
    long rateMs = 10;
    int inactive = -1;
    int removed = -1;
    boolean mayBeLed = true;

    @Override
    public long rateNanos() {
        return rateMs * 1_000_000;
    }

    @Override
    public boolean isActive(int item) {
        return item != inactive && has(item);
    }

    @Override
    public boolean has(int item) {
        return item != removed;
    }

    @Override
    public boolean mayBeLed() {
        return mayBeLed;
    }
}
