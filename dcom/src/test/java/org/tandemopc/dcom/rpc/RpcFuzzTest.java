package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.KEY;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.octets;
import static org.tandemopc.dcom.rpc.TestServer.soon;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.VectorFile;
import org.tandemopc.testkit.Await;

/**
 * Rubbish that is almost right, from many short connections, while another client goes on with its calls. More of it with
 * {@code -Ddcom.fuzz.pdus=200000}, other rubbish with {@code -Ddcom.fuzz.seed=...}.
 */
@Timeout(3_600)
class RpcFuzzTest {
    private static final int PDUS = Integer.getInteger("dcom.fuzz.pdus", 3_000);
    private static final long SEED = Long.getLong("dcom.fuzz.seed", 20_261_129);

    private static final long LAST_CALL = 0x7AB3_0001L;

    /** A PDU that never ends must not hold up the test as long as it may hold up itself. */
    private static final Duration REST = Duration.ofMillis(200);

    private record Echo(SyntaxId syntax) implements RpcInterface {
        @Override
        public @Nullable RpcHandler operation(int opnum) {
            return opnum < 60 ? (call, stub) -> stub : null;
        }
    }

    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger naks = new AtomicInteger();
    private final RpcServer server = new RpcServer(TestServer.policy(AuthLevel.NONE), Echo::new, limits(), this::seen);
    private final InetSocketAddress address = server.listen(InetAddress.getLoopbackAddress(), PortRange.ANY);
    private final Random random = new Random(SEED);
    private final List<Bytes> corpus = new ArrayList<>();

    RpcFuzzTest() throws IOException {
        VectorFile.pdus("").forEach(pdu -> corpus.add(pdu.octets()));
        PduHeader header = PduHeader.whole(0, 5);
        for (Pdu pdu : List.of(
                new Pdu.CoCancel(header, Tail.NONE),
                new Pdu.Orphaned(header, Tail.NONE),
                new Pdu.Shutdown(header, Tail.NONE),
                Pdu.Fault.of(0, 5, 0, 5),
                Pdu.BindNak.of(5, 9),
                RawPeer.request(PduHeader.FIRST_FRAG, 5, 1, octets(80)),
                RawPeer.request(0, 5, 1, octets(80)),
                RawPeer.request(PduHeader.LAST_FRAG, 5, 1, octets(80)))) {
            // as often as the recorded kinds come
            for (int i = 0; i < 20; i++) {
                corpus.add(PduCodec.encode(pdu));
            }
        }
    }

    private static ServerLimits limits() {
        ServerLimits usual = ServerLimits.defaults();
        ServerLimits.Times times = usual.times();
        return usual.with(
                new ServerLimits.Times(times.login(), times.anonymousIdle(), times.idle(), REST, times.write()));
    }

    private void seen(RpcConnection connection, PduTap.Direction direction, Bytes wire, Bytes plain) {
        if (direction == PduTap.Direction.SENT) {
            switch (wire.at(2)) {
                case PduType.RESPONSE -> answers.incrementAndGet();
                case PduType.FAULT -> faults.incrementAndGet();
                case PduType.BIND_NAK -> naks.incrementAndGet();
                default -> {
                    // not counted
                }
            }
        }
    }

    @Test
    void othersAreServedAndNothingIsLeft() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        FutureTask<Integer> other = new FutureTask<>(() -> callAllTheWhile(stop));
        Thread.ofVirtual().start(other);
        int sent = 0;
        while (sent < PDUS) {
            sent += attack();
        }
        int mineBefore = answers.get();
        stop.set(true);
        int calls = other.get();

