package org.tandemopc.it.matrix;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which cells are run: one tenth, another one each day; {@code -Dmatrix.tenth=3} a certain one, {@code -Dmatrix=all}
 * all, {@code -Dmatrix=HOT-ACTIVE-.*} those whose name matches.
 */
record Selection(String matrix, int tenth) {
    private static final int PARTS = 10;

    static Selection ofProperties() {
        int today = (int) (LocalDate.now(ZoneOffset.UTC).toEpochDay() % PARTS);
        return new Selection(System.getProperty("matrix", ""), Integer.getInteger("matrix.tenth", today));
    }

    List<Cell> of(List<Cell> cells) {
        if (matrix.equals("all")) {
            return cells;
        }
        if (!matrix.isEmpty()) {
            Pattern pattern = Pattern.compile(matrix);
            return cells.stream()
                    .filter(cell -> pattern.matcher(cell.toString()).matches())
                    .toList();
        }
        return IntStream.range(0, cells.size())
                .filter(i -> i % PARTS == tenth)
                .mapToObj(cells::get)
                .toList();
    }

    @Override
    public String toString() {
        return matrix.isEmpty() ? "-Dmatrix.tenth=" + tenth : "-Dmatrix=" + matrix;
    }
}
