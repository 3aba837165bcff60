package org.tandemopc.it.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.pair.Mode;

class SelectionTest {
    private static final long SEED = 20_000;

    private final List<Cell> all = Cell.all();

    @Test
    void thePartsAreTheWholeAndEachHasOfEverything() {
        List<Cell> gathered = new ArrayList<>();
        for (int i = 0; i < Selection.PARTS; i++) {
            List<Cell> part = new Selection("part:" + i, SEED).of(all);
            assertThat(part.stream().map(Cell::load).collect(Collectors.toSet()))
                    .containsExactlyInAnyOrder(Load.values());
            assertThat(part.stream().map(Cell::mode).collect(Collectors.toSet()))
                    .containsExactlyInAnyOrder(Mode.values());
            assertThat(part.stream().map(Cell::target).collect(Collectors.toSet()))
                    .containsExactlyInAnyOrder(Target.values());
            assertThat(part.stream().map(each -> each.fault().name()).collect(Collectors.toSet()))
                    .containsExactlyInAnyOrderElementsOf(
                            CellFault.all().stream().map(CellFault::name).toList());
            gathered.addAll(part);
        }
        assertThat(gathered).containsExactlyInAnyOrderElementsOf(all).doesNotHaveDuplicates();
    }

    @Test
    void noPartHasMuchMoreOfOneKindThanAnother() {
        for (int i = 0; i < Selection.PARTS; i++) {
            List<Cell> part = new Selection("part:" + i, SEED).of(all);
            for (Mode mode : Mode.values()) {
                assertThat(part.stream().filter(each -> each.mode() == mode).count())
                        .as(mode + " in part " + i)
                        .isBetween(part.size() / 6L, part.size() / 2L);
            }
            for (Load load : Load.values()) {
                assertThat(part.stream().filter(each -> each.load() == load).count())
                        .as(load + " in part " + i)
                        .isBetween(part.size() / 6L, part.size() / 2L);
            }
        }
    }

    @Test
    void theWholeAndANameAndAPartThatThereIsNot() {
        assertThat(new Selection("all", SEED).of(all)).isEqualTo(all);
        assertThat(new Selection("HOT-ACTIVE-KILLED-.*", SEED).of(all)).hasSize(Load.values().length);
        assertThatThrownBy(() -> new Selection("part:10", SEED).of(all)).hasMessageContaining("part:0 to part:9");
    }

    @Test
    void chanceDependsOnTheSeedAndTheCellAlone() {
        Selection selection = new Selection("all", SEED);
        Cell cell = all.getFirst();
        assertThat(selection.chanceOf(cell).nextLong())
                .isEqualTo(new Selection("part:1", SEED).chanceOf(cell).nextLong())
                .isNotEqualTo(new Selection("all", SEED + 1).chanceOf(cell).nextLong())
                .isNotEqualTo(selection.chanceOf(all.getLast()).nextLong());
        assertThat(Arrays.asList(selection.toString().split(" "))).contains("-Dmatrix.seed=" + SEED);
    }
}
