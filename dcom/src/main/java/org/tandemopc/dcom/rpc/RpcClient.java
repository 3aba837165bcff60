package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.DeadlineException;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;

/**
 * A connection to a server, and calls over it. Thread-safe.
 *
 * <p>If the server takes several calls at once (CONC_MPX), as many go out as the options allow, and answers come in any order;
 * if not, one goes out at a time and the others wait. Every call ends at its deadline: a call whose answer is overdue is given
 * up, with co_cancel and orphaned where the server keeps the connection, and by ending the connection where it would stay
 * blocked. A connection that ends fails all calls at once.
 */
public final class RpcClient extends RpcConnection {
    private static final Logger LOG = LoggerFactory.getLogger(RpcClient.class);
    private static final long AUTH_CONTEXT_ID = 1;
    private static final int FIRST_CONTEXT = 0;
    private static final int FEATURES_CONTEXT = 1;
    private static final int CONTEXTS_MAX = 1_024;
    private static final int LOGIN_LEGS_MAX = 8;
    private static final int FAREWELLS_MAX = 8;

    /** Of calls that were given up, so many keep their place for the answer. */
    static final int LATE_MAX = 8;

    private static final long WRITTEN_NANOS = 100_000_000L;
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    private static final long WRITE_NANOS = 30_000_000_000L;
    private static final long CALL_ID_MASK = 0xFFFF_FFFFL;

    /** The answer of a thousand values, in one read. */
    private static final int BUFFER_BYTES = 1 << 15;

    private final ClientOptions options;
    private final WeakCalls weak;

    /** Of the answers to all calls together: a server may begin many, and end none. */
    private final Budget arriving;

    private final Map<Long, RpcCall> pending = new ConcurrentHashMap<>();
    private final Map<SyntaxId, Integer> contexts = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(1, true);
    private final AtomicInteger lastCallId = new AtomicInteger();
    private final AtomicInteger silentCalls = new AtomicInteger();
    private final AtomicInteger farewells = new AtomicInteger();
    private final AtomicInteger lateCalls = new AtomicInteger();

    /** How often the server was left: who came before sends nothing afterwards, though it may have been resumed meanwhile. */
    private final AtomicInteger departures = new AtomicInteger();

    private final ClientReading reading = new ClientReading(this);

    /** One bind or alter_context at a time. Guards the number of the next context. */
    private final ReentrantLock negotiating = new ReentrantLock();

    private int nextContext = FEATURES_CONTEXT + 1;

    /** Numbers of offers that nobody waits for any more, as the server was left; their answers may still come. */
    private final Set<Long> lostOffers = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Negotiation negotiation;
    private volatile @Nullable SecurityContext login;
    private volatile long receivedNanos = System.nanoTime();
    private volatile long associationGroup;
    private volatile boolean concurrent;
    private volatile boolean keepsOnOrphan;
    private volatile boolean leaving;
    private volatile boolean isDeserted;

    /** A bind or alter_context that is to be answered. */
    private record Negotiation(long callId, CompletableFuture<Pdu> answer) {}

    private RpcClient(Socket socket, ClientOptions options, WeakCalls weak) throws IOException {
        super(
                "client",
                // not a virtual one, which another thread has to wake: that costs each call a change of threads more
                Thread.ofPlatform().daemon(),
                socket,
                BUFFER_BYTES,
                0xFFFF,
                options.restWithin().toNanos(),
                WRITE_NANOS,
                new Budget(Long.MAX_VALUE),
                options.tap());
        this.options = options;
        this.weak = weak;
        this.arriving = new Budget(2L * options.stubBytesMax());
    }

    /**
     * Connects, binds an interface and logs in.
     *
     * @param address resolved: names that peers give are never looked up
     * @param first the interface to bind with
     * @param login null: none is made, and trailers of the server are ignored
     * @throws BindRefusedException the server does not want this client
     * @throws RpcFaultException the server does not offer the interface
     * @throws LinkException not reached, lost, or not in time; always "not sent"
     */
    public static RpcClient connect(
            InetSocketAddress address, SyntaxId first, @Nullable Login login, ClientOptions options, Deadline deadline)
            throws LinkException, RpcFaultException {
        return connect(address, first, login, options, new WeakCalls(), deadline);
    }

