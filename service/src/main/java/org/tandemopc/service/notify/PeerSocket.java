package org.tandemopc.service.notify;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection with a server that a person named: not with link-local addresses, where machines of clouds keep what lets
 * in; with time-outs; and what the peer can send is bounded.
 */
final class PeerSocket extends Socket {
    /** More than any talk about one notification takes. */
    static final int BYTES_MAX = 1 << 18;

    private static final int ADDRESSES_MAX = 4;

    private PeerSocket() {}

    /** Connects to the first of the host's addresses that answers. */
    static Socket connect(Attempt attempt, String host, int port, Peers peers) throws IOException, DeliveryException {
        InetAddress[] addresses = addresses(host);
        for (int i = 0; ; i++) {
            try {
                return connect(attempt, addresses[i], port, peers);
            } catch (IOException e) {
                if (i + 1 >= Math.min(addresses.length, ADDRESSES_MAX)) {
                    throw e;
                }
            }
        }
    }

    private static Socket connect(Attempt attempt, InetAddress address, int port, Peers peers) throws IOException {
        PeerSocket socket = new PeerSocket();
        attempt.closes(socket);
        try {
            socket.setSoTimeout((int) peers.read().toMillis());
            socket.connect(
                    new InetSocketAddress(address, port), (int) peers.connect().toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Each with the name that was asked for, so that nobody asks for another one.
     *
     * @throws DeliveryException one of them is link-local
     */
    static InetAddress[] addresses(String host) throws IOException, DeliveryException {
        InetAddress[] found = InetAddress.getAllByName(host);
        for (int i = 0; i < found.length; i++) {
            if (found[i].isLinkLocalAddress() || found[i].isMulticastAddress()) {
                throw new DeliveryException(
                        "its address is one to which Tandem sends nothing (link-local or multicast)");
            }
            found[i] = InetAddress.getByAddress(host, found[i].getAddress());
        }
        return found;
    }

    /** TLS over a connection: the certificate must be trusted and of that name. */
    static SSLSocket secured(Socket socket, String host, int port, Peers peers) throws IOException, DeliveryException {
        SSLSocket secured =
                (SSLSocket) peers.trust().context().getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(PeerTrust.PROTOCOLS);
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new Bounded(super.getInputStream());
    }

    /** A server that never ends its answer must not fill the memory. */
    private static final class Bounded extends FilterInputStream {
        private int left = BYTES_MAX;

        Bounded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(Math.max(0, read));
            return read;
        }

        private void count(int read) throws IOException {
            left -= read;
            if (left < 0) {
                throw new IOException("more than " + BYTES_MAX + " octets");
            }
        }
    }
}
