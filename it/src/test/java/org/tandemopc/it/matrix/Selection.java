package org.tandemopc.it.matrix;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which cells are run, and with which chance. One part of {@value #PARTS}, another one each day; {@code
 * -Dmatrix=part:3} a certain one, {@code -Dmatrix=all} all, {@code -Dmatrix=HOT-ACTIVE-.*} those whose name matches. The
 * day is also the seed of what is left to chance in a fault; {@code -Dmatrix.seed=20000} takes a certain one.
 *
 * @param matrix as above; never empty
 * @param seed mixed with the name of a cell
 */
record Selection(String matrix, long seed) {
    static final int PARTS = 10;

    /** Cells are dealt out in an order that never changes, so that a part is the same cells on each day. */
    private static final long DEALING_SEED = 1;

    private static final String PART = "part:";

    static Selection ofProperties() {
        long day = LocalDate.now(ZoneOffset.UTC).toEpochDay();
        return new Selection(
                System.getProperty("matrix", PART + Math.floorMod(day, PARTS)), Long.getLong("matrix.seed", day));
    }

    List<Cell> of(List<Cell> cells) {
        if (matrix.equals("all")) {
            return cells;
        }
        if (!matrix.startsWith(PART)) {
            Pattern pattern = Pattern.compile(matrix);
            return cells.stream()
                    .filter(cell -> pattern.matcher(cell.toString()).matches())
                    .toList();
        }
        int part = Integer.parseInt(matrix.substring(PART.length()));
        if (part < 0 || part >= PARTS) {
            throw new IllegalArgumentException("-Dmatrix=part:0 to part:" + (PARTS - 1) + ", not " + matrix);
        }
        List<Cell> dealt = dealt(cells);
        return IntStream.range(0, dealt.size())
                .filter(i -> i % PARTS == part)
                .mapToObj(dealt::get)
                .toList();
    }

    /** By fault, and shuffled within it: who takes every tenth has of every fault, and no pattern of the rest. */
    private static List<Cell> dealt(List<Cell> cells) {
        Map<String, List<Cell>> byFault = new LinkedHashMap<>();
        cells.forEach(cell -> byFault.computeIfAbsent(cell.fault().name(), name -> new ArrayList<>())
                .add(cell));
        Random chance = new Random(DEALING_SEED);
        List<Cell> dealt = new ArrayList<>();
        byFault.values().forEach(ofOne -> {
            Collections.shuffle(ofOne, chance);
            dealt.addAll(ofOne);
        });
        return dealt;
    }

    /** What is left to chance in this cell: the same for the same seed, whatever ran before. */
    Random chanceOf(Cell cell) {
        return new Random(31 * seed + cell.toString().hashCode());
    }

    @Override
    public String toString() {
        return "-Dmatrix='" + matrix + "' -Dmatrix.seed=" + seed;
    }
}
