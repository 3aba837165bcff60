package org.tandemopc.it.matrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tandemopc.core.pair.Mode;

/** One field of the matrix. */
record Cell(CellFault fault, Target target, Load load, Mode mode) {
    /** All that make sense, in a fixed order. */
    static List<Cell> all() {
        return Arrays.stream(Mode.values()).flatMap(mode -> all(mode).stream()).toList();
    }

    private static List<Cell> all(Mode mode) {
        List<Cell> cells = new ArrayList<>();
        for (CellFault fault : CellFault.all()) {
            for (Target target : Target.values()) {
                for (Load load : Load.values()) {
                    Cell cell = new Cell(fault, target, load, mode);
                    if (cell.makesSense()) {
                        cells.add(cell);
                    }
                }
            }
        }
        return cells;
    }

    /** In cold mode nothing leads to the standby that a fault could strike. */
    private boolean makesSense() {
        return mode != Mode.COLD || target != Target.STANDBY || fault.name().equals("KILLED");
    }

    /** Whether the pair must be served from the other member before the fault is healed. */
    boolean mustMove() {
        return target == Target.ACTIVE && fault.isReasonToLeave(mode);
    }

    /** Whether something leads to this member now that a fault on the way could strike. */
    boolean isReached(boolean isActive) {
        return mode != Mode.COLD || isActive;
    }

    @Override
    public String toString() {
        return mode + "-" + target + "-" + fault.name() + "-" + load;
    }
}
