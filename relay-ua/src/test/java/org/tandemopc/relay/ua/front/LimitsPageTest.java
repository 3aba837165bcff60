package org.tandemopc.relay.ua.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
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
        for (String module : new String[] {"relay", "relay-ua"}) {
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
