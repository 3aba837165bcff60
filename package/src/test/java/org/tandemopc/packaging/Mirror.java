package org.tandemopc.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Where this machine gets the packages of its Debian from, so that a test gets them from there too. */
final class Mirror {
    private static final Path SOURCES = Path.of("/etc/apt");

    private Mirror() {}

    /** Of the release of this name, such as {@code bookworm}. */
    static String of(String release) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES, 2)) {
            for (Path file : files.filter(Mirror::isInUse).sorted().toList()) {
                texts.add(Files.readString(file));
            }
        }
        return texts.stream()
                .flatMap(text -> in(text, release).stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("No source of " + release + " in " + SOURCES
                        + "; this test needs a Debian that installs packages from somewhere."));
    }

    private static boolean isInUse(Path file) {
        String name = file.getFileName().toString();
        boolean isInFolder = file.startsWith(SOURCES.resolve("sources.list.d"));
        boolean isOne = isInFolder ? name.endsWith(".sources") || name.endsWith(".list") : name.equals("sources.list");
        return isOne && Files.isRegularFile(file);
    }

    /** In the text of one file, of either form. */
    static Optional<String> in(String text, String release) {
        for (String paragraph : text.replaceAll("(?m)^#.*\\R?", "").split("\\R\\s*\\R")) {
            if (field(paragraph, "suites").contains(release)
                    && field(paragraph, "types").contains("deb")) {
                return field(paragraph, "uris").stream().findFirst();
            }
        }
        return text.lines()
                .map(line ->
                        line.replaceFirst("^deb\\s+\\[[^]]*]", "deb").strip().split("\\s+"))
                .filter(words -> words.length > 2 && words[0].equals("deb") && words[2].equals(release))
                .map(words -> words[1])
                .findFirst();
    }

    private static List<String> field(String paragraph, String name) {
        return paragraph
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .flatMap(line ->
                        Arrays.stream(line.substring(name.length() + 1).strip().split("\\s+")))
                .toList();
    }
}
