package org.tandemopc.testkit.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The classes that processes of tests need, loaded and verified once for all: a JVM that maps them starts in a fraction of the time. Most
 * of what tests with processes take is such starts.
 *
 * <p>The build makes one before the tests that start many, and tells them where it is ({@value #IN}); elsewhere processes start without,
 * as the tests of one class do by hand. A JVM knows again jars alone, so that folders of the class path are packed into jars; it archives
 * no class of a jar that is signed, so that those are packed again without their signatures; and it takes no archive of another class
 * path: it starts without, and says so in its standard error. Any thread.
 */
public final class ClassArchive {
    private static final String IN = "tandem.test.archive";
    private static final String LISTS = "tandem.test.archive.lists";

    private static final String ARCHIVE = "classes.jsa";
    private static final String CLASS_PATH = "class.path";
    private static final Duration MAKING_MAX = Duration.ofMinutes(3);

    private static final Pattern SIGNATURE =
            Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)", Pattern.CASE_INSENSITIVE);

    /** Of the JVM's sentences on archives, which would come between the lines that a test reads. */
    private static final List<String> WARNINGS_ASIDE = List.of("-Xlog:disable", "-Xlog:all=warning:stderr");

    private static final AtomicInteger LIST = new AtomicInteger();

    private ClassArchive() {}

    /**
     * Makes an archive of what the processes load that the example starts by {@link TestProcess#startJava}; it must end them in order, for
     * a process that is killed leaves no list of its classes.
     *
     * @param folder that is made and belongs to the archive; an archive that is in it is replaced
     * @throws AssertionError the example loaded nothing, or the JVM made no archive
     */
    public static void make(Path folder, Example example) throws Exception {
        Files.createDirectories(folder);
        Files.deleteIfExists(folder.resolve(ARCHIVE));
        String classPath = packed(ofThisJvm(), folder);
        Files.writeString(folder.resolve(CLASS_PATH), classPath);
        try (TestFolder lists = new TestFolder("class-lists")) {
            System.setProperty(IN, folder.toString());
            System.setProperty(LISTS, lists.path().toString());
            try {
                example.run();
            } finally {
                System.clearProperty(LISTS);
                System.clearProperty(IN);
            }
            Path all = Files.write(lists.path().resolve("all"), merged(read(lists.path())));
            dump(folder, all, classPath);
        }
    }

    /** What starts processes. */
    @FunctionalInterface
    public interface Example {
        void run() throws Exception;
    }

    private static void dump(Path folder, Path list, String classPath) {
        List<String> flags = List.of(
                "-XX:+AOTClassLinking",
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + list,
                "-XX:SharedArchiveFile=" + folder.resolve(ARCHIVE));
        Path errors = folder.resolve("errors.txt");
        try (TestProcess dump = TestProcess.startJavaWith("class archive", errors, flags, classPath)) {
            int exit = dump.awaitExit(MAKING_MAX);
            if (exit != 0 || !Files.isRegularFile(folder.resolve(ARCHIVE))) {
                throw new AssertionError("no archive of classes in " + folder + "\n" + dump.log());
            }
        }
    }

    /** What a JVM of a test is told of the archive, or in an example of its classes; nothing where there is neither. */
    static List<String> flags() {
        Path folder = folder();
        if (folder == null) {
            return List.of();
        }
        List<String> flags = new ArrayList<>(WARNINGS_ASIDE);
        String lists = System.getProperty(LISTS);
        flags.add(
                lists == null
                        ? "-XX:SharedArchiveFile=" + folder.resolve(ARCHIVE)
                        : "-XX:DumpLoadedClassList=" + Path.of(lists, "list" + LIST.incrementAndGet()));
        return flags;
    }

    /** The class path of the processes: that of this JVM, with jars for folders where there is an archive. */
    static String classPath() {
        Path folder = folder();
        try {
            return folder == null ? ofThisJvm() : Files.readString(folder.resolve(CLASS_PATH));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "There is no archive of classes in " + folder + ", where -D" + IN + " says. Leave that out.", e);
        }
    }

    private static @Nullable Path folder() {
        String in = System.getProperty(IN);
        return in == null ? null : Path.of(in);
    }

    private static String ofThisJvm() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    }

    /** The class path with a jar in the folder for each folder and signed jar that it names; what is not there is left out. */
    static String packed(String classPath, Path into) throws IOException {
        List<String> packed = new ArrayList<>();
        for (String each : classPath.split(File.pathSeparator)) {
            Path place = Path.of(each);
            if (Files.isDirectory(place)) {
                packed.add(pack(place, into.resolve("folder" + packed.size() + ".jar"))
                        .toString());
            } else if (isSigned(place)) {
                packed.add(unsigned(place, into.resolve("unsigned" + packed.size() + ".jar"))
                        .toString());
            } else if (Files.exists(place)) {
                packed.add(each);
            }
        }
        return String.join(File.pathSeparator, packed);
    }

    private static Path pack(Path folder, Path jar) throws IOException {
        try (Stream<Path> files = Files.walk(folder);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(folder.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    private static boolean isSigned(Path place) throws IOException {
        if (Files.notExists(place)) {
            return false;
        }
        try (JarFile jar = new JarFile(place.toFile(), false)) {
            return jar.stream().anyMatch(entry -> isSignature(entry.getName()));
        } catch (ZipException e) {
            return false; // no jar, and what a JVM says to it is not ours to say
        }
    }

    private static boolean isSignature(String entry) {
        return SIGNATURE.matcher(entry).matches();
    }

    private static Path unsigned(Path signed, Path jar) throws IOException {
        try (JarFile from = new JarFile(signed.toFile(), false);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (JarEntry entry : from.stream().toList()) {
                if (isSignature(entry.getName())) {
                    continue;
                }
                out.putNextEntry(new JarEntry(entry.getName()));
                if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    // its entries are the digests that were signed
                    Manifest manifest = new Manifest(from.getManifest());
                    manifest.getEntries().clear();
                    manifest.write(out);
                } else {
                    from.getInputStream(entry).transferTo(out);
                }
                out.closeEntry();
            }
        }
        return jar;
    }

    private static List<String> read(Path lists) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(lists)) {
            for (Path list : files.sorted().toList()) {
                lines.addAll(Files.readAllLines(list));
            }
        }
        return lines;
    }

    /**
     * One list of many: what is named twice is in it once. The numbers of classes are those of one process and are left out, and with them
     * the classes of class loaders of their own, which hang on them.
     */
    static Set<String> merged(List<String> lists) {
        Set<String> merged = new LinkedHashSet<>();
        lists.stream()
                .filter(line -> !line.startsWith("#") && !line.contains(" source: "))
                .map(line -> line.replaceFirst(" id: \\d+$", ""))
                .forEach(merged::add);
        if (merged.isEmpty()) {
            throw new AssertionError("no process has left a list of its classes");
        }
        return merged;
    }
}
