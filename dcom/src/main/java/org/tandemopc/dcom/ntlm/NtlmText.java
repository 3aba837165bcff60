package org.tandemopc.dcom.ntlm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.tandemopc.dcom.Bytes;

/** Names, passwords and times as NTLM writes them. */
final class NtlmText {
    /** From 1601-01-01 to 1970-01-01, in seconds. */
    private static final long EPOCH_SECONDS = 11_644_473_600L;

    private static final long TICKS_PER_SECOND = 10_000_000L;
    private static final int NANOS_PER_TICK = 100;
    private static final int SHOWN_CHARS = 64;
    private static final int NAME_CHARS_MAX = 256;

    private NtlmText() {}

    static Bytes utf16(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_16LE));
    }

    /** Any octets make a text: an odd one at the end, or half a surrogate, becomes a replacement character. */
    static String utf16(Bytes octets) {
        return new String(octets.toArray(), StandardCharsets.UTF_16LE);
    }

    /** Without a copy of the password in a String. */
    static byte[] utf16(char[] password) {
        ByteBuffer octets =
                ByteBuffer.allocate(password.length * Character.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (char c : password) {
            octets.putChar(c);
        }
        return octets.array();
    }

    /**
     * Upper case character by character, as Windows does it: "ß" stays as it is, and no language of the machine has a say.
     * {@link String#toUpperCase()} would do otherwise in both, and the key of the user would be another one.
     */
    static String upper(String text) {
        char[] chars = text.toCharArray();
        for (int n = 0; n < chars.length; n++) {
            chars[n] = Character.toUpperCase(chars[n]);
        }
        return new String(chars);
    }

    /** FILETIME ([MS-DTYP] 2.3.3): 100 ns since 1601. */
    static long filetime(Instant time) {
        return (time.getEpochSecond() + EPOCH_SECONDS) * TICKS_PER_SECOND + time.getNano() / NANOS_PER_TICK;
    }

    /** A time of a stranger's: any 64 bits. Beyond the year 30,828 of signed FILETIMEs it is the latest there is. */
    static Instant instant(long filetime) {
        long ticks = filetime < 0 ? Long.MAX_VALUE : filetime;
        return Instant.ofEpochSecond(
                ticks / TICKS_PER_SECOND - EPOCH_SECONDS, ticks % TICKS_PER_SECOND * NANOS_PER_TICK);
    }

    /** Whether it may be one: whoever logs in ends in logs and on screens, and must not break out of his place there. */
    static boolean isName(String text) {
        return text.length() <= NAME_CHARS_MAX
                && text.chars()
                        .noneMatch(c -> Character.isISOControl(c)
                                || Character.getType(c) == Character.FORMAT
                                || c == '\u2028'
                                || c == '\u2029');
    }

    /** What a stranger calls himself, fit for one line of a log. */
    static String shown(String text) {
        StringBuilder line = new StringBuilder();
        for (int n = 0; n < Math.min(text.length(), SHOWN_CHARS); n++) {
            char c = text.charAt(n);
            boolean plain = Character.isLetterOrDigit(c) || " !#$%&()-.@^_{}~\\".indexOf(c) >= 0;
            line.append(plain ? c : '?');
        }
        return text.length() > SHOWN_CHARS ? line + "…" : line.toString();
    }
}
