package org.tandemopc.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void medianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        Spread spread = Spread.of(List.of(9, 1, 4, 2));

        assertThat(spread).isEqualTo(new Spread(3, 1, 9, 4));
        assertThat(spread.withRange()).isEqualTo("3 (1..9)");
    }

    @Test
    void nothingMeasuredIsNoFigure() {
        assertThat(Spread.of(List.of()).withMax()).isEqualTo("-");
        assertThat(Target.atMost("x", Spread.of(List.of()).median() / 2, 1).verdict())
                .isEqualTo("not measured");
    }

    @Test
    void targetIsMetUpToItsBound() {
        assertThat(Target.atMost("x", 1.5, 1.5).verdict()).isEqualTo("met");
        assertThat(Target.atMost("x", 1.51, 1.5).verdict()).isEqualTo("missed");
        assertThat(Target.atLeast("x", 0.7, 0.7).verdict()).isEqualTo("met");
        assertThat(Target.atLeast("x", 0.69, 0.7).verdict()).isEqualTo("missed");
    }

    @Test
    void lineIsJsonWithNullForWhatIsNotANumber() {
        String line = new JsonLine()
                .put("a", "say \"yes\"")
                .put("b", 1L)
                .put("c", 0.5)
                .put("d", Double.NaN)
                .put("e", true)
                .toString();

        assertThat(line).isEqualTo("{\"a\":\"say \\\"yes\\\"\",\"b\":1,\"c\":0.50,\"d\":null,\"e\":true}");
    }
}
