package org.tandemopc.it.attack;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.milo.opcua.sdk.client.DiscoveryClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.identity.IdentityProvider;
import org.eclipse.milo.opcua.sdk.client.identity.SignedIdentityToken;
import org.eclipse.milo.opcua.sdk.client.identity.UsernameProvider;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.UaException;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.SignatureData;
import org.eclipse.milo.opcua.stack.core.types.structured.UserNameIdentityToken;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.tandemopc.it.client.ClientCertificate;

/**
 * A process that does one bad thing for some seconds: {@code kind host port path seconds}. Prints {@code BEGUN} once its
 * first blow got the answer that shows where it arrived, and at the end {@code DONE} with what it counted.
 */
public final class Attacker {
    private static final int CONNECTIONS_MAX = 200;
    private static final int TIMEOUT_MS = 5_000;
    private static final int DEAF_READERS = 10;
    private static final int SMALL_BUFFER = 16 << 10;
    private static final int SECURED_CHANNELS = 10;
    private static final int PIPELINED = 200;
    private static final int VALUES_PER_READ = 1_000;

    /** A peer whose request was not taken for this long is not read any more. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String host;
    private final int port;
    private final String url;
    private final long endNanos;
    private final Map<String, Long> counts = new TreeMap<>();
    private boolean begun;

    private Attacker(String host, int port, String path, int seconds) {
        this.host = host;
        this.port = port;
        this.url = "opc.tcp://" + host + ":" + port + path;
        this.endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    public static void main(String[] arguments) throws Exception {
        Attacker attacker = new Attacker(
                arguments[1], Integer.parseInt(arguments[2]), arguments[3], Integer.parseInt(arguments[4]));
        attacker.run(Attack.valueOf(arguments[0]));
        StringBuilder done = new StringBuilder("DONE");
        attacker.counts.forEach(
                (what, count) -> done.append(' ').append(what).append('=').append(count));
        System.out.println(done);
        System.exit(0);
    }

    private void run(Attack attack) throws Exception {
        switch (attack) {
            case SESSIONS_NEVER_ACTIVATED -> sessions();
            case HELLO_ONLY -> hold(new byte[0]);
            case UNFINISHED_CHUNKS -> hold(UaBytes.openingChunk(60_000));
            case MALFORMED -> malformed();
            case CONNECT_STORM -> storm();
            case LOGINS -> logins();
            case DEAF_READER -> deafReaders();
            case DEAF_SESSIONS -> deafSessions();
            case SECURED_SESSIONS -> securedSessions();
        }
    }

    private boolean isTime() {
        return System.nanoTime() - endNanos < 0;
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
        if (!begun) {
            begun = true;
            System.out.println("BEGUN " + what);
        }
    }

    /** Sessions are created on a few channels, as fast as they are answered, and never activated. */
    private void sessions() throws IOException {
        while (isTime()) {
            try (Socket socket = connected()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                Opened channel = opened(socket, in);
                for (int i = 2; i < 500 && isTime(); i++) {
                    socket.getOutputStream().write(UaBytes.createSession(channel.id(), channel.token(), i, url));
                    int type = message(in).getShort(26);
                    count(type == UaBytes.CREATE_SESSION_RESPONSE ? "created" : "answer" + type);
                }
            } catch (IOException e) {
                counts.merge("closed", 1L, Long::sum);
            }
        }
    }

    private record Opened(int id, int token) {}

    private Opened opened(Socket socket, DataInputStream in) throws IOException {
        socket.getOutputStream().write(UaBytes.hello(url));
        message(in);
        socket.getOutputStream().write(UaBytes.openChannel());
        ByteBuffer opened = message(in);
        return new Opened(opened.getInt(8), tokenId(opened));
    }

    /** Behind the security header (policy, no certificates), the sequence header and the response header. */
    private static int tokenId(ByteBuffer opened) {
        int policy = opened.getInt(12);
        int at = 12 + 4 + policy + 8 + 8 + 4;
        int responseHeader = 8 + 4 + 4 + 1;
        int strings = opened.getInt(at + responseHeader);
        if (strings > 0) {
            throw new IllegalStateException("a string table in the answer");
        }
        return opened.getInt(at + responseHeader + 4 + 3 + 4 + 4);
    }

    /** Connections say hello and something else, and are held; those that were closed are replaced. */
    private void hold(byte[] more) throws IOException {
        Deque<Socket> held = new ArrayDeque<>();
        while (isTime()) {
            try {
                Socket socket = connected();
                held.add(socket);
                socket.getOutputStream().write(UaBytes.hello(url));
                message(new DataInputStream(socket.getInputStream()));
                socket.getOutputStream().write(more);
                count("acknowledged");
            } catch (IOException e) {
                counts.merge("closed", 1L, Long::sum);
            }
            while (held.size() > CONNECTIONS_MAX) {
                held.removeFirst().close();
            }
            pause(5);
        }
        for (Socket socket : held) {
            socket.close();
        }
    }

