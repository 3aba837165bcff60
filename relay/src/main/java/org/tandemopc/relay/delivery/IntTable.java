package org.tandemopc.relay.delivery;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table with int keys, for the look-up that each value costs: no boxing, linear probing, a power of two of slots
 * at most half full. Never shrinks. Not thread-safe.
 */
public final class IntTable<T> {
    private int[] keys = new int[16];
    private @Nullable Object[] values = new @Nullable Object[16];
    private int size;

    private static int spread(int key) {
        int h = key * 0x9E3779B9;
        return h ^ (h >>> 16);
    }

    public @Nullable T get(int key) {
        int mask = keys.length - 1;
        for (int i = spread(key) & mask; values[i] != null; i = (i + 1) & mask) {
            if (keys[i] == key) {
                return valueAt(i);
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private @Nullable T valueAt(int slot) {
        return (T) values[slot];
    }

    /** Also in the place of another value of this key. */
    public void put(int key, T value) {
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        int mask = keys.length - 1;
        int i = spread(key) & mask;
        while (values[i] != null && keys[i] != key) {
            i = (i + 1) & mask;
        }
        if (values[i] == null) {
            size++;
        }
        keys[i] = key;
        values[i] = value;
    }

    /** @return what was there */
    public @Nullable T remove(int key) {
        int mask = keys.length - 1;
        int i = spread(key) & mask;
        while (values[i] != null && keys[i] != key) {
            i = (i + 1) & mask;
        }
        T removed = valueAt(i);
        if (removed != null) {
            size--;
            closeHole(i, mask);
        }
        return removed;
    }

    /** Moves later entries of the probe chain up, so that look-ups need no tombstones. */
    private void closeHole(int hole, int mask) {
        int free = hole;
        for (int i = (hole + 1) & mask; values[i] != null; i = (i + 1) & mask) {
            int home = spread(keys[i]) & mask;
            if (((i - home) & mask) >= ((i - free) & mask)) {
                keys[free] = keys[i];
                values[free] = values[i];
                free = i;
            }
        }
        values[free] = null;
    }

    private void grow() {
        int[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new int[2 * oldKeys.length];
        values = new @Nullable Object[keys.length];
        int mask = keys.length - 1;
        for (int o = 0; o < oldKeys.length; o++) {
            if (oldValues[o] != null) {
                int i = spread(oldKeys[o]) & mask;
                while (values[i] != null) {
                    i = (i + 1) & mask;
                }
                keys[i] = oldKeys[o];
                values[i] = oldValues[o];
            }
        }
    }

    public int size() {
        return size;
    }

    /** In no order. The action must not change the table. */
    public void forEach(Consumer<T> action) {
        for (int i = 0; i < keys.length; i++) {
            T value = valueAt(i);
            if (value != null) {
                action.accept(value);
            }
        }
    }
}
