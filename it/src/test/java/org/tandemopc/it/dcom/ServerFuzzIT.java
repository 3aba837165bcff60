package org.tandemopc.it.dcom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemUnknown;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.BindOffer;
import org.tandemopc.dcom.rpc.ContextElement;
import org.tandemopc.dcom.rpc.EndpointMapper;
import org.tandemopc.dcom.rpc.Pdu;
import org.tandemopc.dcom.rpc.PduCodec;
import org.tandemopc.dcom.rpc.PduHeader;
import org.tandemopc.dcom.rpc.PduType;
import org.tandemopc.dcom.rpc.RpcClient;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.SyntaxId;
import org.tandemopc.dcom.rpc.Tail;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * Rubbish that is almost right, sent to a whole DCOM server while another client goes on with its calls: PDUs of foreign peers
 * with some octets changed, and calls that are signed and sealed as they should be and have rubbish for parameters. The module's
 * own fuzz does the same to RPC alone. More of it with {@code -Ddcom.fuzz.pdus=200000}, other rubbish with
 * {@code -Ddcom.fuzz.seed=...}.
 */
@Timeout(7_200)
class ServerFuzzIT {
    private static final int PDUS = Integer.getInteger("dcom.fuzz.pdus", 4_000);
    private static final long SEED = Long.getLong("dcom.fuzz.seed", 20_261_130);
    private static final int WARM_UP = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CALLS_PER_LOGIN = 40;

    /** So many octets more than before are no leak: what the JVM itself keeps. */
    private static final long HEAP_MORE_MAX = 64L << 20;

    private static final List<SyntaxId> INTERFACES = List.of(
            IObjectExporter.SYNTAX,
            IRemoteSCMActivator.SYNTAX,
            IActivation.SYNTAX,
            EndpointMapper.SYNTAX,
            new SyntaxId(IRemUnknown.IID, 0, 0),
            new SyntaxId(IRemUnknown.IID2, 0, 0),
            ProbeCaller.PROBE);

    private final Random random = new Random(SEED);
    private final Seeds seeds = Seeds.recorded();
    private int answered;
    private int faults;

    /** What the other client saw. */
    private record Watched(int calls, long slowestNanos) {}

    @Test
    @Requirement(value = "I9", protocol = Protocol.DA)
    void othersAreServedAndNothingIsLeft() throws Exception {
        // what the JVM loads and opens for good when it does these things first is nothing that is left of them
        attack(WARM_UP);
        long heapBefore = Residue.heapBytes();
        long descriptorsBefore = Residue.descriptors();
        attack(PDUS);
        Await.until("no threads", PATIENCE, () -> Residue.threads().isEmpty());
        Await.until("no descriptors", PATIENCE, () -> Residue.descriptors() <= descriptorsBefore);
        Await.until("heap", PATIENCE, () -> Residue.heapBytes() < heapBefore + HEAP_MORE_MAX);
        System.out.printf(
                "fuzz: %+d KiB of heap, %+d descriptors, %d threads left%n",
                (Residue.heapBytes() - heapBefore) / 1024,
                Residue.descriptors() - descriptorsBefore,
                Residue.threads().size());
    }

    private void attack(int pdus) throws Exception {
        answered = 0;
        faults = 0;
        try (DcomHost host = DcomHost.attacked()) {
            AtomicBoolean stop = new AtomicBoolean();
            FutureTask<Watched> other = new FutureTask<>(() -> callAllTheWhile(host, stop));
            Thread.ofVirtual().start(other);
            int sent = 0;
            while (sent < pdus && !other.isDone()) {
                sent += random.nextInt(5) == 0 ? attackLoggedIn(host) : attackRaw(host);
            }
            stop.set(true);
            Watched watched = other.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            System.out.printf(
                    "fuzz, seed %d: %d PDUs, %d answers, %d faults; the other client: %d calls, the slowest %d ms%n",
                    SEED,
                    sent,
                    answered,
                    faults,
                    watched.calls(),
                    TimeUnit.NANOSECONDS.toMillis(watched.slowestNanos()));

            assertThat(watched.calls()).as("calls of the other client").isGreaterThan(pdus / 100);
            // the rubbish reached every layer: some was refused, and some was done
            assertThat(faults).as("faults").isGreaterThan(pdus / 50);
            assertThat(answered).as("answers").isGreaterThan(pdus / 50);
            Await.until("no connections", PATIENCE, () -> host.server().connections() == 0);
            Await.until("no objects", PATIENCE, () -> host.server().objects() == 0 && host.objects() == 0);
            Await.until("no sets of pings", PATIENCE, () -> host.server().pingSets() == 0);
        }
    }

    /** Each right, and within the patience of a person, whatever the others do. */
    private static Watched callAllTheWhile(DcomHost host, AtomicBoolean stop) throws Exception {
        int calls = 0;
        long slowest = 0;
        try (ProbeCaller caller = ProbeCaller.connect(host, AuthLevel.PKT_PRIVACY)) {
            while (!stop.get()) {
                long start = System.nanoTime();
                assertThat(caller.add(calls, 1)).isEqualTo(calls + 1);
                slowest = Math.max(slowest, System.nanoTime() - start);
                calls++;
            }
        }
        return new Watched(calls, slowest);
    }

    // ---- logged in: rubbish within calls that are signed and sealed

