package org.tandemopc.service.notify;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tandemopc.core.config.SyslogConfig;
import org.tandemopc.core.notify.Batch;
import org.tandemopc.core.notify.Notice;
import org.tandemopc.core.notify.SyslogText;
import org.tandemopc.core.record.RecordTexts;

/**
 * By syslog, one message for each event (RFC 5424), in datagrams (RFC 5426), or over TCP or TLS with the length before each
 * (RFC 6587 3.4.1, RFC 5425). Nothing in syslog says that a message was taken: what is sent is done.
 */
final class SyslogChannel implements Channel {
    static final String NAME = "syslog";

    private final SyslogConfig config;
    private final Peers peers;

    SyslogChannel(SyslogConfig config, Peers peers) {
        this.config = config;
        this.peers = peers;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String send(Batch batch) throws DeliveryException {
        return Attempt.within(peers.attempt(), attempt -> {
            switch (config.protocol()) {
                case UDP -> datagrams(attempt, batch);
                case TCP, TLS -> stream(attempt, batch);
            }
            return "primary";
        });
    }

    private List<byte[]> messages(Batch batch) {
        int facility = config.facility().code();
        String host = thisMachine();
        long process = ProcessHandle.current().pid();
        List<byte[]> messages = new ArrayList<>();
        batch.first().forEach(n -> messages.add(SyslogText.message(facility, host, process, n)));
        if (batch.omitted() > 0 && !batch.first().isEmpty()) {
            Notice before = batch.first().getLast();
            messages.add(SyslogText.omitted(facility, host, process, before, batch.omitted()));
        }
        batch.last().forEach(n -> messages.add(SyslogText.message(facility, host, process, n)));
        return messages;
    }

    private static String thisMachine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }

    private void datagrams(Attempt attempt, Batch batch) throws IOException, DeliveryException {
        InetAddress address = PeerSocket.addresses(config.host())[0];
        try (DatagramSocket socket = new DatagramSocket()) {
            attempt.closes(socket::close);
            for (byte[] message : messages(batch)) {
                socket.send(new DatagramPacket(message, message.length, address, config.port()));
            }
        }
    }

    /** Connects first: no text is made for a server that is not there. */
    private void stream(Attempt attempt, Batch batch) throws IOException, DeliveryException {
        try (Socket plain = PeerSocket.connect(attempt, config.host(), config.port(), peers);
                Socket socket = config.protocol() == SyslogConfig.Transport.TLS
                        ? PeerSocket.secured(plain, config.host(), config.port(), peers)
                        : plain;
                OutputStream out = new BufferedOutputStream(socket.getOutputStream())) {
            for (byte[] message : messages(batch)) {
                out.write((message.length + " ").getBytes(StandardCharsets.US_ASCII));
                out.write(message);
            }
        }
    }

    @Override
    public String failed() {
        return RecordTexts.notificationFailed("Syslog", config.place());
    }
}
