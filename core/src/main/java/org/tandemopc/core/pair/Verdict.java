package org.tandemopc.core.pair;

/**
 * What Tandem thinks of a member.
 *
 * @param cause why it is not usable; {@link LossCause#START} while nothing is known against it
 * @param evidence in words, for the record of a switch (I12)
 */
public record Verdict(Grade grade, LossCause cause, String evidence) {
    static final Verdict NOT_CONNECTED = new Verdict(Grade.DOWN, LossCause.START, "not connected yet");

    /** In rising order: of two members the one with the higher grade is the better one. */
    public enum Grade {
        /** No connection. */
        DOWN(0),
        /** Connected, but it must not be promoted while another member is usable. */
        UNUSABLE(1),
        /** Usable, ServiceLevel 2 to 199 (OPC UA Part 4, 6.6.2.4.2). */
        DEGRADED(2),
        /** Usable, ServiceLevel 200 to 255. */
        HEALTHY(3);

        private final int rank;

        Grade(int rank) {
            this.rank = rank;
        }

        public boolean isBetterThan(Grade other) {
            return rank > other.rank;
        }
    }

    public boolean isUsable() {
        return grade == Grade.DEGRADED || grade == Grade.HEALTHY;
    }
}
