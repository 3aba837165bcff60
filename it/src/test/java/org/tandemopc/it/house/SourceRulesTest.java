package org.tandemopc.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.testkit.Requirement;

/** What can be read off the text of the sources and documents. */
class SourceRulesTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");
    private static final Pattern LEFTOVER = Pattern.compile("//.*\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern SWITCHED_OFF = Pattern.compile("^\\s*@Disabled\\b", Pattern.MULTILINE);
    private static final Pattern IMPL = Pattern.compile("\\b(class|record|enum)\\s+\\w+Impl\\b");

    @Test
    void nothingIsLeftOverOrSwitchedOff() throws IOException {
        List<Path> sources = sources();

        assertThat(sources).hasSizeGreaterThan(100);
        assertThat(matching(sources, LEFTOVER)).isEmpty();
        assertThat(matching(sources, SWITCHED_OFF)).isEmpty();
        assertThat(matching(sources, IMPL)).isEmpty();
    }

    /** The manual's product stops after two hours without a licence. Nothing of the kind exists here, nor could it. */
    @Test
    @Requirement({"MENU-12", "EVT-DEMO", "EVT-LIC", "EVT-DEMOSTART", "LIM-12"})
    void nothingIsLicensedAndNothingExpires() throws IOException {
        List<Path> sources = sources().stream()
                .filter(f -> f.toString().contains("/src/main/"))
                .toList();

        assertThat(sources).hasSizeGreaterThan(100);
        assertThat(matching(sources, Pattern.compile("(?i)licen[cs]e|flexnet|demo (period|timer)")))
                .isEmpty();
        assertThat(RecordKind.values())
                .extracting(RecordKind::name)
                .noneMatch(name -> name.contains("DEMO") || name.contains("LICEN"));
    }

    /** Null checks are on for a package only when it says so. */
    @Test
    void everyPackageIsNullMarked() throws IOException {
        Set<Path> folders = new HashSet<>();
        for (Path source : sources()) {
            folders.add(source.getParent());
        }
        List<Path> unmarked = new ArrayList<>();
        for (Path folder : folders) {
            Path ofMain = Path.of(folder.toString().replace("/src/test/java/", "/src/main/java/"));
            if (!isNullMarked(folder) && !isNullMarked(ofMain)) {
                unmarked.add(folder);
            }
        }
        assertThat(unmarked).isEmpty();
    }

    private static boolean isNullMarked(Path folder) throws IOException {
        Path info = folder.resolve("package-info.java");
        return Files.isRegularFile(info) && Files.readString(info).contains("@NullMarked");
    }

    @Test
    void everyDocumentIsReachedFromTheReadmeAndEveryLinkLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        Set<Path> reached = new HashSet<>();
        ArrayDeque<Path> open = new ArrayDeque<>(List.of(Modules.root().resolve("README.md")));
        while (!open.isEmpty()) {
            Path page = open.removeFirst();
            if (!reached.add(page)) {
                continue;
            }
            Matcher links = LINK.matcher(Files.readString(page));
            while (links.find()) {
                String target = links.group(1);
                if (target.contains("://")) {
                    continue;
                }
                Path file = page.resolveSibling(target).normalize();
                if (Files.isDirectory(file)) {
                    file = file.resolve("README.md");
                }
                if (!Files.exists(file)) {
                    dead.add(page + " -> " + target);
                } else if (file.toString().endsWith(".md")) {
                    open.add(file);
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(files(Modules.root().resolve("docs"), ".md")).isNotEmpty().allMatch(reached::contains);
    }

    private static List<String> matching(List<Path> files, Pattern pattern) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            Matcher matcher = pattern.matcher(Files.readString(file));
            if (matcher.find()) {
                found.add(file + ": " + matcher.group());
            }
        }
        return found;
    }

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : Modules.names()) {
            all.addAll(files(Modules.root().resolve(module).resolve("src"), ".java"));
        }
        return all;
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(suffix)).toList();
        }
    }
}
