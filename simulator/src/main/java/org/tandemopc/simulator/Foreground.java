package org.tandemopc.simulator;

import java.io.IOException;
import java.util.List;

/**
 * A simulated server in the foreground of a process: one line says that it serves ({@code READY url=… control=… pid=…}), then the
 * lines of standard input are commands of its fault console (answers go to standard error), until it is told to end.
 */
public final class Foreground {
    /** Ends the server together with whoever holds its standard input. */
    public static final String EXIT_WITH_STDIN = "--exit-with-stdin";

    /** A server of any protocol. */
    public interface Server extends AutoCloseable {
        String url();

        /** Of the fault console; -1: none. */
        int controlPort();

        LineConsole console();

        /** Any thread; {@link #awaitExit} returns then. */
        void requestExit();

        void awaitExit() throws InterruptedException;

        @Override
        void close() throws IOException;
    }

    /** Starts a server of a command line. */
    public interface Starter {
        /**
         * @param words without {@link #EXIT_WITH_STDIN}
         * @throws IllegalArgumentException with a message for people: they are not understood
         * @throws IOException with a message for people: it cannot be started
         */
        Server start(List<String> words) throws IOException;
    }

    private Foreground() {}

    /**
     * Runs until the server has ended.
     *
     * @param usage for whoever was not understood
     * @return the exit code: 0 told to, 1 cannot start, 2 bad usage
     */
    public static int run(List<String> words, String usage, Starter starter) throws InterruptedException {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "org/tandemopc/simulator/logback-simulator.xml");
        }
        boolean exitWithStdin = words.contains(EXIT_WITH_STDIN);
        List<String> rest =
                words.stream().filter(each -> !each.equals(EXIT_WITH_STDIN)).toList();
        try (Server server = starter.start(rest)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(server)));
            System.out.println("READY url=" + server.url() + " control=" + server.controlPort() + " pid="
                    + ProcessHandle.current().pid());
            Thread.ofPlatform().daemon().name("console").start(() -> converse(server, exitWithStdin));
            server.awaitExit();
            return 0;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(usage);
            return 2;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private static void converse(Server server, boolean exitWithStdin) {
        try {
            ControlPort.converse(server.console(), System.in, System.err);
        } catch (IOException e) {
            System.err.println("console: " + e.getMessage());
        }
        if (exitWithStdin) {
            server.requestExit();
        }
    }

    private static void closeQuietly(Server server) {
        try {
            server.close();
        } catch (IOException e) {
            System.err.println("closing: " + e.getMessage());
        }
    }
}
