package org.tandemopc.relay.da;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail server on loopback that takes every mail, or none. */
final class MailCatcher implements AutoCloseable {
    private static final int WAITING_MAX = 20;

    private final ServerSocket server = new ServerSocket(0, WAITING_MAX, InetAddress.ofLiteral("127.0.0.1"));
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private volatile boolean isFull;

    MailCatcher() throws IOException {
        Thread.ofVirtual().name("mail").start(this::serve);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Whole mails, their long lines joined. */
    List<String> taken() {
        return List.copyOf(taken);
    }

    /** From now on each mail is refused. */
    void takeNoMore() {
        isFull = true;
    }

    private void serve() {
        try {
            while (true) {
                try (Socket client = server.accept()) {
                    converse(client);
                }
            }
        } catch (IOException e) {
            // closed, or a client that is gone: whoever waits for a mail says so
        }
    }

    private void converse(Socket client) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        say(client, "220 here");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith("DATA")) {
                say(client, isFull ? "452 no room" : "354 go on");
                if (!isFull) {
                    taken.add(mail(in));
                    say(client, "250 taken");
                }
            } else if (line.startsWith("QUIT")) {
                say(client, "221 bye");
                return;
            } else {
                say(client, "250 yes");
            }
        }
    }

    private static String mail(BufferedReader in) throws IOException {
        StringBuilder mail = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
            mail.append(line).append('\n');
        }
        return mail.toString().replace("=\n", "");
    }

    private static void say(Socket client, String answer) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
