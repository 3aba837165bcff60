package org.tandemopc.core.notify;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.tandemopc.core.record.PairRecord;
import org.tandemopc.core.record.Printable;
import org.tandemopc.core.record.RecordKind;

/**
 * Messages of syslog (RFC 5424): one for each event, with pair, kind and number as structured data. At most
 * {@link #BYTES_MAX} long, whatever others chose of it. Pure.
 */
public final class SyslogText {
    /** RFC 5424, 6.1: what receivers should take; longer than that is cut by some of them anywhere. */
    public static final int BYTES_MAX = 2048;

    private static final String APP = "tandem";
    /** With the number that RFC 5612 gives to those who have none. */
    private static final String SD_ID = "tandem@32473";

    private static final int HOST_MAX = 255;
    private static final Pattern NOT_PRINT_US_ASCII = Pattern.compile("[^\\x21-\\x7e]");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private SyslogText() {}

    /**
     * @param facility 0 to 23
     * @param host of this machine, as it calls itself
     * @param process the id of this process
     */
    public static byte[] message(int facility, String host, long process, Notice notice) {
        int priority = facility * 8 + severity(notice.record().kind().severity());
        String head = "<%d>1 %s %s %s %d %s [%s pair=\"%s\" number=\"%d\"] \uFEFF"
                .formatted(
                        priority,
                        TIME.format(notice.at()),
                        hostName(host),
                        APP,
                        process,
                        notice.record().kind().name(),
                        SD_ID,
                        value(notice.pair()),
                        notice.number());
        return clipped(head + Printable.of(notice.record().text()));
    }

    /** That events were left out, as a message of its own. */
    public static byte[] omitted(int facility, String host, long process, Notice after, long count) {
        PairRecord line = new PairRecord(RecordKind.NOTE, NoticeText.omitted(count), Map.of());
        return message(facility, host, process, new Notice(after.number(), after.at(), after.pair(), line));
    }

    private static int severity(RecordKind.Severity severity) {
        return switch (severity) {
            case ERROR -> 3;
            case WARNING -> 4;
            case INFORMATIONAL -> 6;
        };
    }

    private static String hostName(String host) {
        String printable = NOT_PRINT_US_ASCII.matcher(host).replaceAll("");
        return printable.isEmpty() ? "-" : printable.substring(0, Math.min(HOST_MAX, printable.length()));
    }

    /** RFC 5424, 6.3.3. */
    private static String value(String text) {
        return Printable.of(text).replace("\\", "\\\\").replace("\"", "\\\"").replace("]", "\\]");
    }

    /** Never in the middle of a character. */
    private static byte[] clipped(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= BYTES_MAX) {
            return bytes;
        }
        int end = BYTES_MAX;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
