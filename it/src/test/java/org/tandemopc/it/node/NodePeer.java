package org.tandemopc.it.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.tandemopc.testkit.process.TestFolder;
import org.tandemopc.testkit.process.TestProcess;

/** A script of {@code it/node} in its own process and folder. */
abstract class NodePeer implements AutoCloseable {
    // Starting node-opcua includes making a key.
    static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Path SCRIPTS = Path.of("node");

    final TestFolder folder;
    private final String script;
    private final List<String> arguments;
    TestProcess process;

    NodePeer(String script, TestFolder folder, List<String> arguments) {
        if (!Files.isDirectory(SCRIPTS.resolve("node_modules"))) {
            throw new AssertionError("node-opcua is not installed: run ./verify, or npm ci in it/node");
        }
        this.folder = folder;
        this.script = script;
        this.arguments = arguments;
        process = launch();
    }

    TestProcess launch() {
        List<String> command =
                new ArrayList<>(List.of("node", SCRIPTS.resolve(script).toString()));
        command.addAll(arguments);
        return TestProcess.start("node " + script, folder.path().resolve("errors.txt"), command);
    }

    void awaitReady() {
        process.awaitLine("READY", START_MAX);
    }

    static Path emptyFile(TestFolder folder, String name) {
        try {
            return Files.createFile(folder.path().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
        folder.close();
    }
}
