package org.tandemopc.testkit.requirement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.tandemopc.testkit.Requirement;

/**
 * Appends the ids of tests that ran and passed to {@code target/requirement-ids.txt} of the module, one line for each:
 * protocol, id, test. A test with several runs (parameters) counts when all of them passed.
 */
public final class RequirementListener implements TestExecutionListener {
    private final Map<MethodSource, Boolean> passed = new LinkedHashMap<>();
    private final Path file;

    /** For the service loader. */
    public RequirementListener() {
        this(Path.of(System.getProperty("basedir", ""), "target", "requirement-ids.txt"));
    }

    RequirementListener(Path file) {
        this.file = file;
    }

    @Override
    public synchronized void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        if (identifier.getSource().orElse(null) instanceof MethodSource source) {
            boolean good = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            passed.merge(source, good, Boolean::logicalAnd);
        }
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier identifier, String reason) {
        if (identifier.getSource().orElse(null) instanceof MethodSource source) {
            passed.put(source, false);
        }
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        TreeSet<String> lines = new TreeSet<>();
        passed.forEach((source, good) -> {
            if (good) {
                lines.addAll(lines(source));
            }
        });
        // A JVM that runs one class after the other has a plan for each.
        passed.clear();
        if (lines.isEmpty()) {
            return;
        }
        try {
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            append(String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In one piece: another JVM may write to the same file. */
    private void append(String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
        }
    }

    private static List<String> lines(MethodSource source) {
        TreeSet<String> lines = new TreeSet<>();
        String test = source.getClassName() + "." + source.getMethodName();
        add(source.getJavaMethod().getAnnotation(Requirement.class), test, lines);
        for (Class<?> type = source.getJavaClass(); type != null; type = type.getEnclosingClass()) {
            add(type.getAnnotation(Requirement.class), test, lines);
        }
        return List.copyOf(lines);
    }

    private static void add(@Nullable Requirement requirement, String test, TreeSet<String> lines) {
        if (requirement != null) {
            for (String id : requirement.value()) {
                lines.add(requirement.protocol() + "\t" + id + "\t" + test);
            }
        }
    }
}
