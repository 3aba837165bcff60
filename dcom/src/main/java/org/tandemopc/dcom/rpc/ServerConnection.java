package org.tandemopc.dcom.rpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.MalformedException;

/**
 * One client of a server. The fields without a word about threads belong to who reads.
 *
 * <p>A stranger is read by a virtual thread, which costs little. Who has logged in is read by a thread of the system, as long as
 * there are some to be had, because that is woken sooner; and this one does a call that comes alone itself, without waking another.
 * If the call takes long, another thread reads on meanwhile.
 *
 * <pre>
 * opened --bind--> bound --login, or a call that needs none--> admitted
 *    \---------------\-- time or messages run out: closed
 * </pre>
 */
final class ServerConnection extends RpcConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    /** So long a call keeps others of its connection from being read. */
    private static final long CALL_BY_READER_NANOS = 2_000_000;

    /** Requests are short, and strangers are many. */
    private static final int BUFFER_BYTES = 8_192;

    /** An interface under the number that the client calls it by. */
    private record Presentation(SyntaxId abstractSyntax, RpcInterface target) {}

    /** A request of which fragments have come. */
    private final class Arriving {
        private final Pdu.Request first;
        private final Assembly stub = new Assembly(limits.sizes().stubMax());
        private Admission.@Nullable Admitted admitted;
        private Budget budget = server.budget();
        private int taken;
        private boolean refused;

        Arriving(Pdu.Request first) {
            this.first = first;
        }

        /** Whose fragments are whose, by all that they must have in common ([MS-RPCE] 3.3.1.5.4). */
        boolean isContinuedBy(Pdu.Request next) {
            PduHeader header = next.header();
            return !header.isFirst()
                    && header.callId() == first.header().callId()
                    && header.dataRep().equals(first.header().dataRep())
                    && next.contextId() == first.contextId()
                    && next.opnum() == first.opnum()
                    && (next.object() == null || next.object().equals(first.object()));
        }

        void giveBack() {
            budget.give(taken);
            taken = 0;
        }
    }

    private final RpcServer server;
    private final ServerLimits limits;
    private final ServerPolicy policy;
    private final SecurityContexts logins;
    private final Map<Integer, Presentation> presentations = new HashMap<>();
    private @Nullable Arriving arriving;
    private int recvFragMax;
    private int messagesBeforeAdmitted;
    private int failedLogins;
    private boolean isReadFast;
    private @Nullable ServerCall alone;
    private boolean isFollowed;
    private volatile boolean admitted;
    private volatile boolean loggedIn;

    /** The call that who reads does himself. Any thread: who takes it away reads from then on. */
    private final AtomicReference<@Nullable ServerCall> doneByReader = new AtomicReference<>();

    /** Calls under way that were begun by who read, and took so long that another thread reads now. Any thread. */
    private final AtomicInteger takenOver = new AtomicInteger();

    /** Any thread. */
    private final ServerCalls calls;

    /** Any thread. */
    private final ShortCalls shortCalls = new ShortCalls();

    /** Guards what follows: the connection may end while it binds. */
    private final Object membership = new Object();

    private volatile @Nullable AssociationGroup group;
    private boolean isGone;

    ServerConnection(RpcServer server, Socket socket, ServerLimits limits, ServerPolicy policy, PduTap tap)
            throws IOException {
        super(
                "server",
                Thread.ofVirtual(),
                socket,
                BUFFER_BYTES,
                limits.sizes().fragMax(),
                limits.times().rest().toNanos(),
                limits.times().write().toNanos(),
                ofLongPdus(server, socket, limits),
                tap);
        this.server = server;
        this.limits = limits;
        this.policy = policy;
        this.logins = new SecurityContexts(limits.perConnection().securityContextsMax());
        this.recvFragMax = limits.sizes().fragMax();
        this.calls = new ServerCalls(limits.perConnection().callsMax(), server::execute, this::perform);
        watch.set(Watch.Wait.LOGIN, limits.times().login().toNanos());
    }

    /** Where no request is so long, they are those of logins: strangers' in the main. */
    private static Budget ofLongPdus(RpcServer server, Socket socket, ServerLimits limits) {
        boolean areLogins = limits.sizes().fragMax() <= FrameReader.UNBUDGETED_BYTES;
        return server.budget((InetSocketAddress) socket.getRemoteSocketAddress(), !areLogins);
    }

    // ---- who reads

    @Override
    boolean readOn() throws IOException, MalformedException, ProtocolErrorException {
        for (Frame frame = nextRequest(); frame != null; frame = nextRequest()) {
            take(frame);
            if (isTakenOver() || !isStillReadHere()) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Frame nextRequest() throws IOException, MalformedException {
        if (!hasWhole()) {
            flush(null);
        }
        return isReadFast && !Thread.currentThread().isVirtual() ? nextOfRow(FOR_EVER) : next(FOR_EVER);
    }

    /** Once somebody has logged in, a thread of the system reads, if there is one. */
    private boolean isTakenOver() {
        if (isReadFast || !loggedIn || !server.takesFastReader()) {
            return false;
        }
        isReadFast = true;
        boolean isTaken = isReadOnWith(Thread.ofPlatform().daemon());
        if (!isTaken) {
            isReadFast = false;
            server.givesFastReader();
        }
        return isTaken;
    }

    /** Does the call that is this thread's, if one is. @return false: it took so long that another thread reads now */
    private boolean isStillReadHere() {
        ServerCall call = alone;
        if (call == null) {
            return true;
        }
        alone = null;
        isFollowed = hasWhole();
        doneByReader.set(call);
        watch.set(Watch.Wait.READER, CALL_BY_READER_NANOS);
        server.work(() -> calls.work(call));
        if (!doneByReader.compareAndSet(call, null)) {
            takenOver.decrementAndGet();
            // its answer was held, perhaps, for this thread to send, which does not come to that any more
            flush(null);
            return false;
        }
        // only now: whoever reads in place of this thread may do a call himself already, which is watched under the
        // same name
        watch.take(Watch.Wait.READER);
        return true;
    }

    @Override
    boolean isReaderBusy() {
        return doneByReader.get() != null;
    }

    /** On the thread of the watch. No call is done by a reader again before this one is over: there are two threads at most. */
    private void readOnMeanwhile() {
        ServerCall call = doneByReader.get();
        if (call == null || !isOpen()) {
            return;
        }
        // before the other thread can read: as long as this call runs it does none that might be as long
        takenOver.incrementAndGet();
        if (doneByReader.compareAndSet(call, null)) {
            boolean isRead = isReadOnWith(Thread.ofPlatform().daemon()) || isReadOnWith(Thread.ofVirtual());
            if (!isRead) {
                fail(new LinkException("connection with " + remoteAddress() + " ended: nobody can read it"));
            }
        } else {
            takenOver.decrementAndGet();
        }
    }

    @Override
    Admission admit(Frame frame) throws ProtocolErrorException {
        if (!PduType.isProtected(frame.type())) {
            return Admission.NOBODY;
        }
        AuthTrailer auth = frame.auth();
        if (auth == null) {
            return frame.type() == PduType.REQUEST ? admitUnsigned() : Admission.NOBODY;
        }
        SecurityContext login = logins.get(auth.contextId());
        if (login == null || !login.isEstablished()) {
            return denied("a call under a login that there is not");
        }
        if (!login.isOf(auth)) {
            return denied("a call at another level than its login");
        }
        if (login.signs() && !login.unprotect(frame, auth)) {
            throw new ProtocolErrorException(RpcStatus.SECURITY_PACKAGE_ERROR, "a signature does not fit its PDU");
        }
        return new Admission.Admitted(login, login.principal(), login.level());
    }

    /** Peers at CONNECT may leave the trailer out (j-Interop); it stands under the login of the bind then. */
    private Admission admitUnsigned() {
        SecurityContext first = logins.first();
        if (first == null) {
            return Admission.NOBODY;
        }
        if (!first.isEstablished()) {
            return denied("a call before its login");
        }
        if (first.signs()) {
            return denied("a call without signature under a login that signs");
        }
        return new Admission.Admitted(first, first.principal(), first.level());
    }

    private static Admission denied(String reason) {
        return new Admission.Denied(RpcStatus.ACCESS_DENIED, reason);
    }

    @Override
    void received(Pdu pdu, Admission admission) throws ProtocolErrorException {
        boolean goesOn = pdu instanceof Pdu.Request && !pdu.header().isFirst();
        if (!admitted
                && !goesOn
                && ++messagesBeforeAdmitted > limits.connections().messagesBeforeLoginMax()) {
            throw new ProtocolErrorException("too many messages before a login");
        }
        switch (pdu) {
            case Pdu.Bind bind -> bind(bind);
            case Pdu.AlterContext alter -> alter(alter);
            case Pdu.Auth3 auth3 -> auth3(auth3.tail());
            case Pdu.Request request -> request(request, admission);
            case Pdu.CoCancel cancel -> cancel(cancel.header().callId(), admission);
            case Pdu.Orphaned orphaned -> orphan(orphaned.header().callId(), admission);
            case Pdu.BindAck p -> throw misplaced(p);
            case Pdu.BindNak p -> throw misplaced(p);
            case Pdu.AlterContextResp p -> throw misplaced(p);
            case Pdu.Response p -> throw misplaced(p);
            case Pdu.Fault p -> throw misplaced(p);
            case Pdu.Shutdown p -> throw misplaced(p);
            case Pdu.Unknown p -> throw misplaced(p);
        }
        if (arriving != null) {
            watch.set(Watch.Wait.REST, limits.times().rest().toNanos());
        }
        restartIdle();
    }

    private static ProtocolErrorException misplaced(Pdu pdu) {
        return new ProtocolErrorException("a PDU of type %d from a client".formatted(pdu.type()));
    }

    private void restartIdle() {
        Duration span = loggedIn ? limits.times().idle() : limits.times().anonymousIdle();
        watch.set(Watch.Wait.IDLE, span.toNanos());
    }

    @Override
    void isOver(Watch.Wait wait) {
        if (wait == Watch.Wait.READER) {
            readOnMeanwhile();
            return;
        }
        if (wait == Watch.Wait.IDLE && calls.size() > 0) {
            restartIdle();
            return;
        }
        if (wait != Watch.Wait.IDLE) {
            server.faults().tell(remoteAddress(), wait.complaint());
        }
        super.isOver(wait);
    }

    private void admitted() {
        admitted = true;
        watch.take(Watch.Wait.LOGIN);
    }

    // ---- bind, alter_context, auth3

    /** What a token in a bind or alter_context came to. */
    private sealed interface LoginStep {
        /** @param auth to send; null: nothing */
        record Goes(@Nullable AuthTrailer auth) implements LoginStep {}

        record Fails(int bindNakReason) implements LoginStep {}
    }

    private void bind(Pdu.Bind bind) throws ProtocolErrorException {
        long callId = bind.header().callId();
        BindOffer offer = bind.offer();
        if (group != null) {
            throw new ProtocolErrorException("a second bind");
        }
        if (offer.contexts().isEmpty()) {
            refuse(callId, Pdu.BindNak.NOT_SPECIFIED, "a bind without contexts");
            return;
        }
        if (offer.maxRecvFrag() < Fragments.LEAST_SIZE || offer.maxXmitFrag() < Fragments.LEAST_SIZE) {
            refuse(callId, Pdu.BindNak.LOCAL_LIMIT_EXCEEDED, "a bind with fragments too small");
            return;
        }
        AssociationGroup joined = join(offer.assocGroupId());
        if (joined == null) {
            refuse(callId, Pdu.BindNak.NOT_SPECIFIED, "a bind to an association group that there is not");
            return;
        }
        switch (login(bind.tail().auth())) {
            case LoginStep.Fails(int reason) -> refuse(callId, reason, "no login");
            case LoginStep.Goes(AuthTrailer auth) -> {
                if (bind.header().has(PduHeader.CONC_MPX)) {
                    calls.allowConcurrent();
                }
                sendFragMax(Math.min(limits.sizes().fragMax(), offer.maxRecvFrag()));
                recvFragMax = Math.min(limits.sizes().fragMax(), offer.maxXmitFrag());
                String port = Integer.toString(localAddress().getPort());
                BindAnswer answer = answer(joined, port, offer);
                // all three are granted to whoever asks for them
                int flags = bind.header().flags() & (PduHeader.CONC_MPX | PduHeader.SUPPORT_HEADER_SIGN);
                send(new Pdu.BindAck(PduHeader.whole(flags, callId), answer, tail(auth)));
            }
        }
    }

    private @Nullable AssociationGroup join(long asked) {
        AssociationGroup joined = server.groups().join(asked, remoteAddress().getAddress());
        synchronized (membership) {
            group = joined;
            if (joined != null && isGone) {
                server.groups().leave(joined);
            }
        }
        return joined;
    }

    private void refuse(long callId, int reason, String why) {
        server.faults().tell(remoteAddress(), why);
        send(Pdu.BindNak.of(callId, reason));
        linger();
        fail(new LinkException("bind of " + remoteAddress() + " refused: " + why));
    }

    private void alter(Pdu.AlterContext alter) throws ProtocolErrorException {
        AssociationGroup joined = group;
        long callId = alter.header().callId();
        if (joined == null || arriving != null) {
            throw new ProtocolErrorException("an alter_context before the bind, or within a request");
        }
        switch (login(alter.tail().auth())) {
            case LoginStep.Fails ignored -> {
                fault(callId, 0, RpcStatus.ACCESS_DENIED, PduHeader.DID_NOT_EXECUTE);
                countFailedLogin();
            }
            case LoginStep.Goes(AuthTrailer auth) -> {
                BindAnswer answer = answer(joined, "", alter.offer());
                int flags = alter.header().flags() & PduHeader.SUPPORT_HEADER_SIGN;
                send(new Pdu.AlterContextResp(PduHeader.whole(flags, callId), answer, tail(auth)));
            }
        }
    }

    private void auth3(Tail tail) throws ProtocolErrorException {
        AuthTrailer auth = tail.auth();
        if (group == null || auth == null || arriving != null) {
            throw new ProtocolErrorException("an auth3 before the bind, or within a request");
        }
        SecurityContext login = logins.get(auth.contextId());
        if (login == null || !login.isOpening()) {
            // a replay, or a leg of nothing: the calls that rest on it will be refused, and established logins stay as
            // they are
            return;
        }
        boolean done = login.isOf(auth) && step(login, auth.token()) instanceof SecurityStep.Done;
        if (!done) {
            login.refuse();
            countFailedLogin();
        }
    }

    private void countFailedLogin() throws ProtocolErrorException {
        if (++failedLogins >= limits.connections().failedLoginsMax()) {
            throw new ProtocolErrorException(RpcStatus.ACCESS_DENIED, "too many failed logins");
        }
    }

    private LoginStep login(@Nullable AuthTrailer auth) {
        if (auth == null || auth.type() == 0 || auth.level() <= AuthLevel.NONE.code()) {
            return new LoginStep.Goes(null);
        }
        SecurityContext login = logins.get(auth.contextId());
        if (login == null) {
            AuthLevel level = AuthLevel.of(auth.level());
            SecurityMechanism mechanism = level == null ? null : policy.acceptor(auth.type(), level, remoteAddress());
            if (level == null || mechanism == null) {
                String what = "level: a login of type %d at level %d is not taken".formatted(auth.type(), auth.level());
                server.faults().tell(remoteAddress(), what);
                return new LoginStep.Fails(Pdu.BindNak.AUTHENTICATION_TYPE_NOT_RECOGNIZED);
            }
            login = new SecurityContext(auth.contextId(), level, mechanism);
            logins.put(login);
        }
        if (!login.isOf(auth) || !(login.isOpening() || login.isEstablished())) {
            server.faults().tell(remoteAddress(), "a token for a login that is refused, or at another level than it");
            return new LoginStep.Fails(Pdu.BindNak.INVALID_CHECKSUM);
        }
        if (login.isEstablished()) {
            // node-dcom sends a blank last token with each alter_context: who is logged in stays logged in
            return new LoginStep.Goes(null);
        }
        return switch (step(login, auth.token())) {
            case SecurityStep.Continue(Bytes token) -> new LoginStep.Goes(reply(auth, token));
            case SecurityStep.Done(Bytes token, var principal, var protection) ->
                new LoginStep.Goes(reply(auth, token));
            case SecurityStep.Failed ignored -> new LoginStep.Fails(Pdu.BindNak.INVALID_CHECKSUM);
        };
    }

    private SecurityStep step(SecurityContext login, Bytes token) {
        SecurityStep step = login.step(token);
        switch (step) {
            case SecurityStep.Continue ignored -> {
                // not yet anybody
            }
            case SecurityStep.Done ignored -> {
                loggedIn = true;
                admitted();
            }
            case SecurityStep.Failed(String reason) ->
                server.faults().tell(remoteAddress(), "login refused: " + reason);
        }
        return step;
    }

    private static @Nullable AuthTrailer reply(AuthTrailer auth, Bytes token) {
        return token.isEmpty() ? null : new AuthTrailer(auth.type(), auth.level(), 0, 0, auth.contextId(), token);
    }

    private static Tail tail(@Nullable AuthTrailer auth) {
        return auth == null ? Tail.NONE : Tail.of(auth);
    }

    private BindAnswer answer(AssociationGroup joined, String port, BindOffer offer) throws ProtocolErrorException {
        List<ContextResult> results = new ArrayList<>();
        for (ContextElement element : offer.contexts()) {
            results.add(negotiate(element));
        }
        return BindAnswer.of(sendFragMax(), recvFragMax, joined.id(), port, results);
    }

    private ContextResult negotiate(ContextElement element) throws ProtocolErrorException {
        for (SyntaxId transfer : element.transferSyntaxes()) {
            if (BindTimeFeatures.isOffer(transfer)) {
                return ContextResult.negotiated(BindTimeFeatures.of(transfer));
            }
        }
        RpcInterface target = server.find(element.abstractSyntax());
        if (target == null) {
            return ContextResult.rejected(ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED);
        }
        if (!element.transferSyntaxes().contains(SyntaxId.NDR)) {
            return ContextResult.rejected(ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED);
        }
        Presentation before = presentations.get(element.contextId());
        if (before != null && !before.abstractSyntax().equals(element.abstractSyntax())) {
            // what the client's calls under this number mean must not change under them; Windows too ends it so
            throw new ProtocolErrorException("a context number that stands for another interface already");
        }
        if (before == null && presentations.size() == limits.perConnection().presentationContextsMax()) {
            return ContextResult.rejected(ContextResult.LOCAL_LIMIT_EXCEEDED);
        }
        presentations.put(element.contextId(), new Presentation(element.abstractSyntax(), target));
        return ContextResult.accepted();
    }

    // ---- requests

    private void request(Pdu.Request request, Admission admission) throws ProtocolErrorException {
        Arriving whole = arriving;
        if (group == null) {
            throw new ProtocolErrorException("a request before the bind");
        }
        if (request.header().isFirst()) {
            if (whole != null) {
                throw new ProtocolErrorException("a request within another");
            }
            whole = new Arriving(request);
            arriving = whole;
        } else if (whole == null || !whole.isContinuedBy(request)) {
            throw new ProtocolErrorException("a fragment of no request that has begun");
        }
        if (!whole.refused) {
            take(whole, request, admission);
        }
        if (request.header().isLast()) {
            arriving = null;
            if (!whole.refused) {
                dispatch(whole);
            }
        }
    }

    private void take(Arriving whole, Pdu.Request fragment, Admission admission) throws ProtocolErrorException {
        switch (admission) {
            case Admission.Denied(int status, String reason) -> {
                server.faults().tell(remoteAddress(), reason);
                refuse(whole, status);
            }
            case Admission.Admitted by -> {
                if (whole.admitted == null) {
                    whole.admitted = by;
                    whole.budget =
                            server.budget(remoteAddress(), !by.principal().isAnonymous());
                } else if (whole.admitted.authContextId() != by.authContextId()) {
                    throw new ProtocolErrorException("fragments of a request under different logins");
                }
                int size = fragment.stub().size();
                if (!whole.budget.take(size)) {
                    refuse(whole, RpcStatus.SERVER_TOO_BUSY);
                    return;
                }
                whole.taken += size;
                if (!whole.stub.add(fragment.stub())) {
                    server.faults()
                            .tell(
                                    remoteAddress(),
                                    "a request longer than " + limits.sizes().stubMax() + " octets");
                    refuse(whole, RpcStatus.ACCESS_DENIED);
                }
            }
        }
    }

    /** Answers now, and passes over the fragments that are still to come. */
    private void refuse(Arriving whole, int status) {
        whole.refused = true;
        whole.giveBack();
        Pdu.Request first = whole.first;
        if (!first.header().has(PduHeader.MAYBE)) {
            fault(first.header().callId(), first.contextId(), status, PduHeader.DID_NOT_EXECUTE);
        }
    }

    private void dispatch(Arriving whole) {
        Pdu.Request first = whole.first;
        Presentation presentation = presentations.get(first.contextId());
        Admission.Admitted by = whole.admitted;
        AssociationGroup joined = group;
        if (presentation == null || by == null || joined == null) {
            refuse(whole, RpcStatus.UNKNOWN_INTERFACE);
            return;
        }
        RpcHandler handler = presentation.target().operation(first.opnum());
        if (handler == null) {
            refuse(whole, RpcStatus.OPNUM_OUT_OF_RANGE);
            return;
        }
        AuthLevel least = presentation.target().minimumLevel(first.opnum(), policy.peer(remoteAddress()));
        if (!by.level().isAtLeast(least)) {
            server.faults()
                    .tell(
                            remoteAddress(),
                            "level: a call at level %s, and %s is asked for".formatted(by.level(), least));
            refuse(whole, RpcStatus.ACCESS_DENIED);
            return;
        }
        if (!by.level().isAtLeast(AuthLevel.PKT_INTEGRITY) && !isOpenToAll(presentation.target(), first.opnum())) {
            server.weak().used(by.level(), "PeerPolicy.minCallLevel", remoteAddress());
        }
        Bytes stub = whole.stub.whole();
        if (!first.header().dataRep().isCommon()) {
            refuse(whole, RpcStatus.BAD_STUB_DATA);
            return;
        }
        if (by.level().signs() && !isVerified(first, presentation, stub)) {
            server.faults().tell(remoteAddress(), "a verification trailer that contradicts its request");
            refuse(whole, RpcStatus.ACCESS_DENIED);
            return;
        }
        admitted();
        server.counters().call();
        ServerCall call =
                new ServerCall(this, joined, by, first, presentation.abstractSyntax(), handler, stub, whole.budget);
        if (isReadFast && isForReader(call)) {
            alone = call;
        } else if (!calls.begin(call)) {
            refuse(whole, RpcStatus.SERVER_TOO_BUSY);
        }
    }

    /** Begins it if this thread is to do it: a call that comes alone, or one of a row of short ones. */
    private boolean isForReader(ServerCall call) {
        return (!hasMore() && calls.beginAlone(call)) || (isNextShort() && calls.beginBeside(call));
    }

    private boolean isNextShort() {
        return takenOver.get() == 0 && shortCalls.isNextShort();
    }

    private static boolean isOpenToAll(RpcInterface target, int opnum) {
        return target.minimumLevel(opnum, PeerPolicy.strict()) == AuthLevel.NONE;
    }

    /** [MS-RPCE] 3.3.1.5.2.2: what is said again under the signature must be what was said outside it. */
    private static boolean isVerified(Pdu.Request request, Presentation presentation, Bytes stub) {
        VerificationTrailer trailer = VerificationTrailer.find(stub);
        if (trailer == null) {
            return true;
        }
        return trailer.commands().stream().allMatch(command -> switch (command) {
            case VerificationTrailer.Bitmask1 ignored -> true;
            case VerificationTrailer.PresentationContext c ->
                c.abstractSyntax().equals(presentation.abstractSyntax())
                        && c.transferSyntax().equals(SyntaxId.NDR);
            case VerificationTrailer.Header2 c ->
                c.type() == request.type()
                        && c.dataRep().equals(request.header().dataRep())
                        && c.callId() == request.header().callId()
                        && c.contextId() == request.contextId()
                        && c.opnum() == request.opnum();
            case VerificationTrailer.Other c -> !c.mustUnderstand();
        });
    }

    private void cancel(long callId, Admission admission) {
        if (admission instanceof Admission.Admitted) {
            calls.forEach(callId, ServerCall::cancel);
        }
    }

    private void orphan(long callId, Admission admission) {
        if (!(admission instanceof Admission.Admitted)) {
            return;
        }
        Arriving whole = arriving;
        if (whole != null && whole.first.header().callId() == callId) {
            whole.giveBack();
            arriving = null;
        }
        calls.forEach(callId, ServerCall::orphan);
    }

    // ---- calls; on their threads

    /** Those whose answers have not left are among them. */
    int runningCalls() {
        return calls.size() + (isHolding() ? 1 : 0);
    }

    /** A call whose client is gone or has given it up before its turn is not begun. */
    private void perform(ServerCall call) {
        try {
            if (isOpen() && !call.isOrphaned()) {
                run(call);
            }
        } finally {
            call.budget().give(call.stub().size());
        }
    }

    private void run(ServerCall call) {
        boolean isSent = false;
        try {
            Bytes results = results(call);
            isSent = respond(call, results);
        } catch (RpcFaultException e) {
            fault(call, e.status(), e.didNotExecute() ? PduHeader.DID_NOT_EXECUTE : 0);
        } catch (MalformedException e) {
            server.faults().tell(remoteAddress(), "bad stub: " + e.getMessage());
            fault(call, RpcStatus.BAD_STUB_DATA, 0);
        } catch (RuntimeException | Error e) {
            String what = "operation %d of %s failed, and the caller gets a fault";
            server.faults().tell(remoteAddress(), what.formatted(call.opnum(), call.abstractSyntax()), e);
            fault(call, RpcStatus.UNSPECIFIED_FAULT, 0);
        }
        if (!isSent) {
            call.undos().forEach(undo -> undo(call, undo));
        }
    }

    private Bytes results(ServerCall call) throws RpcFaultException, MalformedException {
        long begin = System.nanoTime();
        try {
            return call.handler().handle(call, call.stub());
        } finally {
            shortCalls.took(System.nanoTime() - begin);
        }
    }

    private void undo(ServerCall call, Runnable undo) {
        try {
            undo.run();
        } catch (RuntimeException e) {
            String what = "what the answer of operation %d of %s would have given was not taken back";
            server.faults().tell(remoteAddress(), what.formatted(call.opnum(), call.abstractSyntax()), e);
        }
    }

    /** @return whether it has left */
    private boolean respond(ServerCall call, Bytes results) {
        if (!call.isAnswered()) {
            return false;
        }
        SecurityContext security = call.security();
        int tokenLength = security == null ? 0 : security.tokenLength();
        List<Fragments.Slice> slices = Fragments.cut(results.size(), sendFragMax(), Pdu.Response.STUB_AT, tokenLength);
        byte[] octets = slices.size() == 1 ? new byte[0] : results.toArray();
        List<Pdu> message = new ArrayList<>(slices.size());
        for (Fragments.Slice slice : slices) {
            Bytes stub = slices.size() == 1 ? results : Bytes.of(octets, slice.from(), slice.to());
            int flags = (slice.from() == 0 ? PduHeader.FIRST_FRAG : 0)
                    | (slice.to() == results.size() ? PduHeader.LAST_FRAG : 0);
            Tail tail = tokenLength == 0 || security == null ? Tail.NONE : Tail.of(security.trailer(slice.padding()));
            PduHeader header = PduHeader.of(flags, call.callId());
            int left = results.size() - slice.from();
            message.add(new Pdu.Response(header, left, call.contextId(), 0, 0, stub, tail));
        }
        return answer(call, message, security);
    }

    /** Without signature even where others are signed: as samba does it, and as all peers take it. */
    private void fault(ServerCall call, int status, int flags) {
        if (call.isAnswered()) {
            int told = status == 0 ? RpcStatus.UNSPECIFIED_FAULT : status;
            var unused = answer(call, List.of(Pdu.Fault.of(flags, call.callId(), call.contextId(), told)), null);
        }
    }

    /** The call is over before the client can know: its next call must not find this one still counted. */
    private boolean answer(ServerCall call, List<Pdu> message, @Nullable SecurityContext security) {
        // that of a call which gives something leaves at once: if it can't, what it gives is taken back
        boolean isHeld =
                call.equals(doneByReader.get()) && isFollowed && call.undos().isEmpty();
        try {
            send(message, security, null, () -> calls.done(call), isHeld);
            return true;
        } catch (LinkException e) {
            LOG.debug("An answer did not reach {}: {}", remoteAddress(), e.getMessage());
            return false;
        }
    }

    private void fault(long callId, int contextId, int status, int flags) {
        send(Pdu.Fault.of(flags, callId, contextId, status));
    }

    private void send(Pdu pdu) {
        try {
            send(pdu, null, null);
        } catch (LinkException e) {
            LOG.debug("A PDU did not reach {}: {}", remoteAddress(), e.getMessage());
        }
    }

    /** Asks the client to leave. */
    void shutdown() {
        send(new Pdu.Shutdown(PduHeader.whole(0, 0), Tail.NONE));
    }

    @Override
    void broken(int status, long callId, Exception why) {
        server.faults().tell(remoteAddress(), why.getMessage() == null ? why.toString() : why.getMessage());
        boolean version = why instanceof MalformedException e && e.field().equals("rpc_vers");
        send(
                version
                        ? Pdu.BindNak.of(callId, Pdu.BindNak.PROTOCOL_VERSION_NOT_SUPPORTED)
                        : Pdu.Fault.of(PduHeader.DID_NOT_EXECUTE, callId, 0, status));
        linger();
    }

    @Override
    void failed(Throwable e) {
        server.faults().tell(remoteAddress(), "an error of ours; the connection ends", e);
    }

    @Override
    void counted(PduTap.Direction direction) {
        server.counters().pdu(direction);
    }

    @Override
    void readerEnded() {
        if (arriving != null) {
            arriving.giveBack();
            arriving = null;
        }
        if (isReadFast) {
            isReadFast = false;
            server.givesFastReader();
        }
    }

    @Override
    void ended(LinkException why) {
        AssociationGroup left;
        calls.forEach(ServerCall::cancel);
        synchronized (membership) {
            isGone = true;
            left = group;
        }
        if (left != null) {
            server.groups().leave(left);
        }
        server.closed(this);
    }
}
