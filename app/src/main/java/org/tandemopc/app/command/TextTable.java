package org.tandemopc.app.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns under each other, for people. */
final class TextTable {
    private static final String GAP = "  ";
    private static final String COLOUR = "\u001b\\[[0-9;]*m";

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... heads) {
        rows.add(Arrays.asList(heads));
    }

    void row(String... cells) {
        rows.add(Arrays.asList(cells));
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    List<String> lines(String indent) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i + 1 < columns) {
                    line.repeat(' ', widths[i] - width(row.get(i))).append(GAP);
                }
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static int width(String cell) {
        return cell.replaceAll(COLOUR, "").length();
    }
}