    private void malformed() throws IOException {
        byte[] nonsense = new byte[64];
        SecureRandom random = new SecureRandom();
        while (isTime()) {
            try (Socket socket = connected()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                socket.getOutputStream().write(UaBytes.hello(url));
                message(in);
                random.nextBytes(nonsense);
                ByteBuffer.wrap(nonsense)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put("OPNF".getBytes(StandardCharsets.US_ASCII))
                        .putInt(nonsense.length);
                socket.getOutputStream().write(nonsense);
                ByteBuffer answer = message(in);
                count(answer.get(0) == 'E' ? "errors" : "answers");
            } catch (IOException e) {
                counts.merge("closed", 1L, Long::sum);
            }
            pause(2);
        }
    }

    /** Connects as fast as it can; more than the door lets in from one address. */
    private void storm() {
        while (isTime()) {
            try (Socket socket = connected()) {
                socket.getOutputStream().write(UaBytes.hello(url));
                message(new DataInputStream(socket.getInputStream()));
                count("acknowledged");
            } catch (IOException e) {
                counts.merge("refused", 1L, Long::sum);
            }
        }
    }

    /** Wrong passwords and broken ciphertext in turn; counts each different answer. */
    private void logins() throws Exception {
        IdentityProvider wrong = new UsernameProvider("operator", "wrong");
        IdentityProvider broken = (endpoint, nonce) -> new SignedIdentityToken(
                new UserNameIdentityToken(
                        policyId(endpoint, UserTokenType.UserName),
                        "operator",
                        ByteString.of(new byte[256]),
                        "http://www.w3.org/2001/04/xmlenc#rsa-oaep"),
                new SignatureData(null, ByteString.NULL_VALUE));
        for (int i = 0; isTime(); i++) {
            String what = i % 2 == 0 ? "wrong" : "broken";
            OpcUaClient client = OpcUaClient.create(
                    url,
                    endpoints -> endpoints.stream()
                            .filter(e -> SecurityPolicy.None.getUri().equals(e.getSecurityPolicyUri()))
                            .findFirst(),
                    transport -> {},
                    config -> config.setIdentityProvider(what.equals("wrong") ? wrong : broken));
            long began = System.nanoTime();
            try {
                client.connectAsync().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                count(what + "-let-in");
            } catch (java.util.concurrent.ExecutionException e) {
                count(what + "-" + statusOf(e));
                long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                counts.merge(what + "-quickest-ms", tookMs, Math::min);
            } catch (java.util.concurrent.TimeoutException e) {
                count(what + "-timeout");
            }
            var unused = client.disconnectAsync();
        }
    }

    private void deafReaders() {
        List<DeafReader> readers = new ArrayList<>();
        for (int i = 0; i < DEAF_READERS; i++) {
            DeafReader reader = new DeafReader();
            readers.add(reader);
            Thread.ofPlatform().daemon().start(reader);
        }
        while (isTime()) {
            if (!begun && readers.stream().allMatch(reader -> reader.asked > 0)) {
                count("begun");
            }
            pause(5);
        }
        for (DeafReader reader : readers) {
            counts.merge("asked", reader.asked, Long::sum);
            counts.merge(reader.closed ? "cut" : "reading", 1L, Long::sum);
            if (reader.closed || System.nanoTime() - reader.askedNanos > STUCK_NANOS) {
                counts.merge("held", 1L, Long::sum);
            }
        }
    }

    /** Asks for endpoints as long as its requests are taken, which is as long as somebody reads them. */
    private final class DeafReader implements Runnable {
        private volatile long asked;
        private volatile long askedNanos = System.nanoTime();
        private volatile boolean closed;

        @Override
        public void run() {
            try (Socket socket = connected(SMALL_BUFFER)) {
                Opened channel = opened(socket, new DataInputStream(socket.getInputStream()));
                while (isTime()) {
                    int sequence = (int) asked + 2;
                    socket.getOutputStream().write(UaBytes.getEndpoints(channel.id(), channel.token(), sequence, url));
                    asked = asked + 1;
                    askedNanos = System.nanoTime();
                }
            } catch (IOException e) {
                closed = isTime();
            }
        }
    }

