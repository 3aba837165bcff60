package org.tandemopc.service.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A mail server that does at each step what it is told: answers, refuses, closes, or says nothing any more. It writes down
 * what it was sent.
 */
final class ScriptedSmtpServer implements AutoCloseable {
    /** What it can be told to do at a step, beside an answer such as {@code 451 later}. */
    static final String CLOSE = "close";

    static final String HANG = "hang";
    /** Answers an octet at a time, without end. */
    static final String DRIP = "drip";

    /** Steps, in the order in which they come. */
    static final String GREETING = "greeting";

    static final String BODY = ".";
    static final List<String> STEPS = List.of(GREETING, "EHLO", "MAIL", "RCPT", "DATA", BODY);

    final List<String> lines = new CopyOnWriteArrayList<>();
    /** Mails that it took: the recipients, then the content as it came. */
    final List<String> taken = new CopyOnWriteArrayList<>();

    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger hanging = new AtomicInteger();

    private final Map<String, String> script = new ConcurrentHashMap<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private final @Nullable SSLContext context;
    private volatile boolean offersStartTls;

    ScriptedSmtpServer() throws IOException {
        this(null);
    }

    /** @param context for STARTTLS, or null */
    ScriptedSmtpServer(@Nullable SSLContext context) throws IOException {
        this.context = context;
        this.offersStartTls = context != null;
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    /** @param what an answer, {@link #CLOSE} or {@link #HANG} */
    ScriptedSmtpServer at(String step, String what) {
        script.put(step, what);
        return this;
    }

    ScriptedSmtpServer withoutStartTls() {
        offersStartTls = false;
        return this;
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> talk(socket));
            }
        } catch (IOException e) {
            lines.add("closed");
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            new Talk(socket).run();
        } catch (IOException e) {
            lines.add("ended");
        }
    }

    /** One connection. */
    private final class Talk {
        private Socket socket;
        private BufferedReader in;
        private OutputStream out;
        private final StringBuilder recipients = new StringBuilder();

        Talk(Socket socket) throws IOException {
            this.socket = socket;
            in = reader(socket);
            out = socket.getOutputStream();
        }

        private static BufferedReader reader(Socket socket) throws IOException {
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        void run() throws IOException {
            boolean goesOn = step(GREETING, "220 ready");
            while (goesOn) {
                String line = in.readLine();
                if (line == null) {
                    return;
                }
                lines.add(line);
                // A client falls back from one to the other.
                String command = line.split("[ :]")[0].toUpperCase(Locale.ROOT).replace("HELO", "EHLO");
                goesOn = answer(command, line);
            }
        }

        private boolean answer(String command, String line) throws IOException {
            return switch (command) {
                case "EHLO" -> {
                    boolean isOffered = offersStartTls && !(socket instanceof SSLSocket);
                    yield step(command, isOffered ? "250-me\r\n250 STARTTLS" : "250-me\r\n250 AUTH PLAIN");
                }
                case "STARTTLS" -> step(command, "220 go on") && startTls();
                case "AUTH" -> step(command, "235 in");
                case "RCPT" -> {
                    String one = script.containsKey(line) ? line : command;
                    if (!script.containsKey(one)) {
                        recipients.append(line.substring("RCPT TO:".length())).append(' ');
                    }
                    yield step(one, "250 ok");
                }
                case "DATA" -> step(command, "354 send") && (refused(command) || body());
                case "QUIT" -> {
                    step(command, "221 bye");
                    yield false;
                }
                default -> step(command, "250 ok");
            };
        }

        private boolean refused(String command) {
            return script.getOrDefault(command, "3").charAt(0) != '3';
        }

        private boolean startTls() throws IOException {
            SSLSocket secured = (SSLSocket) java.util.Objects.requireNonNull(context)
                    .getSocketFactory()
                    .createSocket(socket, "127.0.0.1", socket.getPort(), true);
            secured.setUseClientMode(false);
            secured.startHandshake();
            socket = secured;
            in = reader(secured);
            out = secured.getOutputStream();
            return true;
        }

        private boolean body() throws IOException {
            StringBuilder body = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                body.append(line).append('\n');
            }
            if (!script.containsKey(BODY)) {
                taken.add(recipients.toString().strip() + "\n" + body);
            }
            return step(BODY, "250 taken");
        }

        /** @return whether the talk goes on */
        private boolean step(String step, String usual) throws IOException {
            String what = script.getOrDefault(step, usual);
            if (what.equals(HANG)) {
                hanging.incrementAndGet();
                return in.readLine() != null || in.read() >= 0;
            }
            if (what.equals(CLOSE)) {
                return false;
            }
            while (what.equals(DRIP)) {
                out.write(' ');
                out.flush();
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
            out.write((what + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
