package org.tandemopc.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tandemopc.testkit.Requirement;

/** The manual has two names for one setting, and one field called as another. Who reads the console or the guide meets neither. */
class SettingNamesTest {
    private static final String FAILBACK = "Always reconnect to primary machine upon availability";
    private static final Pattern ANY_FAILBACK = Pattern.compile("(?i)always (re)?connect to [^\"*.:]*");
    private static final Pattern MAIL_SERVER = Pattern.compile("which=\"(\\w+)\" label=\"([^\"]+)\"");

    @Test
    @Requirement("GAP-18")
    void failbackHasOneNameEverywhere() throws IOException {
        List<String> names = Stream.concat(files("console/src"), files("docs/guide"))
                .map(SettingNamesTest::read)
                .flatMap(text -> ANY_FAILBACK.matcher(text).results())
                .map(found -> found.group().strip())
                .toList();

        assertThat(names).hasSizeGreaterThanOrEqualTo(2).containsOnly(FAILBACK);
    }

    @Test
    @Requirement("GAP-18")
    void eachMailServerHasItsOwnName() {
        String tab = read(Modules.root().resolve("console/src/views/tabs/Notifications.tsx"));

        assertThat(MAIL_SERVER.matcher(tab).results().map(found -> found.group(1) + ": " + found.group(2)))
                .containsExactly("primary: Primary SMTP", "secondary: Secondary SMTP (optional)");
    }

    private static Stream<Path> files(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(Modules.root().resolve(folder))) {
            return all.filter(file -> file.toString().matches(".*\\.(tsx?|md)")).toList().stream();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