        // the rubbish reached every layer: some was refused whole, some was done
        assertThat(calls).as("seed %d: calls of the other client", SEED).isPositive();
        assertThat(faults.get()).as("faults").isGreaterThan(PDUS / 20);
        assertThat(naks.get()).as("naks").isGreaterThan(PDUS / 500);
        assertThat(mineBefore - calls)
                .as("answers to rubbish, and to what came after it")
                .isGreaterThan(PDUS / 20);
        Await.until("no connections", PATIENCE, () -> server.connections() == 0);
        Await.until("no calls", PATIENCE, () -> server.runningCalls() == 0);
        Await.until("no octets kept", PATIENCE, () -> server.bufferedBytes() == 0);
        Await.until("no groups", PATIENCE, () -> server.groups().size() == 0);
        server.close();
        Await.until("no threads", PATIENCE, () -> TestServer.threads().isEmpty());
    }

    /** Each within the patience of a person, whatever the others do. */
    private int callAllTheWhile(AtomicBoolean stop) throws Exception {
        Login login = new Login(ToySecurity.client(ToySecurity.FOUR_LEGS, "ann", KEY), AuthLevel.PKT_PRIVACY);
        ClientOptions options = ClientOptions.defaults(PeerPolicy.strict());
        int calls = 0;
        try (RpcClient client = RpcClient.connect(address, FORWARD, login, options, soon())) {
            while (!stop.get()) {
                Bytes stub = octets(calls % 300);
                Deadline deadline = Deadline.after(PATIENCE);
                assertThat(client.call(FORWARD, 1, null, stub, deadline).stub()).isEqualTo(stub);
                calls++;
            }
        }
        return calls;
    }

    /** One connection with some rubbish, all of it chosen before: when the server closes must not change what comes next. */
    private int attack() throws IOException {
        List<Bytes> said = new ArrayList<>();
        if (random.nextInt(10) < 8) {
            said.add(PduCodec.encode(opening()));
        }
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            said.add(rubbish());
        }
        boolean waits = random.nextInt(4) > 0;
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            for (Bytes octets : said) {
                socket.getOutputStream().write(octets.toArray());
            }
            if (waits) {
                // a true call at the end is answered, or the connection has been closed: silence fails the test
                Bytes last = PduCodec.encode(RawPeer.whole(LAST_CALL, 1, octets(4)));
                socket.getOutputStream().write(last.toArray());
                socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
                readUpToTheLastCall(socket);
            }
        } catch (SocketException e) {
            // the server has closed it by now
        }
        return count;
    }

    private static void readUpToTheLastCall(Socket socket) throws IOException {
        FrameReader frames =
                new FrameReader(socket.getInputStream(), 8_192, 0xFFFF, new Budget(Long.MAX_VALUE), () -> {});
        try {
            for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                if (frame.header().callId() == LAST_CALL) {
                    return;
                }
            }
        } catch (EOFException | MalformedException e) {
            throw new AssertionError("the server wrote rubbish too", e);
        }
    }

    /** Binds the contexts that the recorded requests name. */
    private Pdu opening() {
        List<ContextElement> elements = new ArrayList<>();
        for (int id = 0; id < 10; id++) {
            elements.add(new ContextElement(id, 0, FORWARD, List.of(SyntaxId.NDR)));
        }
        int flags = random.nextBoolean() ? PduHeader.CONC_MPX : 0;
        return new Pdu.Bind(PduHeader.whole(flags, 1), BindOffer.of(4280, 4280, 0, elements), Tail.NONE);
    }

    private Bytes rubbish() {
        byte[] octets = corpus.get(random.nextInt(corpus.size())).toArray();
        while (random.nextInt(3) > 0 && octets[2] != PduType.REQUEST) {
            // what is no request mostly ends the connection: what comes after it is not even read
            octets = corpus.get(random.nextInt(corpus.size())).toArray();
        }
        if (octets[2] == PduType.REQUEST && random.nextInt(3) > 0) {
            // without a login nobody looks at a request with a trailer: most go without
            octets = withoutTrailer(octets);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(3) == 0
                    ? random.nextInt(octets.length)
                    : random.nextInt(Math.min(48, octets.length));
            octets[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : octets[at] ^ 1 << random.nextInt(8));
        }
        switch (random.nextInt(12)) {
            case 0 -> octets = Arrays.copyOf(octets, random.nextInt(octets.length));
            case 1 -> octets = Arrays.copyOf(octets, octets.length + random.nextInt(64));
            default -> {
                // as long as it says
            }
        }
        if (octets.length >= PduHeader.BYTES && random.nextInt(4) > 0) {
            setLength(octets);
        }
        return Bytes.of(octets);
    }

    private static byte[] withoutTrailer(byte[] octets) {
        try {
            Pdu.Request request = (Pdu.Request) PduCodec.decode(Bytes.of(octets));
            return PduCodec.encode(new Pdu.Request(
                            request.header(),
                            request.allocHint(),
                            request.contextId(),
                            request.opnum(),
                            request.object(),
                            request.stub(),
                            Tail.NONE))
                    .toArray();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static void setLength(byte[] octets) {
        boolean big = octets[4] >> 4 == 0;
        octets[big ? 9 : 8] = (byte) octets.length;
        octets[big ? 8 : 9] = (byte) (octets.length >> 8);
    }
}
