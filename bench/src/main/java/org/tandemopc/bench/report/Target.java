package org.tandemopc.bench.report;

/**
 * A ratio of one run against what was aimed at. Printed, never judged: what is judged is loss, doubles and order.
 *
 * @param figure NaN when the run did not have both subjects
 * @param atMost the largest figure that meets the target
 */
public record Target(String what, double figure, double atMost) {

    public boolean isKnown() {
        return Double.isFinite(figure);
    }

    public boolean isMet() {
        return figure <= atMost;
    }

    public String verdict() {
        return !isKnown() ? "not measured" : isMet() ? "met" : "missed";
    }

    /** All targets as a table. */
    public static Table table(Iterable<Target> targets) {
        Table table = new Table("target", "figure", "at most", "verdict");
        for (Target target : targets) {
            table.row(
                    target.what(),
                    target.isKnown() ? Spread.number(target.figure()) : "-",
                    Spread.number(target.atMost()),
                    target.verdict());
        }
        return table;
    }
}
