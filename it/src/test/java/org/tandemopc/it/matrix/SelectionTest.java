package org.tandemopc.it.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;

class SelectionTest {
    @ParameterizedTest
    @EnumSource
    void theTenthsAreTheWholeAndEachHasOfEverything(Mode mode) {
        List<Cell> all = Cell.all(mode);
        List<Cell> gathered = new ArrayList<>();
        for (int tenth = 0; tenth < 10; tenth++) {
            List<Cell> part = new Selection("", tenth).of(all);
            EnumSet<Load> loads = EnumSet.noneOf(Load.class);
            part.forEach(cell -> loads.add(cell.load()));
            assertThat(loads).containsExactly(Load.values());
            gathered.addAll(part);
        }
        assertThat(gathered).containsExactlyInAnyOrderElementsOf(all).doesNotHaveDuplicates();
        assertThat(new Selection("all", 3).of(all)).isEqualTo(all);
        assertThat(new Selection(mode + "-ACTIVE-KILLED-.*", 3).of(all)).hasSize(Load.values().length);
    }
}
