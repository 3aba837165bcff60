package org.tandemopc.relay.ua.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;
import static org.tandemopc.relay.ua.back.Links.get;
import static org.tandemopc.relay.ua.back.Links.linkFailure;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.UaServiceFaultException;
import org.eclipse.milo.opcua.stack.core.channel.EncodingLimits;
import org.eclipse.milo.opcua.stack.core.types.UaResponseMessageType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.RegisterNodesRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.WriteValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.relay.ua.security.UserIdentity;
import org.tandemopc.relay.ua.wire.RawResponse;
import org.tandemopc.relay.ua.wire.UaWire;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

@Timeout(60)
class UaMemberSessionTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long READ_MS = 5_000;

    private final Links links = new Links();
    private final TestServer server = TestServer.start();
    private final ByteRelay relay = new ByteRelay(server.port());
    private final UaMemberConnector connector = links.plain(relay.port());
    private final UaMemberSession session = links.connect(connector);

    @AfterEach
    void closeAll() {
        links.close();
        relay.close();
        server.close();
    }

    private CompletableFuture<UaResponseMessageType> read(long timeoutMs) {
        return links.on(() -> session.send(Links.read(session, timeoutMs, ServerStatus.STATE), timeoutMs));
    }

    // The line between "may be repeated" and "must never be repeated" for writes.
    @Test
    @Requirement(
            value = {"S2", "S3"},
            protocol = Protocol.UA)
    void requestOnTheWayAtTheEndIsUnknownAndALaterOneIsCertainlyNotSent() {
        // Given
        List<LinkException> ends = new CopyOnWriteArrayList<>();
        links.loop.execute(() -> session.onClosed(ends::add));
        relay.freeze();
        int before = relay.requests();
        List<CompletableFuture<UaResponseMessageType>> onTheWay = List.of(read(READ_MS), read(READ_MS), read(READ_MS));
        Await.until("requests have left", SOON, () -> relay.requests() == before + 3);

        // When
        relay.cut();

        // Then
        onTheWay.forEach(
                each -> assertThat(linkFailure(each).certainlyNotSent()).isFalse());
        assertThat(linkFailure(read(READ_MS)).certainlyNotSent()).isTrue();
        assertThat(links.on(session::isOpen)).isFalse();
        assertThat(ends).hasSize(1);
    }

    @Test
    void listenerOfAnEndedLinkIsCalledAtOnce() {
        List<LinkException> ends = new CopyOnWriteArrayList<>();
        links.on(() -> {
            session.abort();
            return true;
        });

        links.on(() -> {
            session.onClosed(ends::add);
            return true;
        });

        assertThat(ends).hasSize(1);
    }

    @Test
    @Requirement(value = "S2", protocol = Protocol.UA)
    void requestThatCannotBeEncodedIsCertainlyNotSentAndTheLinkLives() {
        WriteValue tooBig = new WriteValue(
                ServerStatus.STATE,
                AttributeId.Value.uid(),
                null,
                DataValue.valueOnly(new Variant(ByteString.of(new byte[8 << 20]))));

        LinkException refused = linkFailure(links.on(
                () -> session.send(new WriteRequest(session.header(READ_MS), new WriteValue[] {tooBig}), READ_MS)));

        assertThat(refused.certainlyNotSent()).isTrue();
        assertThat(get(read(READ_MS))).isInstanceOf(ReadResponse.class);
    }

    // SIGSTOP, then SIGCONT: the answers of then must not be taken for answers of now.
    @Test
    @Requirement(
            value = {"S7", "S8"},
            protocol = Protocol.UA)
    void lateAnswerIsDroppedAndTheNextRequestGetsItsOwn() {
        // Given
        relay.freeze();
        LinkException late = linkFailure(read(150));

        // When
        relay.thaw();

        // Then
        assertThat(late.status().getValue()).isEqualTo(StatusCodes.Bad_Timeout);
        assertThat(late.certainlyNotSent()).isFalse();
        assertThat(get(read(READ_MS))).isInstanceOf(ReadResponse.class);
        assertThat(connector.lateAnswers()).isEqualTo(1);
    }

    /** A link as clients have it: bodies pass. */
    private UaMemberSession passing() {
        return links.connect(new UaMemberConnector(
                connector.address(),
                links.environment(MemberTrust.acceptAll(), false),
                new ConnectAdmission(ConnectAdmission.PER_SECOND_DEFAULT),
                UaWire.encodingContext(EncodingLimits.DEFAULT)));
    }

    private CompletableFuture<UaResponseMessageType> write(UaMemberSession over) {
        WriteValue value = new WriteValue(
                ServerStatus.STATE, AttributeId.Value.uid(), null, DataValue.valueOnly(Variant.ofInt32(0)));
        return links.on(() ->
                over.send(UaWire.raw(new WriteRequest(over.header(READ_MS), new WriteValue[] {value})), READ_MS));
    }

    private void leave(UaMemberSession over, long listenMs) {
        links.on(() -> {
            over.leave(listenMs);
            return true;
        });
    }

    private boolean isSocketOpen(UaMemberSession of) {
        return links.on(() -> {
            Channel socket = of.channel().socket();
            return socket != null && socket.isOpen();
        });
    }

    // The member hangs and is left; what it says of a write when it wakes up is for the log.
    @Test
    @Requirement(
            value = {"S3", "S8", "I9"},
            protocol = Protocol.UA)
    void ofAMemberThatWasLeftOnlyTheAnswerToAWriteIsHeard() {
        // Given
        UaMemberSession hung = passing();
        List<LinkException> ends = new CopyOnWriteArrayList<>();
        links.loop.execute(() -> hung.onClosed(ends::add));
        relay.freeze();
        CompletableFuture<UaResponseMessageType> read =
                links.on(() -> hung.send(UaWire.raw(Links.read(hung, READ_MS, ServerStatus.STATE)), READ_MS));
        CompletableFuture<UaResponseMessageType> write = write(hung);

        // When
        leave(hung, READ_MS);

        // Then
        assertThat(linkFailure(read).certainlyNotSent()).isFalse();
        assertThat(links.on(hung::isOpen)).isFalse();
        assertThat(ends).hasSize(1);
        assertThat(linkFailure(write(hung)).certainlyNotSent()).isTrue();
        assertThat(write).isNotDone();
        assertThat(isSocketOpen(hung)).isTrue();
        relay.thaw();
        assertThat(get(write)).isInstanceOf(RawResponse.class);
        Await.until("the socket is closed", SOON, () -> !isSocketOpen(hung));
        assertThat(ends).hasSize(1);
    }

    @Test
    @Requirement(
            value = {"S8", "I9"},
            protocol = Protocol.UA)
    void aMemberThatWasLeftIsNotListenedToForEverAndNotAtAllWithoutAWrite() {
        UaMemberSession hung = passing();
        UaMemberSession idle = passing();
        relay.freeze();
        CompletableFuture<UaResponseMessageType> write = write(hung);

        leave(hung, 100);
        leave(idle, READ_MS);

        Await.until("nothing to hear", SOON, () -> !isSocketOpen(idle));
        assertThat(linkFailure(write).certainlyNotSent()).isFalse();
        Await.until("the socket is closed", SOON, () -> !isSocketOpen(hung));
    }

    // A client's link tells that a member lives whose control link waits for an answer.
    @Test
    @Requirement(value = "GAP-3", protocol = Protocol.UA)
    void whatAClientLinkHearsTheMemberHasSaid() {
        long askedNanos = System.nanoTime();
        assertThat(connector.lastHeard().silentNanos()).isNotNegative().isNotEqualTo(Long.MAX_VALUE);

        assertThat(get(read(READ_MS))).isInstanceOf(ReadResponse.class);

        assertThat(connector.lastHeard().silentNanos()).isLessThan(System.nanoTime() - askedNanos);
    }

    // Milo's server answers pipelined requests in any order; ours must be the order on the wire (pitfall P1).
    @Test
    @Requirement(value = "I7", protocol = Protocol.UA)
    void answersCompleteInTheirOrderOnTheWire() {
        boolean swapped = false;
        for (int round = 0; round < 50 && !swapped; round++) {
            swapped = completesInWireOrder(200);
        }
        assertThat(swapped).as("control: the server does swap answers").isTrue();
    }

    /** Returns whether the order on the wire differed from that of the requests. */
    private boolean completesInWireOrder(int count) {
        // Given
        int before = relay.answered().size();
        List<Integer> completed = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();

        // When
        List<CompletableFuture<?>> all = links.on(() -> {
            List<CompletableFuture<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                sent.add(session.send(Links.read(session, READ_MS, ServerStatus.STATE), READ_MS)
                        .thenAccept(response -> {
                            completed.add(number);
                            threads.add(Thread.currentThread());
                        }));
            }
            return sent;
        });
        all.forEach(Links::get);

        // Then
        List<Long> wire = relay.answered().subList(before, before + count);
        long first = wire.stream().mapToLong(id -> id).min().orElseThrow();
        assertThat(completed)
                .isEqualTo(wire.stream().map(id -> (int) (id - first)).toList());
        assertThat(threads).allMatch(thread -> links.loop.inEventLoop(thread));
        return !wire.stream().sorted().toList().equals(wire);
    }

    // I9: a stopped server must not make our memory grow without end.
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void requestsWithoutAnswerAreBounded() {
        relay.freeze();

        LinkException refused = linkFailure(links.on(() -> {
            CompletableFuture<UaResponseMessageType> last = new CompletableFuture<>();
            for (int i = 0; i <= MemberChannel.PENDING_MAX; i++) {
                last = session.send(Links.read(session, READ_MS, ServerStatus.STATE), READ_MS);
            }
            return last;
        }));

        assertThat(refused.status().getValue()).isEqualTo(StatusCodes.Bad_TooManyOperations);
        assertThat(refused.certainlyNotSent()).isTrue();
    }

    /** What is refused has not left; of what was taken nobody knows (I1, I3). */
    @Test
    @Requirement(
            value = {"I9", "S2"},
            protocol = Protocol.UA)
    void bytesThatAMemberDoesNotReadAreBoundedForOneLinkAndForAll() {
        UaMemberSession second = links.connect(connector);
        UaMemberSession third = links.connect(connector);
        relay.freezeBothWays();

        List<CompletableFuture<UaResponseMessageType>> taken = sendUntilRefused(session);
        assertThat(taken).hasSizeBetween(60, 100);
        assertThat(connector.unsentBytes().get()).isGreaterThan(MemberChannel.UNSENT_BYTES_MAX - (1 << 20));
        taken.addAll(sendUntilRefused(second));
        assertThat(taken).hasSizeLessThan(200);
        assertThat(sendUntilRefused(third)).as("it has sent nothing yet").isEmpty();

        relay.cut();
        for (CompletableFuture<UaResponseMessageType> one : taken) {
            assertThat(linkFailure(one).certainlyNotSent()).isFalse();
        }
        assertThat(connector.unsentBytes().get()).isZero();
    }

    private List<CompletableFuture<UaResponseMessageType>> sendUntilRefused(UaMemberSession over) {
        WriteValue large = new WriteValue(
                new NodeId(1, "large"),
                uint(13),
                null,
                DataValue.valueOnly(Variant.ofByteString(ByteString.of(new byte[1 << 20]))));
        return links.on(() -> {
            List<CompletableFuture<UaResponseMessageType>> taken = new ArrayList<>();
            while (true) {
                CompletableFuture<UaResponseMessageType> sent =
                        over.send(new WriteRequest(over.header(60_000), new WriteValue[] {large}), 60_000);
                if (sent.isCompletedExceptionally()) {
                    LinkException refused = linkFailure(sent);
                    assertThat(refused.status().getValue()).isEqualTo(StatusCodes.Bad_TooManyOperations);
                    assertThat(refused.certainlyNotSent()).isTrue();
                    return taken;
                }
                taken.add(sent);
            }
        });
    }

    @Test
    void closeEndsTheSessionAtTheServer() {
        CompletableFuture<LinkException> end = new CompletableFuture<>();
        links.loop.execute(() -> session.onClosed(end::complete));

        links.loop.execute(session::close);

        get(end);
        Await.until("no session", SOON, () -> server.sessions() == 0);
        Await.until("sockets closed", SOON, relay::isClosedByClient);
    }

    @Test
    void closeWaitsNoLongerThanASecondForASilentServer() {
        CompletableFuture<LinkException> end = new CompletableFuture<>();
        links.loop.execute(() -> session.onClosed(end::complete));
        relay.freeze();
        long start = System.nanoTime();

        links.loop.execute(session::close);

        get(end);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2_500));
    }

    @Test
    void serverThatForgotTheSessionEndsTheLink() {
        // Given
        CompletableFuture<LinkException> end = new CompletableFuture<>();
        links.loop.execute(() -> session.onClosed(end::complete));
        server.forgetSessions();

        // When
        LinkException failed = linkFailure(read(READ_MS));

        // Then
        assertThat(failed.status().getValue()).isEqualTo(StatusCodes.Bad_SessionIdInvalid);
        assertThat(get(end).status()).isEqualTo(failed.status());
    }

    // The server would drop a session on which nothing is asked; a parked standby's is such a one.
    @Test
    void idleSessionIsKeptAlive() {
        CompletableFuture<MemberSession> shortLived = connector.connect(
                links.loop, new UserIdentity.Anonymous(), new String[0], "short", 3_000, Links.CONNECT_MS);
        get(shortLived);
        int before = relay.requests();
        assertThat(before).as("discovery, and three times a session, no more").isEqualTo(7);

        Await.until("two keep-alives", Duration.ofSeconds(8), () -> relay.requests() >= before + 2);
    }

    @Test
    @Requirement(value = "S32", protocol = Protocol.UA)
    void userIsChangedOnTheLivingSessionAndARefusedOneChangesNothing() {
        UaMemberSession secured =
                links.connect(links.encrypted(server.port(), MemberTrust.acceptAll()), Links.operator());
        UserIdentity wrong = new UserIdentity.UserName(TestServer.USER, "no".getBytes(StandardCharsets.UTF_8));

        StatusCode refused = get(links.on(() -> secured.activate(wrong, new String[0], READ_MS)));
        StatusCode good = get(links.on(() -> secured.activate(Links.operator(), new String[] {"de"}, READ_MS)));

        assertThat(refused.isBad()).isTrue();
        assertThat(good).isEqualTo(StatusCode.GOOD);
        assertThat(links.on(secured::isOpen)).isTrue();
    }

    // A link that dies within a long answer must give its memory back (I9).
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void chunksOfACutAnswerAreReleased() {
        // Given
        NodeId[] manyNodes = new NodeId[2_000];
        Arrays.fill(manyNodes, ServerStatus.NAMESPACE_ARRAY);
        relay.freezeWithinAMessage();
        CompletableFuture<UaResponseMessageType> cut =
                links.on(() -> session.send(Links.read(session, READ_MS, manyNodes), READ_MS));
        Channel socket = Objects.requireNonNull(session.channel().socket());
        Await.until(
                "first chunk",
                SOON,
                () -> links.on(() -> !PendingChunks.of(socket).isEmpty()));
        List<ByteBuf> chunks = links.on(() -> List.copyOf(PendingChunks.of(socket)));

        // When
        relay.cut();

        // Then
        assertThat(linkFailure(cut).certainlyNotSent()).isFalse();
        assertThat(chunks).isNotEmpty().allMatch(chunk -> chunk.refCnt() == 0);
    }

    // The server grants two seconds; renewal is Milo's, the pipeline it works in is ours.
    @Test
    void secureChannelIsRenewedUnderTheSession() {
        try (TestServer hasty = TestServer.startWithChannelLifetime(2_000);
                ByteRelay between = new ByteRelay(hasty.port())) {
            UaMemberSession secured =
                    links.connect(links.encrypted(between.port(), MemberTrust.acceptAll()), Links.operator());
            int before = between.channelRequests();

            Await.until("two renewals", Duration.ofSeconds(10), () -> between.channelRequests() >= before + 2);

            var answer = links.on(() -> secured.send(Links.read(secured, READ_MS, ServerStatus.STATE), READ_MS));
            assertThat(Links.value(get(answer)).getStatusCode().isGood()).isTrue();
        }
    }

    /** While CreateSession, or ActivateSession, is under way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Requirement(
            value = {"I9"},
            protocol = Protocol.UA)
    void aConnectThatIsGivenUpLeavesNoSessionAtTheServer(int requests) {
        // Given
        int before = relay.requests();
        relay.freezeAfterRequests(requests);
        CompletableFuture<MemberSession> connecting =
                links.connecting(connector, new UserIdentity.Anonymous(), Links.CONNECT_MS);
        Await.until("so many have been asked", SOON, () -> relay.requests() == before + requests);
        Await.until("there is a session more", SOON, () -> server.sessions() == 2);

        // When
        assertThat(connecting.cancel(false)).isTrue();
        relay.thaw();

        // Then
        Await.until("it is gone", SOON, () -> server.sessions() == 1);
    }

    /** Told as its own, it would be a lie: a write that was done as one that was not, say. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement(
            value = {"S3", "I1"},
            protocol = Protocol.UA)
    void answerThatBelongsToAnotherRequestEndsTheLinkAndLeavesBothUnknown(boolean isOfTheSameService) {
        // Given
        relay.freeze();
        int before = relay.answered().size();
        CompletableFuture<UaResponseMessageType> first = read(READ_MS);
        Await.until("the first is answered", SOON, () -> relay.answered().size() == before + 1);
        CompletableFuture<UaResponseMessageType> second = isOfTheSameService
                ? read(READ_MS)
                : links.on(() -> session.send(
                        new RegisterNodesRequest(session.header(READ_MS), new NodeId[] {ServerStatus.STATE}), READ_MS));

        // When
        relay.shiftNextAnswer(1);
        relay.thaw();

        // Then
        for (CompletableFuture<UaResponseMessageType> each : List.of(first, second)) {
            LinkException failure = linkFailure(each);
            assertThat(failure.certainlyNotSent()).isFalse();
            assertThat(failure).hasMessageContaining("belongs to another request");
        }
    }

    /** It would be renewed as fast as the server answers, with two signatures each time. */
    @Test
    @Requirement(value = "I9", protocol = Protocol.UA)
    void aServerThatGrantsItsChannelNoTimeLosesTheLink() {
        try (TestServer hasty = TestServer.startWithChannelLifetime(1);
                ByteRelay between = new ByteRelay(hasty.port())) {
            CompletableFuture<LinkException> ended = new CompletableFuture<>();
            UaMemberConnector secured = links.encrypted(between.port(), MemberTrust.acceptAll());
            var unused = links.connecting(secured, Links.operator(), Links.CONNECT_MS)
                    .whenComplete((session, failure) -> {
                        if (failure instanceof LinkException early) {
                            ended.complete(early);
                        } else {
                            session.onClosed(ended::complete);
                        }
                    });

            LinkException end = get(ended);

            assertThat(end.status().getValue()).isEqualTo(StatusCodes.Bad_TcpInternalError);
            assertThat(end).hasMessageContaining("less time");
        }
    }

    // Client links carry bodies undecoded; what the link itself asks must work in that context too.
    @Test
    void rawMessagesPassAndRefusalsAreFaults() {
        UaMemberConnector rawConnector = new UaMemberConnector(
                connector.address(),
                links.environment(MemberTrust.acceptAll(), false),
                new ConnectAdmission(20),
                UaWire.encodingContext(EncodingLimits.DEFAULT));
        UaMemberSession raw = links.connect(rawConnector);

        UaResponseMessageType answer =
                get(links.on(() -> raw.send(Links.read(raw, READ_MS, ServerStatus.STATE), READ_MS)));
        Throwable refused = Links.failure(links.on(() -> raw.send(
                new ReadRequest(raw.header(READ_MS), 0.0, TimestampsToReturn.Both, new ReadValueId[0]), READ_MS)));

        assertThat(answer).isInstanceOf(RawResponse.class);
        assertThat(Links.value(UaWire.decode((RawResponse) answer)).getValue().getValue())
                .isEqualTo(0);
        assertThat(refused)
                .isInstanceOfSatisfying(
                        UaServiceFaultException.class,
                        fault -> assertThat(fault.getStatusCode().getValue()).isEqualTo(StatusCodes.Bad_NothingToDo));
        assertThat(links.on(raw::isOpen)).isTrue();
    }

    @Test
    void headersCarryTheTokenTheTimeoutAndAFreshHandle() {
        var first = links.on(() -> session.header(1_234));
        var second = links.on(() -> session.header(1_234));

        assertThat(first.getAuthenticationToken()).isEqualTo(session.authenticationToken());
        assertThat(first.getTimeoutHint()).isEqualTo(uint(1_234));
        assertThat(second.getRequestHandle()).isNotEqualTo(first.getRequestHandle());
    }
}
