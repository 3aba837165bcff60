package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class LookoutTest {
    private static final long SOON = Lookout.LOOK_NANOS / 2;

    private final Lookout lookout = new Lookout(new Lookout.Places(1));

    /** Has octets after so many looks, and counts them. */
    private static final class Stream extends InputStream {
        private final int empty;
        private int looks;

        Stream(int empty) {
            this.empty = empty;
        }

        @Override
        public int available() {
            looks++;
            return looks > empty ? 1 : 0;
        }

        @Override
        public int read() throws IOException {
            throw new IOException("a look reads nothing");
        }
    }

    @Test
    void whoHasNotWaitedYetDoesNotLook() throws IOException {
        Stream in = new Stream(0);
        lookout.look(in);
        assertThat(in.looks).isZero();
    }

    @Test
    void afterAShortWaitItLooksUntilSomethingIsThere() throws IOException {
        Stream in = new Stream(2);
        lookout.waited(SOON);
        lookout.look(in);
        assertThat(in.looks).isEqualTo(3);
        lookout.waited(SOON);
        assertThat(lookout.isWorthIt()).as("and the next time again").isTrue();
    }

    @Test
    void afterALongWaitItDoesNotLook() throws IOException {
        Stream in = new Stream(0);
        lookout.waited(SOON);
        lookout.waited(Lookout.SHORT_NANOS);
        lookout.look(in);
        assertThat(in.looks).isZero();
    }

    @Test
    void aLookEndsThoughNothingComes() throws IOException {
        Stream in = new Stream(Integer.MAX_VALUE);
        lookout.waited(SOON);
        lookout.look(in);
        assertThat(in.looks).as("it looked").isPositive();
        lookout.waited(SOON);
        assertThat(lookout.isWorthIt())
                .as("it was in vain, and the next wait passes without a look")
                .isFalse();
    }

    @Test
    void eachLookInVainMakesTheNextOneLater() {
        assertThat(passes()).isEqualTo(2);
        assertThat(passes()).isEqualTo(4);
        assertThat(passes()).isEqualTo(8);
        for (int i = 0; i < 20; i++) {
            int unused = passes();
        }
        assertThat(passes()).as("but it is tried again").isEqualTo(Lookout.PASS_MAX);
    }

    @Test
    void looksOfUseMakeTheNextOneSooner() {
        int unused = passes();
        unused = passes();
        for (int i = 0; i < 2 * Lookout.HITS; i++) {
            lookout.looked(false);
        }
        assertThat(passes()).isEqualTo(2);
    }

    @Test
    void itEndsWhereEverySecondLookIsInVain() {
        int passes = 0;
        for (int i = 0; i < 12; i++) {
            lookout.looked(false);
            passes = passes();
        }
        assertThat(passes).isEqualTo(Lookout.PASS_MAX);
    }

    /** After a look in vain: how many waits it takes until there is a look again. */
    private int passes() {
        lookout.looked(true);
        int waits = 0;
        do {
            lookout.waited(SOON);
            waits++;
        } while (!lookout.isWorthIt());
        return waits;
    }

    @Test
    void nobodyLooksWhereOthersDo() throws IOException {
        Lookout.Places places = new Lookout.Places(1);
        Lookout crowded = new Lookout(places);
        crowded.waited(SOON);
        assertThat(places.take()).as("somebody else looks").isTrue();
        Stream in = new Stream(0);
        crowded.look(in);
        assertThat(in.looks).isZero();
        places.give();
        crowded.look(in);
        assertThat(in.looks).isEqualTo(1);
        assertThat(places.take()).as("and it has given its place back").isTrue();
    }

    @Test
    void aMachineWithOneProcessorHasNoPlace() {
        assertThat(new Lookout.Places(0).take()).isFalse();
    }
}