    private int attackLoggedIn(DcomHost host) throws Exception {
        AuthLevel level = random.nextBoolean() ? AuthLevel.PKT_PRIVACY : AuthLevel.PKT_INTEGRITY;
        int sent = 0;
        try (ProbeCaller own = ProbeCaller.connect(host, level);
                RpcClient resolver = ProbeCaller.login(
                        host.server().resolverAddresses().getFirst(), IObjectExporter.SYNTAX, level)) {
            List<Seeds.RightCall> resolving =
                    Seeds.resolving(own.reference().oxid(), own.reference().oid());
            List<Seeds.RightCall> objects = Seeds.objects(own.reference(), own.ipidRemUnknown());
            while (sent < CALLS_PER_LOGIN) {
                boolean toObjects = random.nextBoolean();
                List<Seeds.RightCall> right = toObjects ? objects : resolving;
                call(toObjects ? own.objects() : resolver, right.get(random.nextInt(right.size())));
                sent++;
            }
        } catch (LinkException e) {
            // the server has ended a connection, as it may
            assertThat(e).as("a call that is not answered").isNotInstanceOf(DeadlineException.class);
        }
        return sent + 1;
    }

    private void call(RpcClient client, Seeds.RightCall right) throws LinkException {
        Bytes stub = random.nextInt(4) == 0
                ? mutated(
                        seeds.stubs().get(random.nextInt(seeds.stubs().size())).toArray())
                : mutated(right.stub().toArray());
        int opnum = random.nextInt(20) == 0 ? random.nextInt(12) : right.opnum();
        boolean hasObject = random.nextInt(20) == 0
                ? right.object().isNull()
                : !right.object().isNull();
        Guid object = random.nextInt(20) == 0 ? Guid.random() : right.object();
        try {
            var ignored = client.call(right.syntax(), opnum, hasObject ? object : null, stub, Deadline.after(PATIENCE));
            answered++;
        } catch (RpcFaultException e) {
            faults++;
        }
    }

    private Bytes mutated(byte[] octets) {
        for (int i = random.nextInt(4); i > 0 && octets.length > 0; i--) {
            int at = random.nextInt(octets.length);
            octets[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : octets[at] ^ 1 << random.nextInt(8));
        }
        return Bytes.of(
                switch (random.nextInt(12)) {
                    case 0 -> Arrays.copyOf(octets, random.nextInt(octets.length + 1));
                    case 1 -> Arrays.copyOf(octets, octets.length + random.nextInt(64));
                    default -> octets;
                });
    }

    // ---- raw: rubbish for PDUs

    /** One connection, with all that is said on it chosen before: when the server closes must not change what comes next. */
    private int attackRaw(DcomHost host) throws IOException {
        List<Bytes> said = new ArrayList<>();
        if (random.nextInt(10) < 8) {
            said.add(PduCodec.encode(opening()));
        }
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            said.add(rubbish());
        }
        InetSocketAddress address = random.nextBoolean()
                ? host.server().resolverAddresses().getFirst()
                : host.server().objectAddresses().getFirst();
        boolean waits = random.nextInt(4) > 0;
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            for (Bytes octets : said) {
                socket.getOutputStream().write(octets.toArray());
            }
            if (waits) {
                // silence fails the test: all is answered in the end, or the connection is closed
                socket.shutdownOutput();
                socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
                count(socket.getInputStream());
            }
        } catch (SocketException e) {
            // the server has closed it by now
        }
        return said.size();
    }

    private void count(InputStream in) throws IOException {
        try {
            while (true) {
                byte[] header = in.readNBytes(PduHeader.BYTES);
                if (header.length < PduHeader.BYTES) {
                    return;
                }
                int length = Byte.toUnsignedInt(header[8]) | Byte.toUnsignedInt(header[9]) << 8;
                in.skipNBytes(length - PduHeader.BYTES);
                answered += header[2] == PduType.RESPONSE ? 1 : 0;
                faults += header[2] == PduType.FAULT ? 1 : 0;
            }
        } catch (EOFException e) {
            // the end
        }
    }

    /** Binds the contexts that the recorded requests name, to whatever there is. */
    private Pdu opening() {
        List<ContextElement> elements = new ArrayList<>();
        for (int id = 0; id < 10; id++) {
            SyntaxId syntax = INTERFACES.get(random.nextInt(INTERFACES.size()));
            elements.add(new ContextElement(id, 0, syntax, List.of(SyntaxId.NDR)));
        }
        int flags = random.nextBoolean() ? PduHeader.CONC_MPX : 0;
        return new Pdu.Bind(PduHeader.whole(flags, 1), BindOffer.of(4_280, 4_280, 0, elements), Tail.NONE);
    }

    private Bytes rubbish() {
        byte[] octets = seeds.pdus().get(random.nextInt(seeds.pdus().size())).toArray();
        while (random.nextInt(3) > 0 && octets[2] != PduType.REQUEST) {
            // what is no request mostly ends the connection: what comes after it is not even read
            octets = seeds.pdus().get(random.nextInt(seeds.pdus().size())).toArray();
        }
        boolean asOne = random.nextInt(4) > 0;
        byte[] changed = mutated(octets).toArray();
        if (changed.length >= PduHeader.BYTES && asOne) {
            boolean big = changed[4] >> 4 == 0;
            changed[big ? 9 : 8] = (byte) changed.length;
            changed[big ? 8 : 9] = (byte) (changed.length >> 8);
        }
        return Bytes.of(changed);
    }
}
