package org.tandemopc.bench.report;

/**
 * A ratio of one run against what was aimed at. Printed, never judged: what is judged is loss, doubles and order.
 *
 * @param figure NaN when the run did not have both subjects
 * @param bound the figure that just meets the target
 * @param isLeast whether larger figures meet it too; else smaller ones
 */
public record Target(String what, double figure, double bound, boolean isLeast) {

    public static Target atMost(String what, double figure, double bound) {
        return new Target(what, figure, bound, false);
    }

    public static Target atLeast(String what, double figure, double bound) {
        return new Target(what, figure, bound, true);
    }

    public boolean isKnown() {
        return Double.isFinite(figure);
    }

    public boolean isMet() {
        return isLeast ? figure >= bound : figure <= bound;
    }

    public String verdict() {
        return !isKnown() ? "not measured" : isMet() ? "met" : "missed";
    }

    /** All targets as a table. */
    public static Table table(Iterable<Target> targets) {
        Table table = new Table("target", "figure", "bound", "verdict");
        for (Target target : targets) {
            table.row(
                    target.what(),
                    target.isKnown() ? Spread.number(target.figure()) : "-",
                    (target.isLeast() ? "at least " : "at most ") + Spread.number(target.bound()),
                    target.verdict());
        }
        return table;
    }
}
