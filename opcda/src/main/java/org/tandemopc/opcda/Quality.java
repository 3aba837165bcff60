package org.tandemopc.opcda;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The quality of a value (DA 3.0 6.9): {@code vvvvvvvv QQSSSSLL}, high octet a vendor's, then quality, sub-status and limit.
 * Immutable.
 *
 * @param bits 0 to 65,535
 */
public record Quality(int bits) {
    /** QQ. */
    public enum Major {
        BAD,
        UNCERTAIN,
        /** No quality has it. */
        RESERVED,
        GOOD
    }

    /** LL. */
    public enum Limit {
        /** The value is free to move. */
        NONE,
        LOW,
        HIGH,
        /** The value cannot move. */
        CONSTANT
    }

    private static final int MAX = 0xFFFF;
    private static final int STATUS_MASK = 0xFC;
    private static final int LIMIT_MASK = 0x03;
    private static final int MAJOR_SHIFT = 6;
    private static final int MAJOR_MASK = 3;
    private static final List<Major> MAJORS = List.of(Major.values());
    private static final List<Limit> LIMITS = List.of(Limit.values());

    /** Those without vendor bits, which are nearly all that there ever are. */
    private static final List<Quality> COMMON =
            IntStream.rangeClosed(0, 0xFF).mapToObj(Quality::new).toList();

    public static final Quality BAD = of(0x00);
    public static final Quality CONFIG_ERROR = of(0x04);
    public static final Quality NOT_CONNECTED = of(0x08);
    public static final Quality DEVICE_FAILURE = of(0x0C);
    public static final Quality SENSOR_FAILURE = of(0x10);

    /** Bad, and the value is the last that was known. */
    public static final Quality LAST_KNOWN = of(0x14);

    public static final Quality COMM_FAILURE = of(0x18);

    /** Group or item is not active. */
    public static final Quality OUT_OF_SERVICE = of(0x1C);

    /** No value has come yet. Since 3.0; servers of 2.05a send it too. */
    public static final Quality WAITING_FOR_INITIAL_DATA = of(0x20);

    public static final Quality UNCERTAIN = of(0x40);

    /** Uncertain, as what writes the value has stopped. */
    public static final Quality LAST_USABLE = of(0x44);

    public static final Quality SENSOR_NOT_ACCURATE = of(0x50);
    public static final Quality EU_EXCEEDED = of(0x54);

    /** Made of several sources, too few of which are good. */
    public static final Quality SUB_NORMAL = of(0x58);

    public static final Quality GOOD = of(0xC0);

    /** Good, and set by hand. */
    public static final Quality LOCAL_OVERRIDE = of(0xD8);

    /** @throws IllegalArgumentException not 16 bits */
    public Quality {
        if (bits < 0 || bits > MAX) {
            throw new IllegalArgumentException("quality " + bits + " is not 0 to " + MAX);
        }
    }

    /** The same object for the same number where no vendor bits are set. */
    public static Quality of(int bits) {
        return bits >= 0 && bits < COMMON.size() ? COMMON.get(bits) : new Quality(bits);
    }

    public Major major() {
        return MAJORS.get(bits >> MAJOR_SHIFT & MAJOR_MASK);
    }

    public Limit limit() {
        return LIMITS.get(bits & LIMIT_MASK);
    }

    /** Quality and sub-status alone, {@code QQSSSS00}. */
    public int status() {
        return bits & STATUS_MASK;
    }

    /** The octet that is the vendor's. */
    public int vendorBits() {
        return bits >> Byte.SIZE;
    }

    public boolean isGood() {
        return major() == Major.GOOD;
    }

    /** The same, with another limit. */
    public Quality with(Limit limit) {
        return of((bits & ~LIMIT_MASK) | LIMITS.indexOf(limit));
    }

    /** As {@code bad, comm failure, low limited (0x19)}: what the specification calls it, and the number. */
    public String text() {
        StringBuilder text = new StringBuilder(major().name().toLowerCase(Locale.ROOT));
        subStatus().ifPresent(name -> text.append(", ").append(name));
        if (limit() != Limit.NONE) {
            text.append(
                    limit() == Limit.CONSTANT
                            ? ", constant"
                            : limit() == Limit.LOW ? ", low limited" : ", high limited");
        }
        return text.append(" (0x%02X)".formatted(bits)).toString();
    }

    /** What the specification calls the sub-status; empty: non-specific, or a number that it does not have. */
    public Optional<String> subStatus() {
        return Arrays.stream(SubStatus.values())
                .filter(one -> one.status == status())
                .map(one -> one.text)
                .findFirst();
    }

    @Override
    public String toString() {
        return text();
    }

    private enum SubStatus {
        CONFIG_ERROR(0x04, "configuration error"),
        NOT_CONNECTED(0x08, "not connected"),
        DEVICE_FAILURE(0x0C, "device failure"),
        SENSOR_FAILURE(0x10, "sensor failure"),
        LAST_KNOWN(0x14, "last known value"),
        COMM_FAILURE(0x18, "comm failure"),
        OUT_OF_SERVICE(0x1C, "out of service"),
        WAITING(0x20, "waiting for initial data"),
        LAST_USABLE(0x44, "last usable value"),
        SENSOR_CAL(0x50, "sensor not accurate"),
        EU_EXCEEDED(0x54, "engineering units exceeded"),
        SUB_NORMAL(0x58, "sub-normal"),
        LOCAL_OVERRIDE(0xD8, "local override");

        private final int status;
        private final String text;

        SubStatus(int status, String text) {
            this.status = status;
            this.text = text;
        }
    }
}
