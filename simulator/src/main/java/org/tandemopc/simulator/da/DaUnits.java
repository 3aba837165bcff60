package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.opcda.OpcEuType;

/** The engineering units of an item (DA 3.0 6.7.7). Immutable. */
public sealed interface DaUnits {
    OpcEuType type();

    /** What travels as EU information; VT_EMPTY: none. */
    Variant info();

    /** None. */
    record None() implements DaUnits {
        @Override
        public OpcEuType type() {
            return OpcEuType.NONE;
        }

        @Override
        public Variant info() {
            return Variant.EMPTY;
        }
    }

    /** What becomes of a number that is written and not within the range. */
    enum Beyond {
        WRITTEN,
        /** Written as the nearest number of the range: OPC_S_CLAMP. */
        CLAMPED,
        /** Not written: OPC_E_RANGE. */
        REFUSED
    }

    /**
     * A range, which deadbands are percents of.
     *
     * @param unit for people
     */
    record Analog(double low, double high, String unit, Beyond beyond) implements DaUnits {
        /** @throws IllegalArgumentException the range is empty */
        public Analog {
            if (!(low < high)) {
                throw new IllegalArgumentException("range " + low + " to " + high);
            }
        }

        @Override
        public OpcEuType type() {
            return OpcEuType.ANALOG;
        }

        @Override
        public Variant info() {
            return new Variant.Array(SafeArray.ofR8(low, high));
        }

        double range() {
            return high - low;
        }
    }

    /** @param labels of the values from 0 on */
    record Enumerated(List<String> labels) implements DaUnits {
        public Enumerated {
            labels = List.copyOf(labels);
        }

        @Override
        public OpcEuType type() {
            return OpcEuType.ENUMERATED;
        }

        @Override
        public Variant info() {
            return new Variant.Array(SafeArray.ofStrings(labels));
        }
    }
}
