package org.tandemopc.testkit.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Gives one command to the fault console of a simulated server. */
public final class ControlClient {
    private static final int TIMEOUT_MS = 10_000;

    private ControlClient() {}

    /** The lines of the answer; an error of the console is an {@link IllegalArgumentException} with its text. */
    public static List<String> send(int controlPort, String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), controlPort)) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> answer = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("ok")) {
                    return answer;
                }
                if (line.startsWith("error: ")) {
                    throw new IllegalArgumentException(line);
                }
                answer.add(line);
            }
            throw new IllegalStateException("the fault console closed before the end of its answer to " + command);
        } catch (IOException e) {
            throw new UncheckedIOException("fault console on port " + controlPort + ": " + command, e);
        }
    }
}
