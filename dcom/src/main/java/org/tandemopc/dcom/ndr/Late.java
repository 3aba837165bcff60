package org.tandemopc.dcom.ndr;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.MalformedException;

/**
 * A value that stands behind a pointer: known once the outermost construct is drained. The fixed part of a structure returns
 * one that puts the record together from those of its fields.
 */
@FunctionalInterface
public interface Late<T> {
    /** @throws MalformedException the octets lead to a value that was not read, or the value cannot be made of its parts */
    T get() throws MalformedException;

    static <T> Late<T> of(T value) {
        return () -> value;
    }

    /** Elements of an array, each late, as one late list. */
    static <T> Late<List<T>> all(List<Late<T>> parts) {
        return () -> {
            List<T> values = new ArrayList<>(parts.size());
            for (Late<T> part : parts) {
                values.add(part.get());
            }
            return List.copyOf(values);
        };
    }
}