    /**
     * As the other, for one of many connections.
     *
     * @param weak says what is forgiven the server
     */
    public static RpcClient connect(
            InetSocketAddress address,
            SyntaxId first,
            @Nullable Login login,
            ClientOptions options,
            WeakCalls weak,
            Deadline deadline)
            throws LinkException, RpcFaultException {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("not resolved: " + address);
        }
        RpcClient client = connected(address, options, weak, deadline);
        client.start();
        boolean bound = false;
        try {
            client.bind(first, login, deadline);
            bound = true;
            return client;
        } catch (DeadlineException e) {
            throw new DeadlineException(String.valueOf(e.getMessage()), true);
        } catch (BindRefusedException e) {
            throw e;
        } catch (LinkException e) {
            throw e.again(true);
        } finally {
            if (!bound) {
                client.close();
            }
        }
    }

    private static RpcClient connected(
            InetSocketAddress address, ClientOptions options, WeakCalls weak, Deadline deadline) throws LinkException {
        Socket socket = new Socket();
        try {
            socket.connect(address, deadline.remainingMillis());
            return new RpcClient(socket, options, weak);
        } catch (IOException e) {
            closeQuietly(socket);
            if (deadline.isOver()) {
                throw new DeadlineException("no connection to %s in time".formatted(address), true);
            }
            throw new LinkException("no connection to %s: %s".formatted(address, e.getMessage()), e, true);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A socket did not close.", e);
        }
    }

    /** That the server gave: a second connection to the same server asks for it. */
    public long associationGroup() {
        return associationGroup;
    }

    /** Whether the server takes several calls at once. */
    public boolean isConcurrent() {
        return concurrent;
    }

    /** That calls really have. */
    public AuthLevel level() {
        SecurityContext context = login;
        return context == null ? AuthLevel.NONE : context.level();
    }

    // ---- bind, alter_context

    private void bind(SyntaxId first, @Nullable Login asked, Deadline deadline)
            throws LinkException, RpcFaultException {
        SecurityContext context =
                asked == null ? null : new SecurityContext(AUTH_CONTEXT_ID, asked.level(), asked.mechanism());
        Tail tail = context == null ? Tail.NONE : token(context, step(context, Bytes.EMPTY));
        List<ContextElement> offers = new ArrayList<>();
        offers.add(new ContextElement(FIRST_CONTEXT, 0, first, List.of(SyntaxId.NDR)));
        if (options.bindTimeFeatures() != 0) {
            SyntaxId features = BindTimeFeatures.offer(options.bindTimeFeatures());
            offers.add(new ContextElement(FEATURES_CONTEXT, 0, first, List.of(features)));
        }
        BindOffer offer = BindOffer.of(options.fragMax(), options.fragMax(), options.associationGroup(), offers);
        int flags = (options.concurrentCallsMax() > 1 ? PduHeader.CONC_MPX : 0) | headerSigning(context);
        long callId = nextCallId();
        Pdu answer = negotiate(new Pdu.Bind(PduHeader.whole(flags, callId), offer, tail), deadline);
        if (!(answer instanceof Pdu.BindAck ack)) {
            throw refused(answer);
        }
        accept(ack.header(), ack.answer());
        if (context != null) {
            context = atLevelOf(context, ack.tail());
        }
        if (context != null) {
            finishLogin(context, ack.tail(), callId, offers.getFirst(), deadline);
        }
        remember(first, FIRST_CONTEXT, ack.answer());
        login = context;
        if (concurrent) {
            places.release(options.concurrentCallsMax() - 1);
        }
    }

    private static int headerSigning(@Nullable SecurityContext context) {
        return context != null && context.level().signs() ? PduHeader.SUPPORT_HEADER_SIGN : 0;
    }

    private void accept(PduHeader header, BindAnswer answer) throws LinkException {
        if (answer.maxRecvFrag() < Fragments.LEAST_SIZE) {
            throw fail(new LinkException(
                    "%s takes only fragments of %d".formatted(remoteAddress(), answer.maxRecvFrag())));
        }
        sendFragMax(Math.min(options.fragMax(), answer.maxRecvFrag()));
        associationGroup = answer.assocGroupId();
        concurrent = options.concurrentCallsMax() > 1 && header.has(PduHeader.CONC_MPX);
        if (answer.results().size() > FEATURES_CONTEXT) {
            ContextResult features = answer.results().get(FEATURES_CONTEXT);
            keepsOnOrphan = features.result() == ContextResult.NEGOTIATE_ACK
                    && (features.reason() & BindTimeFeatures.KEEP_CONNECTION_ON_ORPHAN) != 0;
        }
    }

    /** A server that answers another level than was asked takes calls that are protected less, or not at all. */
    private @Nullable SecurityContext atLevelOf(SecurityContext asked, Tail tail) throws BindRefusedException {
        AuthTrailer auth = tail.auth();
        AuthLevel level = auth == null ? AuthLevel.NONE : AuthLevel.of(auth.level());
        if (level != null && level.isAtLeast(asked.level())) {
            return asked;
        }
        PeerPolicy policy = options.policy();
        if (level == null || !policy.lenientLevelDowngrade() || !level.isAtLeast(policy.minCallLevel())) {
            throw BindRefusedException.ofLevel(
                    "%s answered a login at %s with %s".formatted(remoteAddress(), asked.level(), level));
        }
        weak.used(level, "PeerPolicy.lenientLevelDowngrade", remoteAddress());
        return level == AuthLevel.NONE ? null : asked.at(level);
    }

    /** The further legs bear the number of the bind, as the peers have it, and name one context once more. */
    private void finishLogin(
            SecurityContext context, Tail first, long callId, ContextElement element, Deadline deadline)
            throws LinkException {
        PduHeader header = PduHeader.whole(0, callId);
        Bytes token = tokenOf(context, first);
        for (int leg = 0; context.isOpening(); leg++) {
            if (leg == LOGIN_LEGS_MAX) {
                throw new BindRefusedException("the login at %s does not end".formatted(remoteAddress()), true);
            }
            SecurityStep step = step(context, token);
            Tail tail = token(context, step);
            if (step instanceof SecurityStep.Done && tail.auth() != null) {
                send(Pdu.Auth3.of(header, tail.auth()), null, deadline);
            } else if (step instanceof SecurityStep.Continue) {
                Pdu answer = negotiate(new Pdu.AlterContext(header, offerOf(element), tail), deadline);
                if (!(answer instanceof Pdu.AlterContextResp resp)) {
                    throw refused(answer);
                }
                token = tokenOf(context, resp.tail());
            }
        }
    }

    private static Bytes tokenOf(SecurityContext context, Tail tail) {
        AuthTrailer auth = tail.auth();
        return auth == null || auth.type() != context.authType() ? Bytes.EMPTY : auth.token();
    }

    private SecurityStep step(SecurityContext context, Bytes token) throws BindRefusedException {
        SecurityStep step = context.step(token);
        if (step instanceof SecurityStep.Failed(String reason)) {
            throw new BindRefusedException("no login at %s: %s".formatted(remoteAddress(), reason), true);
        }
        return step;
    }

    private static Tail token(SecurityContext context, SecurityStep step) {
        Bytes token = switch (step) {
            case SecurityStep.Continue(Bytes next) -> next;
            case SecurityStep.Done(Bytes last, var principal, var protection) -> last;
            case SecurityStep.Failed ignored -> Bytes.EMPTY;
        };
        if (token.isEmpty()) {
            return Tail.NONE;
        }
        int level = context.level().code();
        return Tail.of(new AuthTrailer(context.authType(), level, 0, 0, context.id(), token));
    }

    private BindRefusedException refused(Pdu answer) {
        return switch (answer) {
            case Pdu.BindNak nak -> {
                boolean login = nak.reason() == Pdu.BindNak.AUTHENTICATION_TYPE_NOT_RECOGNIZED
                        || nak.reason() == Pdu.BindNak.INVALID_CHECKSUM;
                yield new BindRefusedException(
                        "%s refused the bind: reason %d".formatted(remoteAddress(), nak.reason()), login);
            }
            case Pdu.Fault fault ->
                new BindRefusedException(
                        "%s refused the login: fault 0x%08X".formatted(remoteAddress(), fault.status()),
                        fault.status() == RpcStatus.ACCESS_DENIED
                                || fault.status() == RpcStatus.SECURITY_PACKAGE_ERROR);
            default ->
                new BindRefusedException(
                        "%s answered a bind with a PDU of type %d".formatted(remoteAddress(), answer.type()), false);
        };
    }

    private void remember(SyntaxId syntax, int contextId, BindAnswer answer) throws RpcFaultException {
        ContextResult result = answer.results().isEmpty()
                ? ContextResult.rejected(ContextResult.REASON_NOT_SPECIFIED)
                : answer.results().getFirst();
        if (!result.isAccepted() || !result.transferSyntax().equals(SyntaxId.NDR)) {
            throw new RpcFaultException(RpcStatus.UNKNOWN_INTERFACE, true);
        }
        contexts.put(syntax, contextId);
    }

    /** Sends a bind or alter_context and waits for what comes back; if nothing does, the connection is of no more use. */
    private Pdu negotiate(Pdu offer, Deadline deadline) throws LinkException {
        Negotiation wanted = new Negotiation(offer.header().callId(), new CompletableFuture<>());
        negotiation = wanted;
        try {
            LinkException ended = end();
            if (ended != null) {
                throw ended.again(true);
            }
            // whoever leaves the server looks for a negotiation afterwards
            if (isDeserted) {
                throw deserted(true);
            }
            reading.wakeIfNobodyReads();
            send(offer, null, deadline);
            return wanted.answer().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            fail(new LinkException("connection with %s given up: no answer to a bind".formatted(remoteAddress())));
            throw new DeadlineException("no answer to a bind from %s in time".formatted(remoteAddress()), true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw fail(new LinkException("interrupted while binding to " + remoteAddress(), e));
        } catch (ExecutionException e) {
            lostOffers.add(wanted.callId());
            throw new LinkException(
                    "no answer to a bind from %s: %s".formatted(remoteAddress(), e.getCause()), e, true);
        } finally {
            negotiation = null;
        }
    }

    /** @param came {@link #departures} when the call began */
    private int contextOf(SyntaxId syntax, Deadline deadline, int came) throws LinkException, RpcFaultException {
        Integer known = contexts.get(syntax);
        if (known != null) {
            return known;
        }
        place(deadline, came);
        try {
            return added(syntax, deadline, came);
        } finally {
            places.release();
        }
    }

    private int added(SyntaxId syntax, Deadline deadline, int came) throws LinkException, RpcFaultException {
        if (!tryLock(deadline)) {
            throw new DeadlineException("deadline over before an interface could be bound", true);
        }
        try {
            requireNotLeftSince(came);
            Integer known = contexts.get(syntax);
            if (known != null) {
                return known;
            }
            if (nextContext == CONTEXTS_MAX) {
                throw new LinkException("too many interfaces on the connection with " + remoteAddress(), true);
            }
            int contextId = nextContext++;
            ContextElement element = new ContextElement(contextId, 0, syntax, List.of(SyntaxId.NDR));
            PduHeader header = PduHeader.whole(0, nextCallId());
            Pdu answer = negotiate(new Pdu.AlterContext(header, offerOf(element), Tail.NONE), deadline);
            switch (answer) {
                case Pdu.AlterContextResp resp -> remember(syntax, contextId, resp.answer());
                case Pdu.Fault fault -> throw new RpcFaultException(fault.status(), true);
                default -> throw fail(refused(answer));
            }
            return contextId;
        } finally {
            negotiating.unlock();
        }
    }

    private BindOffer offerOf(ContextElement element) {
        return BindOffer.of(options.fragMax(), options.fragMax(), associationGroup, List.of(element));
    }

    private boolean tryLock(Deadline deadline) throws LinkException {
        try {
            return negotiating.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interruptedBefore(e);
        }
    }

    private LinkException interruptedBefore(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LinkException("interrupted before a call to " + remoteAddress(), e, true);
    }

    // ---- calls

    /**
     * Calls an operation and waits for its answer.
     *
     * @param syntax bound first if it is not yet
     * @param object null: none is named
     * @param stub the parameters, little endian
     * @throws RpcFaultException the server answered with a fault, or does not offer the interface
     * @throws LinkException no answer in time, or no connection any more. Unless it says "not sent", the call may have run
     */
    public RpcAnswer call(SyntaxId syntax, int opnum, @Nullable Guid object, Bytes stub, Deadline deadline)
            throws RpcFaultException, LinkException {
        return call(syntax, opnum, object, stub, deadline, null);
    }

    /**
     * As the other.
     *
     * @param late hears the answer if it comes when the caller waits no more; null: nobody does. Of calls whose time was over
     *     {@value #LATE_MAX} are listened for
     */
    public RpcAnswer call(
            SyntaxId syntax, int opnum, @Nullable Guid object, Bytes stub, Deadline deadline, @Nullable LateReply late)
            throws RpcFaultException, LinkException {
        return begin(syntax, opnum, object, stub, deadline, late).await();
    }

    /** Sends a call and does not wait for its answer; waits only for its turn. {@link #call} tells the rest. */
    public RpcCall start(SyntaxId syntax, int opnum, @Nullable Guid object, Bytes stub, Deadline deadline)
            throws RpcFaultException, LinkException {
        RpcCall call = begin(syntax, opnum, object, stub, deadline, null);
        call.leaveToReader();
        reading.wakeIfNobodyReads();
        return call;
    }

    private RpcCall begin(
            SyntaxId syntax, int opnum, @Nullable Guid object, Bytes stub, Deadline deadline, @Nullable LateReply late)
            throws RpcFaultException, LinkException {
        if (leaving) {
            throw new LinkException(remoteAddress() + " is shutting down", true);
        }
        int came = departures.get();
        int contextId = contextOf(syntax, deadline, came);
        place(deadline, came);
        RpcCall call = register(deadline, late, came);
        try {
            SecurityContext security = login;
            boolean isHeld = Thread.currentThread().isVirtual() && pending.size() > 1;
            send(fragments(call, contextId, opnum, object, stub, security), security, deadline, () -> {}, isHeld);
            if (isHeld) {
                letOthersSend();
                flush(deadline);
            }
        } catch (LinkException e) {
            end(call);
            throw deadline.isOver() && !(e instanceof DeadlineException)
                    ? new DeadlineException(String.valueOf(e.getMessage()), e.isNotSent())
                    : e;
        }
        return call;
    }

    /**
     * Answers come in bunches, and with them the next calls: those who are about to make one go first, and who comes back first sends
     * for all. On a virtual thread only, where this lasts as long as others of them have something to do.
     */
    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but how many requests leave together
    private static void letOthersSend() {
        Thread.yield();
    }

    private void place(Deadline deadline, int came) throws LinkException {
        try {
            if (!places.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new DeadlineException("deadline over before the turn of a call to " + remoteAddress(), true);
            }
            if (isLeftSince(came)) {
                // and the next one, who finds the same
                places.release();
                throw deserted(true);
            }
        } catch (InterruptedException e) {
            throw interruptedBefore(e);
        }
    }

    private boolean isLeftSince(int came) {
        return isDeserted || departures.get() != came;
    }

    private void requireNotLeftSince(int came) throws LinkException {
        if (isLeftSince(came)) {
            throw deserted(true);
        }
    }

    private LinkException deserted(boolean notSent) {
        return new LinkException("%s was left".formatted(remoteAddress()), notSent);
    }

    private RpcCall register(Deadline deadline, @Nullable LateReply late, int came) throws LinkException {
        RpcCall call;
        do {
            call = new RpcCall(this, nextCallId(), deadline, options.stubBytesMax(), late);
        } while (pending.putIfAbsent(call.callId(), call) != null);
        LinkException ended = end();
        if (ended != null) {
            end(call);
            throw ended.again(true);
        }
        if (isLeftSince(came)) {
            end(call);
            throw deserted(true);
        }
        return call;
    }

    /**
     * Leaves the server without ending the connection: callers that wait go at once, nothing more is sent until {@link #resume}, and
     * the answers of calls with a {@link LateReply} are still heard. If a request cannot be written to its end the connection is ended, or
     * its caller would wait. Any thread.
     *
     * @return calls whose answers are still listened for
     */
    public int desert() {
        isDeserted = true;
        departures.incrementAndGet();
        int heard = 0;
        // whoever registers a call after this look finds that we have left
        for (RpcCall call : List.copyOf(pending.values())) {
            if (call.isHeardLate()) {
                heard++;
                call.leaveToReader();
                call.failed(deserted(false));
            } else if (end(call)) {
                call.failed(deserted(false));
            }
        }
        Negotiation wanted = negotiation;
        if (wanted != null) {
            // who waits for his turn to ask for an interface finds that we have left
            wanted.answer().completeExceptionally(deserted(true));
        }
        places.release();
        if (!isWritten(WRITTEN_NANOS)) {
            fail(new LinkException("%s was left while it did not read".formatted(remoteAddress())));
            return 0;
        }
        reading.wakeIfNobodyReads();
        return isOpen() ? heard : 0;
    }

    /** After {@link #desert}: calls are made again, but none that had begun before. */
    public void resume() {
        isDeserted = false;
    }

    private long nextCallId() {
        return lastCallId.incrementAndGet() & CALL_ID_MASK;
    }

    private List<Pdu> fragments(
            RpcCall call,
            int contextId,
            int opnum,
            @Nullable Guid object,
            Bytes stub,
            @Nullable SecurityContext security) {
        int objectFlag = object == null ? 0 : PduHeader.OBJECT_UUID;
        int headerBytes = Pdu.Request.stubAt(PduHeader.of(objectFlag, 0));
        int tokenLength = security == null ? 0 : security.tokenLength();
        List<Fragments.Slice> slices = Fragments.cut(stub.size(), sendFragMax(), headerBytes, tokenLength);
        byte[] octets = slices.size() == 1 ? new byte[0] : stub.toArray();
        List<Pdu> message = new ArrayList<>(slices.size());
        for (Fragments.Slice slice : slices) {
            Bytes part = slices.size() == 1 ? stub : Bytes.of(octets, slice.from(), slice.to());
            int flags = objectFlag
                    | (slice.from() == 0 ? PduHeader.FIRST_FRAG : 0)
                    | (slice.to() == stub.size() ? PduHeader.LAST_FRAG : 0);
            Tail tail = tokenLength == 0 || security == null ? Tail.NONE : Tail.of(security.trailer(slice.padding()));
            PduHeader header = PduHeader.of(flags, call.callId());
            int left = stub.size() - slice.from();
            message.add(new Pdu.Request(header, left, contextId, opnum, object, part, tail));
        }
        return message;
    }

    /** @return false: it was over before */
    private boolean end(RpcCall call) {
        if (!call.end()) {
            return false;
        }
        pending.remove(call.callId(), call);
        if (call.isKeptNoMore()) {
            lateCalls.decrementAndGet();
        }
        call.release(arriving);
        places.release();
        if (leaving) {
            leave();
        }
        return true;
    }

    void cancel(RpcCall call) {
        if (pending.containsValue(call)) {
            bidFarewell(List.of(new Pdu.CoCancel(PduHeader.whole(0, call.callId()), farewellTail())));
        }
    }

    void abandon(RpcCall call) {
        if (isKept(call)) {
            // its place is given back with its answer, or with the connection
            call.leaveToReader();
            call.failed(new LinkException("call to %s given up".formatted(remoteAddress())));
            reading.wakeIfNobodyReads();
            return;
        }
        if (!end(call)) {
            return;
        }
        call.failed(new LinkException("call to %s given up".formatted(remoteAddress())));
        boolean heard = receivedNanos - call.sentNanos() > 0;
        int silent = heard ? 0 : silentCalls.incrementAndGet();
        if (silent >= options.silentCallsMax()) {
            fail(new LinkException(
                    "connection with %s given up: nothing came for %d calls".formatted(remoteAddress(), silent)));
        } else if (keepsOnOrphan) {
            PduHeader header = PduHeader.whole(0, call.callId());
            bidFarewell(List.of(new Pdu.CoCancel(header, farewellTail()), new Pdu.Orphaned(header, farewellTail())));
        } else if (concurrent) {
            // orphaned would end the connection, and with it the calls that go well ([MS-RPCE] 2.2.2.14)
            bidFarewell(List.of(new Pdu.CoCancel(PduHeader.whole(0, call.callId()), farewellTail())));
        } else {
            fail(new LinkException(
                    "connection with %s given up: it is blocked by an overdue call".formatted(remoteAddress())));
        }
    }

    private boolean isKept(RpcCall call) {
        if (!call.isHeardLate() || !concurrent) {
            return false;
        }
        if (lateCalls.incrementAndGet() > LATE_MAX) {
            lateCalls.decrementAndGet();
            return false;
        }
        call.keep();
        if (call.isOver() && call.isKeptNoMore()) {
            // whoever reads has ended it meanwhile, and has not seen that it is kept
            lateCalls.decrementAndGet();
        }
        return true;
    }

    private Tail farewellTail() {
        SecurityContext security = login;
        return security == null || security.tokenLength() == 0 ? Tail.NONE : Tail.of(security.trailer(0));
    }

    /** On another thread, and only a few at once: who gives up a call has no time left to wait for a peer that does not read. */
    private void bidFarewell(List<Pdu> farewell) {
        if (farewells.incrementAndGet() > FAREWELLS_MAX) {
            farewells.decrementAndGet();
            return;
        }
        Thread.ofVirtual().name("dcom-client-farewell-" + id()).start(() -> {
            try {
                send(farewell, login, Deadline.after(FAREWELL), () -> {});
            } catch (LinkException e) {
                LOG.debug("A cancel did not reach {}: {}", remoteAddress(), e.getMessage());
            } finally {
                farewells.decrementAndGet();
            }
        });
    }

    // ---- who reads

    @Override
    boolean readOn() throws IOException, MalformedException, ProtocolErrorException {
        return reading.readOn();
    }

    /** For a caller that begins to wait: reads by himself, if that is of use. */
    void readFor(RpcCall call) {
        reading.readFor(call, pending.size() == 1);
    }

    /** For a caller that waits until it is woken: he is, when his time is over. */
    void watchDeadline(RpcCall call) {
        watch.setNoLater(Watch.Wait.CALL, call.deadline().remainingNanos());
    }

    @Override
    void isOver(Watch.Wait wait) {
        if (wait != Watch.Wait.CALL) {
            super.isOver(wait);
            return;
        }
        long next =
                pending.values().stream().mapToLong(RpcCall::wakeIfOver).min().orElse(Long.MAX_VALUE);
        watch.setNoLater(Watch.Wait.CALL, next);
    }

    /** Whether something comes for which no caller reads. */
    boolean isWaitedFor() {
        return negotiation != null || leaving || isAnyLeftToReader();
    }

    private boolean isAnyLeftToReader() {
        // asked for each PDU
        for (RpcCall call : pending.values()) {
            if (call.isLeftToReader()) {
                return true;
            }
        }
        return false;
    }

    /** When something came last, on the scale of {@link System#nanoTime}. */
    long receivedNanos() {
        return receivedNanos;
    }

    // ---- what comes

    @Override
    Admission admit(Frame frame) throws ProtocolErrorException {
        receivedNanos = System.nanoTime();
        silentCalls.set(0);
        SecurityContext context = login;
        if (!PduType.isProtected(frame.type()) || context == null || !context.signs()) {
            // who has not logged in, or not to sign, ignores trailers: j-Interop sends some to all
            return Admission.NOBODY;
        }
        AuthTrailer auth = frame.auth();
        if (auth == null) {
            // faults carry no signature on many servers, samba's among them
            if (frame.type() == PduType.FAULT) {
                return Admission.NOBODY;
            }
            if (options.policy().lenientUnsignedResponses()) {
                weak.unsignedAnswer(remoteAddress());
                return Admission.NOBODY;
            }
            throw new ProtocolErrorException("a response without signature where all are signed");
        }
        if (auth.contextId() != context.id() || !context.isOf(auth)) {
            throw new ProtocolErrorException("a response under another login, or at another level");
        }
        if (!context.unprotect(frame, auth)) {
            throw new ProtocolErrorException("a signature does not fit its PDU");
        }
        return new Admission.Admitted(context, context.principal(), context.level());
    }

    @Override
    void received(Pdu pdu, Admission admission) throws ProtocolErrorException {
        switch (pdu) {
            case Pdu.Response response -> response(response);
            case Pdu.Fault fault -> fault(fault);
            case Pdu.BindAck p -> negotiated(p);
            case Pdu.BindNak p -> negotiated(p);
            case Pdu.AlterContextResp p -> negotiated(p);
            case Pdu.Shutdown ignored -> leave();
            case Pdu.Bind p -> throw misplaced(p);
            case Pdu.AlterContext p -> throw misplaced(p);
            case Pdu.Auth3 p -> throw misplaced(p);
            case Pdu.Request p -> throw misplaced(p);
            case Pdu.CoCancel p -> throw misplaced(p);
            case Pdu.Orphaned p -> throw misplaced(p);
            case Pdu.Unknown p -> throw misplaced(p);
        }
    }

    private static ProtocolErrorException misplaced(Pdu pdu) {
        return new ProtocolErrorException("a PDU of type %d from a server".formatted(pdu.type()));
    }

    private void response(Pdu.Response response) throws ProtocolErrorException {
        RpcCall call = pending.get(response.header().callId());
        if (call == null) {
            // the late answer to a call that was given up
            return;
        }
        switch (call.take(response, arriving)) {
            case MORE -> {
                // there is more to come
            }
            case WHOLE -> {
                RpcAnswer answer = call.whole();
                if (end(call)) {
                    call.done(answer);
                }
            }
            case TOO_LONG -> {
                if (end(call)) {
                    call.failed(new LinkException("an answer longer than %d octets from %s"
                            .formatted(options.stubBytesMax(), remoteAddress())));
                }
            }
            case MISPLACED -> throw new ProtocolErrorException("fragments of a response out of order");
        }
    }

    private void fault(Pdu.Fault fault) {
        RpcCall call = pending.get(fault.header().callId());
        Negotiation wanted = negotiation;
        if (call != null) {
            if (end(call)) {
                boolean didNotExecute = fault.header().has(PduHeader.DID_NOT_EXECUTE);
                call.refused(new RpcFaultException(fault.status(), didNotExecute));
            }
        } else if (wanted != null && wanted.callId() == fault.header().callId()) {
            wanted.answer().complete(fault);
        } else {
            lostOffers.remove(fault.header().callId());
        }
    }

    /** Whatever its call_id: only one is under way, and peers are loose with them. */
    private void negotiated(Pdu answer) throws ProtocolErrorException {
        if (lostOffers.remove(answer.header().callId())) {
            return;
        }
        Negotiation wanted = negotiation;
        if (wanted == null && !lostOffers.isEmpty()) {
            lostOffers.clear();
            return;
        }
        if (wanted == null) {
            throw misplaced(answer);
        }
        wanted.answer().complete(answer);
    }

    private void leave() {
        leaving = true;
        if (pending.isEmpty()) {
            fail(new LinkException(remoteAddress() + " is shutting down"));
        }
    }

    @Override
    void broken(int status, long callId, Exception why) {
        LOG.warn("Server {} broke the protocol: {}", remoteAddress(), why.getMessage());
    }

    @Override
    void ended(LinkException why) {
        for (RpcCall call : pending.values()) {
            if (end(call)) {
                call.failed(why);
            }
        }
        Negotiation wanted = negotiation;
        if (wanted != null) {
            wanted.answer().completeExceptionally(why);
        }
        wakeReader();
    }
}