    private void deafSessions() throws Exception {
        EndpointDescription endpoint = endpoint(SecurityPolicy.None);
        ClientCertificate certificate = ClientCertificate.make();
        List<RawChannel> deaf = new ArrayList<>();
        List<NodeId> tokens = new ArrayList<>();
        ReadValueId[] values = new ReadValueId[VALUES_PER_READ];
        Arrays.fill(
                values,
                new ReadValueId(NodeIds.Server_ServerStatus, AttributeId.Value.uid(), null, QualifiedName.NULL_VALUE));
        for (int i = 0; i < DEAF_READERS; i++) {
            RawChannel channel = RawChannel.open(endpoint, certificate);
            deaf.add(channel);
            tokens.add(channel.session(policyId(endpoint, UserTokenType.Anonymous)));
            channel.stopReading();
            count("deaf");
        }
        while (isTime()) {
            for (int i = 0; i < DEAF_READERS; i++) {
                RawChannel channel = deaf.get(i);
                if (!channel.isStuck() && !channel.isCut()) {
                    var unused = channel.send(
                            new ReadRequest(channel.header(tokens.get(i)), 0.0, TimestampsToReturn.Both, values));
                    count("asked");
                }
            }
            pause(1);
        }
        for (RawChannel channel : deaf) {
            counts.merge(channel.isCut() ? "cut" : channel.isStuck() ? "stuck" : "reading", 1L, Long::sum);
            counts.merge("held", channel.isCut() || channel.isStuck() ? 1L : 0L, Long::sum);
        }
    }

    private void securedSessions() throws Exception {
        EndpointDescription endpoint = endpoint(SecurityPolicy.Basic256Sha256);
        ClientCertificate certificate = ClientCertificate.make();
        Map<String, Long> answers = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < SECURED_CHANNELS; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> pipelinedSessions(endpoint, certificate, answers)));
        }
        while (isTime()) {
            if (!begun && answers.containsKey("created")) {
                count("begun");
            }
            pause(5);
        }
        for (Thread thread : threads) {
            thread.join(TIMEOUT_MS);
        }
        answers.forEach((answer, times) -> counts.merge(answer, times, Long::sum));
    }

    /** Channels one after the other; on each, so many requests are under way at any time. */
    private void pipelinedSessions(
            EndpointDescription endpoint, ClientCertificate certificate, Map<String, Long> answers) {
        while (isTime()) {
            Semaphore places = new Semaphore(PIPELINED);
            try (RawChannel channel = RawChannel.open(endpoint, certificate)) {
                answers.merge("channels", 1L, Long::sum);
                while (isTime() && !channel.isCut()) {
                    if (places.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                        var unused = channel.send(channel.createSession()).whenComplete((response, failure) -> {
                            places.release();
                            answers.merge(failure == null ? "created" : statusOf(failure), 1L, Long::sum);
                        });
                    }
                }
            } catch (Exception e) {
                answers.merge("closed", 1L, Long::sum);
                pause(5);
            }
        }
    }

    private static String statusOf(Throwable failure) {
        return UaException.extractStatusCode(failure)
                .map(code -> "%08X".formatted(code.value()))
                .orElse("none");
    }

    private EndpointDescription endpoint(SecurityPolicy policy) throws Exception {
        return DiscoveryClient.getEndpoints(url).get(TIMEOUT_MS, TimeUnit.MILLISECONDS).stream()
                .filter(each -> policy.getUri().equals(each.getSecurityPolicyUri()))
                .filter(each -> each.getSecurityMode() != MessageSecurityMode.Sign)
                .findFirst()
                .orElseThrow();
    }

    private static String policyId(EndpointDescription endpoint, UserTokenType type) {
        for (UserTokenPolicy policy : java.util.Objects.requireNonNull(endpoint.getUserIdentityTokens())) {
            if (policy.getTokenType() == type) {
                return String.valueOf(policy.getPolicyId());
            }
        }
        throw new IllegalStateException("no users of type " + type);
    }

    private Socket connected() throws IOException {
        return connected(0);
    }

    /** @param buffer bytes of each of the socket's buffers; 0: as usual */
    private Socket connected(int buffer) throws IOException {
        Socket socket = new Socket();
        if (buffer > 0) {
            socket.setReceiveBufferSize(buffer);
            socket.setSendBufferSize(buffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
        return socket;
    }

    /** One message, whatever it is. */
    private static ByteBuffer message(DataInputStream in) throws IOException {
        byte[] header = new byte[8];
        in.readFully(header);
        int length = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        if (length < header.length || length > 1 << 20) {
            throw new IOException("message of " + length + " bytes");
        }
        byte[] all = java.util.Arrays.copyOf(header, length);
        in.readFully(all, header.length, length - header.length);
        return ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void pause(int ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }
}
