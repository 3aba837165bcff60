package org.tandemopc.opcda.params;

import java.util.List;

/** A constant of an IDL enumeration. */
public interface Coded {
    /** The number on the wire, of 16 bits there. */
    int code();

    /** The constant of that number, or else the other one. */
    static <E extends Coded> E of(List<E> all, int code, E other) {
        for (E one : all) {
            if (one.code() == code) {
                return one;
            }
        }
        return other;
    }
}
