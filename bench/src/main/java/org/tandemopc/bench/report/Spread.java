package org.tandemopc.bench.report;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** Median, extremes and number of some figures; of none of them, NaN. */
public record Spread(double median, double min, double max, int n) {

    public static Spread of(Collection<? extends Number> figures) {
        double[] sorted =
                figures.stream().mapToDouble(Number::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        return new Spread(median(sorted), sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** {@code median (min..max)}. */
    public String withRange() {
        return n == 0 ? "-" : number(median) + " (" + number(min) + ".." + number(max) + ")";
    }

    /** {@code median / max}. */
    public String withMax() {
        return n == 0 ? "-" : number(median) + " / " + number(max);
    }

    /** Three digits that count, no more. */
    public static String number(double figure) {
        if (Double.isNaN(figure)) {
            return "-";
        }
        double size = Math.abs(figure);
        if (size >= 100 || figure == Math.rint(figure)) {
            return String.format(Locale.ROOT, "%,.0f", figure);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", figure);
    }

    @Override
    public String toString() {
        return Arrays.asList(median, min, max, n).toString();
    }
}
