package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnsentAnswersTest {
    private final UnsentAnswers unsent = new UnsentAnswers(1_000);
    private final List<String> givenUp = new ArrayList<>();

    private UnsentAnswers.Share join(String name) {
        return unsent.join(() -> givenUp.add(name));
    }

    @Test
    void theLargestShareIsGivenUpAndNotTheOneThatAdds() {
        UnsentAnswers.Share deaf = join("deaf");
        UnsentAnswers.Share other = join("other");
        deaf.add(700);
        other.add(300);
        assertThat(givenUp).as("control: just the bound").isEmpty();

        other.add(1);

        assertThat(givenUp).containsExactly("deaf");
        assertThat(unsent.bytes()).isEqualTo(301);
    }

    @Test
    void asManyAreGivenUpAsItTakesAndEachOnce() {
        UnsentAnswers.Share one = join("one");
        UnsentAnswers.Share two = join("two");
        UnsentAnswers.Share three = join("three");
        one.add(400);
        two.add(500);

        three.add(1_100);
        two.add(600);

        assertThat(givenUp).containsExactly("three", "two");
        assertThat(unsent.bytes()).isEqualTo(400);
    }

    @Test
    void whatIsTakenOrLeftCountsNoMore() {
        UnsentAnswers.Share taken = join("taken");
        UnsentAnswers.Share left = join("left");
        taken.add(500);
        taken.remove(400);
        left.add(300);
        left.leave();
        left.leave();
        left.remove(300);

        assertThat(unsent.bytes()).isEqualTo(100);
        assertThat(taken.bytes()).isEqualTo(100);
        taken.add(800);
        assertThat(givenUp).isEmpty();
    }
}
