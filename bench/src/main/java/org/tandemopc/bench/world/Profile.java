package org.tandemopc.bench.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** What a recording of JFR says in a page: where the processor time went, what was allocated, how long collections took. */
final class Profile {
    private static final String OURS = "org.tandemopc.";
    private static final int ROWS = 25;
    private static final int DEPTH_MAX = 200;

    private final Map<String, Long> threads = new HashMap<>();
    private final Map<String, Long> top = new HashMap<>();
    private final Map<String, Long> own = new HashMap<>();
    private final Map<String, Long> anywhere = new HashMap<>();
    private final Map<String, Long> allocated = new HashMap<>();
    private final Map<String, Long> allocators = new HashMap<>();
    private long samples;
    private long pauseMicros;
    private long pauses;

    private Profile() {}

    static Profile of(Path recording) throws IOException {
        Profile profile = new Profile();
        boolean byTime = has(recording, "jdk.CPUTimeSample");
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                profile.add(file.readEvent(), byTime ? "jdk.CPUTimeSample" : "jdk.ExecutionSample");
            }
        }
        return profile;
    }

    private static boolean has(Path recording, String event) throws IOException {
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                if (file.readEvent().getEventType().getName().equals(event)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void add(RecordedEvent event, String sampleName) {
        String name = event.getEventType().getName();
        if (name.equals(sampleName)) {
            sample(event);
        } else if (name.equals("jdk.ObjectAllocationSample")) {
            long weight = event.getLong("weight");
            allocated.merge(event.getClass("objectClass").getName(), weight, Long::sum);
            allocators.merge(firstOwn(frames(event)), weight, Long::sum);
        } else if (name.equals("jdk.GarbageCollection")) {
            pauses++;
            pauseMicros += event.getDuration("sumOfPauses").toNanos() / 1_000;
        }
    }

    private void sample(RecordedEvent event) {
        List<RecordedFrame> frames = frames(event);
        samples++;
        var thread = event.getThread(event.hasField("eventThread") ? "eventThread" : "sampledThread");
        threads.merge(thread == null || thread.getJavaName() == null ? "?" : thread.getJavaName(), 1L, Long::sum);
        if (frames.isEmpty()) {
            top.merge("(no stack)", 1L, Long::sum);
            return;
        }
        top.merge(text(frames.getFirst()), 1L, Long::sum);
        own.merge(firstOwn(frames), 1L, Long::sum);
        frames.stream()
                .map(Profile::text)
                .filter(text -> text.startsWith(OURS))
                .distinct()
                .forEach(text -> anywhere.merge(text, 1L, Long::sum));
    }

    private static List<RecordedFrame> frames(RecordedEvent event) {
        var stack = event.getStackTrace();
        return stack == null
                ? List.of()
                : stack.getFrames().stream().limit(DEPTH_MAX).toList();
    }

    private static String firstOwn(List<RecordedFrame> frames) {
        return frames.stream()
                .map(Profile::text)
                .filter(text -> text.startsWith(OURS))
                .findFirst()
                .orElse("(none of ours)");
    }

    private static String text(RecordedFrame frame) {
        var method = frame.getMethod();
        return method.getType().getName() + "." + method.getName();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(samples).append(" samples of Java threads by processor time; ");
        text.append(
                String.format(Locale.ROOT, "%d collections, pauses %.1f ms together%n", pauses, pauseMicros / 1_000.0));
        section(text, "threads", threads, samples);
        section(text, "top frames", top, samples);
        section(text, "our frame nearest to the top", own, samples);
        section(text, "our frames anywhere in the stack", anywhere, samples);
        ToLongFunction<Map<String, Long>> sum =
                all -> all.values().stream().mapToLong(Long::longValue).sum();
        section(text, "allocated, by class", allocated, sum.applyAsLong(allocated));
        section(text, "allocated, by our frame nearest to the top", allocators, sum.applyAsLong(allocators));
        return text.toString();
    }

    private static void section(StringBuilder text, String heading, Map<String, Long> counts, long whole) {
        text.append('\n').append(heading).append('\n');
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(ROWS)
                .forEach(each -> text.append(String.format(
                        Locale.ROOT, "  %5.1f %%  %s%n", 100.0 * each.getValue() / Math.max(1, whole), each.getKey())));
    }
}
