package org.tandemopc.opcda.params;

import java.util.List;

/**
 * What a method gives for each item that it was called for: a value, and the HRESULT of that item. Where an item failed, its value
 * says nothing. Immutable if the values are.
 *
 * <p>Each of the two is as long as the items that were asked for, or empty: beside a failure of the whole method, and from peers that
 * leave one out. Who reads asks {@link #isOf} first.
 *
 * @param errors the HRESULT of each item
 */
public record PerItem<T>(List<T> values, Ints errors) {
    private static final PerItem<?> NONE = new PerItem<>(List.of(), Ints.EMPTY);

    /** @throws IllegalArgumentException both have elements, and not as many */
    public PerItem {
        values = List.copyOf(values);
        if (!values.isEmpty() && !errors.isEmpty() && values.size() != errors.size()) {
            throw new IllegalArgumentException(values.size() + " values and " + errors.size() + " errors");
        }
    }

    /** What travels beside a failure. */
    public static <T> PerItem<T> none() {
        @SuppressWarnings("unchecked") // it has no T
        PerItem<T> none = (PerItem<T>) NONE;
        return none;
    }

    /** Whether there is a value and an error for each of so many items. */
    public boolean isOf(int count) {
        return values.size() == count && errors.size() == count;
    }
}
