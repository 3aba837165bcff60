package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.tandemopc.relay.delivery.DeliveryLimits;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;

/** docs/reference/limits.md says what the door does. */
class LimitsPageTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| ([^|]+) \\| [^|]+ \\|$");

    @Test
    void pageNamesEveryLimitWithItsValue() throws Exception {
        Map<String, String> onThePage = new LinkedHashMap<>();
        Matcher rows = ROW.matcher(page());
        while (rows.find()) {
            onThePage.put(rows.group(1), rows.group(2));
        }
        Map<String, String> inTheCode = new LinkedHashMap<>();
        for (RecordComponent limit : Limits.class.getRecordComponents()) {
            inTheCode.put(limit.getName(), text(limit.getAccessor().invoke(FrontDoorConfig.Limits.DEFAULT)));
        }

        assertThat(onThePage).containsExactlyEntriesOf(inTheCode);
    }

    /** What is written of a limit, and the constants that it is made of. */
    @Test
    void otherRowsHaveTheValuesOfTheCode() throws Exception {
        String front = "front.";
        String security = "security.";
        String back = "back.";
        Map<String, String> inTheCode = new LinkedHashMap<>();
        inTheCode.put(
                "Hello message",
                "%d bytes, URL of %d"
                        .formatted(
                                number(front + "HelloGate", "FIXED_BYTES")
                                        + number(front + "HelloGate", "URL_BYTES_MAX"),
                                number(front + "HelloGate", "URL_BYTES_MAX")));
        inTheCode.put(
                "buffers in the Hello message",
                "at least %d bytes".formatted(number(front + "HelloGate", "BUFFER_BYTES_MIN")));
        inTheCode.put(
                "request without a channel",
                "%d bytes, finished or not".formatted(number(front + "ConnectionGuard", "OPENING_BYTES_MAX")));
        inTheCode.put("chunk", "%d bytes".formatted(number(front + "UaFrontDoor", "CHUNK_BYTES_MAX")));
        inTheCode.put(
                "requests without a session",
                "%d of a connection at once".formatted(number(front + "UaFrontDoor", "REQUESTS_WITHOUT_SESSION_MAX")));
        inTheCode.put(
                "requests without a session, unread",
                "from %d of a connection at once until %d are left"
                        .formatted(FrontChannel.CROWDED, FrontChannel.CROWDED / 2));
        inTheCode.put("turn of a connection", "%d bytes".formatted(number(front + "UaFrontDoor", "TURN_BYTES")));
        inTheCode.put(
                "certificates of a client",
                "%d in the chain, %d kB each, RSA of %d to %d bits, exponent of %d bits"
                        .formatted(
                                number(security + "PeerCheck", "CHAIN_MAX"),
                                number(security + "PeerCheck", "CERTIFICATE_BYTES_MAX") >> 10,
                                number(security + "PeerCheck", "KEY_BITS_MIN"),
                                number(security + "PeerCheck", "KEY_BITS_MAX"),
                                number(security + "PeerCheck", "EXPONENT_BITS_MAX")));
        inTheCode.put(
                "Tandem's own certificate with its issuers",
                "%d certificates of together %d bytes, a file of %d kB"
                        .formatted(
                                number(security + "CertificateChain", "COUNT_MAX"),
                                number(security + "CertificateChain", "BYTES_MAX"),
                                number(security + "CertificateChain", "FILE_BYTES_MAX") >> 10));
        inTheCode.put(
                "refused certificates kept",
                "%d files, %d kB together, %d new ones a second"
                        .formatted(
                                number(security + "Quarantine", "FILES_MAX"),
                                number(security + "Quarantine", "BYTES_MAX") >> 10,
                                number(security + "Quarantine", "PER_SECOND_MAX")));
        inTheCode.put(
                "certificates in a folder",
                "%d files of %d kB"
                        .formatted(
                                number(security + "CertificateFolder", "FILES_MAX"),
                                number(security + "CertificateFolder", "FILE_BYTES_MAX") >> 10));
        inTheCode.put(
                "work with RSA keys",
                "%d threads, %d waiting, %d of a connection"
                        .formatted(
                                number(front + "UaFrontDoor", "POOL_THREADS"),
                                number(front + "KeyWork", "WAITING_MAX"),
                                number(front + "KeyWork", "PER_CONNECTION_MAX")));
        inTheCode.put(
                "lines about faults of peers",
                "%d a second, then one with the number left out"
                        .formatted(number(front + "LogRate", "PER_SECOND_MAX")));
        FrontDoorConfig usual = FrontDoorConfig.of("", 0, List.of(FrontDoorConfig.Security.NONE));
        inTheCode.put(
                "session timeout",
                "%d s to %d h"
                        .formatted(
                                usual.sessionTimeoutMin().toSeconds(),
                                usual.sessionTimeoutMax().toHours()));
        inTheCode.put(
                "lifetime of a secure channel",
                "up to %d h".formatted(number(front + "UaFrontDoor", "CHANNEL_LIFETIME_MS_MAX") / 3_600_000));
        inTheCode.put("activations of one session at once", "" + number(front + "DoorSession", "ACTIVATIONS_MAX"));
        inTheCode.put("an activation", number(front + "DoorSession", "ACTIVATION_SECONDS_MAX") + " s");
        assertThat(number(front + "UserTokens", "USER_NAME_LENGTH_MAX"))
                .isEqualTo(number(front + "FrontSessions", "SESSION_NAME_LENGTH_MAX"));
        inTheCode.put("session name, user name", number(front + "UserTokens", "USER_NAME_LENGTH_MAX") + " characters");
        inTheCode.put("password", number(security + "PasswordEncryption", "PASSWORD_BYTES_MAX") + " bytes");
        inTheCode.put("levels of a nested value", "" + number("wire.Walker", "LEVELS_MAX"));
        inTheCode.put(
                "subscriptions of a session, made or taken over",
                "" + number("SubscriptionServices", "SUBSCRIPTIONS_MAX"));
        inTheCode.put(
                "publishing interval",
                "%d ms to %d h"
                        .formatted(
                                number("SubscriptionServices", "PUBLISHING_MIN_MS"),
                                number("SubscriptionServices", "PUBLISHING_MAX_MS") / 3_600_000));
        inTheCode.put("items of a session, made or taken over", "" + number("ItemServices", "ITEMS_MAX"));
        inTheCode.put("Publish requests waiting", "" + DeliveryLimits.defaults().publishRequestsMax());
        inTheCode.put(
                "values waiting for a client",
                "%d MB for a session".formatted(DeliveryLimits.defaults().queuedBytesMax() >> 20));
        inTheCode.put(
                "Error message of a member",
                "%d bytes, reason of %d"
                        .formatted(
                                number(back + "ServerGate", "ERROR_BYTES_MIN")
                                        + number(back + "ServerGate", "REASON_BYTES_MAX"),
                                number(back + "ServerGate", "REASON_BYTES_MAX")));
        inTheCode.put(
                "buffers in the Acknowledge message",
                "at least %d bytes".formatted(number(back + "ServerGate", "BUFFER_BYTES_MIN")));
        inTheCode.put(
                "publishing interval and keep-alive time as a member revises them",
                "%d ms to %d h"
                        .formatted(
                                number(back + "Revised", "PUBLISHING_MS_MIN"),
                                number(back + "Revised", "PUBLISHING_MS_MAX") / 3_600_000));
        inTheCode.put(
                "values in a message of Tandem's own subscriptions",
                "twice the pair's monitor items, and %d more"
                        .formatted(number(back + "MonitorSubscription", "CHANGES_SPARE")));
        inTheCode.put(
                "connections of clients' links to a member",
                number(back + "ConnectAdmission", "PER_SECOND_DEFAULT") + " a second");
        inTheCode.put(
                "renewals of a secure channel, which the lifetime calls for that a member grants",
                "one in %d ms".formatted(number(back + "MemberChannel", "RENEWAL_MS_MIN")));
        inTheCode.put("requests without answer", number(back + "MemberChannel", "PENDING_MAX") + " on a link");
        inTheCode.put(
                "bytes not sent yet",
                "%d MB on a link, %d MB of memory over all links to the member"
                        .formatted(
                                number(back + "MemberChannel", "UNSENT_BYTES_MAX") >> 20,
                                number(back + "MemberChannel", "UNSENT_BYTES_MEMBER_MAX") >> 20));

        assertThat(otherRows()).containsAllEntriesOf(inTheCode);
    }

    private static Map<String, String> otherRows() throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        Matcher row = Pattern.compile("(?m)^\\| ([^`|]+) \\| ([^|]+) \\| [^|]+ \\| [^|]+ \\|$")
                .matcher(page());
        while (row.find()) {
            rows.put(row.group(1), row.group(2));
        }
        return rows;
    }

    private static long number(String type, String constant) throws ReflectiveOperationException {
        Field field = Class.forName("org.tandemopc.relay.ua." + type).getDeclaredField(constant);
        field.setAccessible(true);
        return ((Number) field.get(null)).longValue();
    }

    @Test
    void pageNamesClassesThatAreThere() throws IOException {
        Matcher names = Pattern.compile("`([A-Z]\\w+)`").matcher(page());
        int found = 0;
        while (names.find()) {
            found++;
            assertThat(isClass(names.group(1))).as(names.group(1)).isTrue();
        }
        assertThat(found).as("control").isGreaterThan(10);
    }

    private static boolean isClass(String name) throws IOException {
        for (String module : new String[] {"relay", "relay-ua", "service"}) {
            try (var files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                if (files.anyMatch(file -> file.endsWith(name + ".java"))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String text(Object value) {
        return value instanceof Duration duration
                ? duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms"
                : String.valueOf(value);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "docs", "reference", "limits.md"));
    }
}
