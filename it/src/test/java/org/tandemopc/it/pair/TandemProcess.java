package org.tandemopc.it.pair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.Posix;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;
import org.tandemopc.testkit.process.UsedKeys;

/** Tandem in its own process, serving some pairs on one port. */
public final class TandemProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final List<String> JVM_FLAGS = List.of("-Xmx400m");

    private final TestFolder folder = new TestFolder("tandem");
    private final Path config;
    private final List<String> jvmFlags;
    private final UsedKeys keys;
    private TestProcess process;
    private int questions;

    private TandemProcess(String host, String security, List<String> jvmFlags, List<PairSpec> pairs) {
        this.jvmFlags = jvmFlags;
        config = writeConfig(host, security, pairs);
        keys = new UsedKeys(host, data());
        process = launch();
    }

    private TandemProcess(List<PairSpec> pairs, Path logDisk) {
        jvmFlags = JVM_FLAGS;
        config = writeConfig("127.0.0.1", "None", pairs);
        keys = new UsedKeys("127.0.0.1", data());
        try {
            Files.createDirectories(data());
            Files.createSymbolicLink(data().resolve("log"), logDisk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = launch();
    }

    private TandemProcess(String yaml) {
        jvmFlags = JVM_FLAGS;
        config = saved("tandem.yaml", yaml);
        keys = new UsedKeys("of a configuration", data());
        process = launch();
    }

    /** Starts Tandem with this configuration and waits until its front doors are open. */
    public static TandemProcess startWithConfiguration(String yaml) {
        TandemProcess started = new TandemProcess(yaml);
        started.awaitStarted();
        return started;
    }

    private TestProcess launch() {
        return TestProcess.startJava(
                "tandem",
                folder.path().resolve("errors.txt"),
                jvmFlags,
                TandemHost.class.getName(),
                List.of(config.toString(), data().toString()));
    }

    private void awaitStarted() {
        process.awaitLine("READY", START_MAX);
        keys.remember();
    }

    private Path data() {
        return folder.path().resolve("data");
    }

    /** Starts Tandem and waits until its front door is open; the pairs may still be connecting. */
    public static TandemProcess start(PairSpec... pairs) {
        return startAt("127.0.0.1", "None", JVM_FLAGS, pairs);
    }

    /** The same with more flags for its JVM. */
    public static TandemProcess startWith(List<String> moreJvmFlags, PairSpec... pairs) {
        List<String> flags =
                Stream.concat(JVM_FLAGS.stream(), moreJvmFlags.stream()).toList();
        return startAt("127.0.0.1", "None", flags, pairs);
    }

    /**
     * The same with its front door on another address of this machine.
     *
     * @param security policies of the front door, with commas between them, unless a pair is secured
     */
    public static TandemProcess startAt(String host, String security, List<String> jvmFlags, PairSpec... pairs) {
        TandemProcess started = new TandemProcess(host, security, jvmFlags, List.of(pairs));
        started.awaitStarted();
        return started;
    }

    /** {@link #start} with the diagnostics in a folder of its own, which must exist. */
    public static TandemProcess startWithLogIn(Path logDisk, PairSpec... pairs) {
        TandemProcess started = new TandemProcess(List.of(pairs), logDisk);
        started.awaitStarted();
        return started;
    }

    /** kill -9. */
    public void kill() {
        process.signal(Posix.Signal.KILL);
        process.awaitExit(ANSWER_MAX);
    }

    /** Told to stop; its exit code. */
    public int stop() {
        process.endInput();
        return process.awaitExit(ANSWER_MAX);
    }

    /** After {@link #kill} or {@link #stop}: the same files, the same port. */
    public void startAgain() {
        process.close();
        process = launch();
        awaitStarted();
    }

    public long pid() {
        return process.pid();
    }

    /** Certificates of members that were refused, once there are so many. */
    public List<Path> awaitRefusedMembers(int count, Duration atMost) {
        Path refused = memberCertificates().resolve("refused");
        try {
            Await.until(
                    count + " certificates are refused",
                    atMost,
                    () -> files(refused).size() == count);
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + ", found " + files(refused) + ", trusted "
                            + files(memberCertificates().resolve("trusted")) + "\n" + log(),
                    e);
        }
        return files(refused);
    }

    /** As the guide says: compare, and move the file. */
    public void trustMembers(List<Path> refused) {
        try {
            for (Path each : refused) {
                Files.move(each, memberCertificates().resolve("trusted").resolve(each.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path memberCertificates() {
        return data().resolve("pki/members");
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(each -> each.toString().endsWith(".der")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the pair's records and journal are. */
    public Path logFolder(String pair) {
        return data().resolve("log").resolve(pair);
    }

    /** The newest records, oldest first. */
    public List<TandemRecord> newestRecords(String pair, int count) {
        return command("json " + pair + " " + count).stream()
                .map(TandemRecord::parse)
                .toList();
    }

    /** Records with greater numbers. */
    public List<TandemRecord> recordsAfter(String pair, long number) {
        return newestRecords(pair, 1_000).stream()
                .filter(r -> r.number() > number)
                .toList();
    }

    /** What is in use when the garbage is gone. */
    public long heapBytes(String pair) {
        return Long.parseLong(command("heap " + pair).getFirst());
    }

    private Path writeConfig(String host, String security, List<PairSpec> pairs) {
        StringBuilder yaml = new StringBuilder("version: 1\nopcua:\n  listen: " + host + ":" + PortPicker.pick()
                + (pairs.stream().anyMatch(PairSpec::secured)
                        ? "\n  anonymous: false\n  trust: all\npairs:\n"
                        : "\n  security: [" + security + "]\n  trust: all\npairs:\n"));
        pairs.forEach(pair -> yaml.append(pair.yaml()));
        return saved("tandem.yaml", yaml.toString());
    }

    /** Where clients of the pair connect. */
    public String url(String pair) {
        return process.awaitLine("URL " + pair + " ", START_MAX).substring(("URL " + pair + " ").length());
    }

    /** The text of the configuration that runs. */
    public String configuration() {
        return String.join("\n", command("text")) + "\n";
    }

    /** What applying the text would do: kind of step, pair, whether clients are dropped. */
    public List<String> plan(String text) {
        return command("plan " + saved(text));
    }

    /** Applies the text; anything but success fails. @return the steps, as in {@link #plan} */
    public List<String> apply(String text) {
        return command("apply " + saved(text));
    }

    /** What {@code tandem.yaml} holds. */
    public String configFile() {
        try {
            return Files.readString(folder.path().resolve("tandem.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path saved(String text) {
        return saved("edited.yaml", text);
    }

    private Path saved(String file, String text) {
        try {
            return Files.writeString(folder.path().resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients of a pair connect that may have come after the start. */
    public String urlNow(String pair) {
        return command("url " + pair).get(0);
    }

    /** Gives an order or asks a question; a refusal fails. */
    public synchronized List<String> command(String command) {
        String number = ++questions + " ";
        process.send(number + command);
        List<String> answer = new ArrayList<>();
        Await.until("answer to " + command, ANSWER_MAX, () -> {
            answer.addAll(process.take(number));
            return !answer.isEmpty() && !answer.getLast().startsWith(number + "| ");
        });
        String last = answer.removeLast();
        if (!last.equals(number + "ok")) {
            throw new AssertionError(command + ": " + last);
        }
        return answer.stream().map(line -> line.substring(number.length() + 2)).toList();
    }

    /** A figure of the pair's status line; words count as text. */
    public String status(String pair, String key) {
        String line = command("status " + pair).get(0);
        Matcher matcher = Pattern.compile("\\b" + key + "=(\\S+)").matcher(line);
        if (!matcher.find()) {
            throw new AssertionError("no " + key + " in " + line);
        }
        return matcher.group(1);
    }

    public long figure(String pair, String key) {
        return Long.parseLong(status(pair, key));
    }

    /** Waits until the pair serves from this member. */
    public void awaitServing(String pair, int member, Duration atMost) {
        await(
                pair,
                "serves from member " + member,
                atMost,
                () -> status(pair, "phase").toLowerCase(Locale.ROOT).equals("serving")
                        && figure(pair, "active") == member);
    }

    /** Waits until the member could take over at once. */
    public void awaitStandby(String pair, int member, Duration atMost) {
        await(
                pair,
                "could be served from member " + member,
                atMost,
                () -> status(pair, "ready").charAt(member) == '1');
    }

    public void awaitPhase(String pair, String phase, Duration atMost) {
        await(
                pair,
                "is " + phase,
                atMost,
                () -> status(pair, "phase").toLowerCase(Locale.ROOT).equals(phase));
    }

    private void await(String pair, String what, Duration atMost, BooleanSupplier condition) {
        try {
            Await.until(pair + " " + what, atMost, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + String.join("\n", records(pair)) + "\n" + log(), e);
        }
    }

    public List<String> records(String pair) {
        return command("records " + pair);
    }

    /** Records of one kind, as in {@code RecordKind}. */
    public List<String> records(String pair, String kind) {
        return records(pair).stream()
                .filter(line -> line.contains(" " + kind + " "))
                .toList();
    }

    /** What the pair recorded of values that clients may have missed. */
    public List<String> gaps(String pair) {
        return records(pair, "GAP");
    }

    /** Bytes of pooled direct memory that somebody in Tandem holds just now. */
    public long pinnedMemory(String pair) {
        return Long.parseLong(command("memory " + pair).get(0));
    }

    public void freeze() {
        process.freeze();
    }

    public void thaw() {
        process.signal(Posix.Signal.CONT);
    }

    public String log() {
        return process.log();
    }

    @Override
    public void close() {
        process.close();
        keys.handOn();
        folder.close();
    }
}
