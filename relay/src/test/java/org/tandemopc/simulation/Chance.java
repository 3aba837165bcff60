package org.tandemopc.simulation;

import java.util.SplittableRandom;

/** All that is random in a run comes from here. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    private Chance(SplittableRandom random) {
        this.random = random;
    }

    /** An independent source, so that one part of the model drawing more does not change the others. */
    Chance split() {
        return new Chance(random.split());
    }

    boolean in(double probability) {
        return random.nextDouble() < probability;
    }

    /** Uniform, both ends included. */
    long between(long least, long most) {
        return most <= least ? least : random.nextLong(least, most + 1);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    long pick(long... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @SafeVarargs
    final <T> T any(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
