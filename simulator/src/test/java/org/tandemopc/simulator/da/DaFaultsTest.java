package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.simulator.da.DaTestClient.PATIENCE;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.testkit.Await;

/** What goes wrong on command, as a client meets it. */
@Timeout(120)
class DaFaultsTest {
    private static final int VENDORS = 0xC004_8001;

    private DaSimulatedServer server;
    private DaTestClient client;
    private ComPointer<IOPCServer> opc;

    @BeforeEach
    void start() throws Exception {
        server = DaSimulatedServer.start(DaTestClient.settings());
        client = DaTestClient.of(server);
        opc = client.server();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void theStateIsWhatWasCommanded() throws Exception {
        server.faults().state(OpcServerState.SUSPENDED);

        assertThat(opc.within(soon()).getStatus().value().orElseThrow().state()).isEqualTo(OpcServerState.SUSPENDED);
    }

    @Test
    void itemsAreBadAndGoodAgain() throws Exception {
        var group = client.group(opc, "a", 10);
        group.add("static.1");
        DaTestClient.Heard heard = group.advise();
        Await.until("the first value", PATIENCE, () -> !heard.changes.isEmpty());

        assertThat(server.faults().quality("static.*", Optional.of(Quality.COMM_FAILURE)))
                .isEqualTo(10);
        Await.until("the bad one", PATIENCE, () -> heard.changes.size() > 1);
        assertThat(server.faults().quality("static.1", Optional.empty())).isEqualTo(1);
        Await.until("the good one", PATIENCE, () -> heard.changes.size() > 2);

        assertThat(heard.changes.get(1).masterQuality()).isEqualTo(HResult.S_FALSE);
        assertThat(heard.changes.get(1).masterError()).isZero();
        assertThat(heard.changes.get(1).items().getFirst().quality()).isEqualTo(Quality.COMM_FAILURE);
        assertThat(heard.changes.get(2).items().getFirst().quality()).isEqualTo(Quality.GOOD);
    }

    @Test
    void aFrozenItemStaysAsItIs() throws Exception {
        var group = client.group(opc, "a", 10);
        Ints handles = group.add("counter.0", "counter.1");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);
        server.faults().freeze("counter.0", true);
        List<Variant> before = read(io, handles);
        Await.until(
                "ticks of the other one",
                PATIENCE,
                () -> !read(io, handles).get(1).equals(before.get(1)));

        assertThat(read(io, handles).getFirst()).isEqualTo(before.getFirst());
        server.faults().freeze("counter.0", false);
        assertThat(read(io, handles).getFirst()).isNotEqualTo(before.getFirst());
    }

    private static List<Variant> read(IOPCSyncIO io, Ints handles) {
        try {
            return io.read(OpcDataSource.DEVICE, handles).value().values().stream()
                    .map(each -> each.value())
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void itemsAreRefusedWithTheErrorThatWasCommanded() throws Exception {
        var group = client.group(opc, "a", 10);
        server.faults().refuse("static.1", VENDORS);

        assertThat(group.items()
                        .addItems(List.of(OpcItemDef.of("static.1", 1), OpcItemDef.of("static.2", 2)))
                        .value()
                        .errors())
                .containsExactly(VENDORS, 0);
        assertThat(opc.within(soon()).getErrorString(VENDORS, 0x409).value()).contains("0xC0048001");
        server.faults().refuseNothing();
        assertThat(group.items().addItems(List.of(OpcItemDef.of("static.1", 1))).hresult())
                .isZero();
    }

    @Test
    void slowCallsAreAnsweredLaterAndOthersAreNot() throws Exception {
        var group = client.group(opc, "a", 10);
        Ints handles = group.add("static.1");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);
        server.faults().delay(DaFaults.Kind.READ, Duration.ofMillis(300));

        long start = System.nanoTime();
        assertThat(io.read(OpcDataSource.DEVICE, handles).hresult()).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(300_000_000);
        server.faults().delay(DaFaults.Kind.READ, DaFaults.DELAY_MAX);
        assertThat(io.write(handles, List.of(new Variant.I4(1))).hresult()).isZero();
        assertThat(opc.within(soon()).getStatus().hresult()).isZero();
    }

    @Test
    void aHungServerAnswersWhenItIsOver() throws Exception {
        server.faults().hang(true);
        CompletableFuture<Result<?>> status = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                status.complete(opc.within(PATIENCE).getStatus());
            } catch (Exception e) {
                status.completeExceptionally(e);
            }
        });
        assertThatThrownBy(
                        () -> opc.within(Deadline.after(Duration.ofMillis(200))).getStatus())
                .isInstanceOf(LinkException.class);
        assertThat(status.isDone()).isFalse();

        server.faults().hang(false);

        assertThat(status.get().isSuccess()).isTrue();
    }

    @Test
    void aMuteServerAnswersCallsAndCallsNobodyBack() throws Exception {
        var group = client.group(opc, "a", 10);
        Ints handles = group.add("counter.0");
        DaTestClient.Heard heard = group.advise();
        Await.until("values", PATIENCE, () -> heard.changes.size() > 1);
        server.faults().mute(true);
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);
        Variant before = read(io, handles).getFirst();
        Await.until("a tick", PATIENCE, () -> !read(io, handles).getFirst().equals(before));
        int known = heard.changes.size();
        Variant again = read(io, handles).getFirst();
        Await.until(
                "another tick", PATIENCE, () -> !read(io, handles).getFirst().equals(again));

        assertThat(heard.changes).hasSize(known);
        server.faults().mute(false);
        Await.until("values", PATIENCE, () -> heard.changes.size() > known);
    }

    @Test
    void aHungServerCallsNobodyBackAndDoesNothing() throws Exception {
        var group = client.group(opc, "a", 10);
        Ints handles = group.add("counter.0", "static.1");
        DaTestClient.Heard heard = group.advise();
        Await.until("values", PATIENCE, () -> heard.changes.size() > 1);
        server.faults().delay(DaFaults.Kind.ASYNC, Duration.ofMillis(100));
        assertThat(group.as(IOPCAsyncIO2.DEF)
                        .write(Ints.of(handles.at(1)), List.of(new Variant.I4(5)), 1)
                        .hresult())
                .isZero();

        server.faults().hang(true);

        pass(Duration.ofMillis(100));
        int known = heard.changes.size();
        pass(Duration.ofMillis(400));
        assertThat(heard.changes).hasSize(known);
        assertThat(server.ledger().lines()).isEmpty();
        server.faults().hang(false);
        Await.until("the write", PATIENCE, () -> !heard.writes.isEmpty());
    }

    private static void pass(Duration span) {
        long end = System.nanoTime() + span.toNanos();
        Await.until("a pause", PATIENCE, () -> System.nanoTime() > end);
    }

    private List<String> awaitShutdown() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        ComObject sink = ComObject.named("sink")
                .with(IOPCShutdown.DEF, reason -> {
                    heard.add(reason);
                    return Result.ok(Nothing.NOTHING);
                })
                .build();
        ComPointer<IConnectionPoint> point = client.ask(opc, IConnectionPointContainer.DEF)
                .within(soon())
                .findConnectionPoint(IOPCShutdown.DEF.iid())
                .value()
                .orElseThrow();
        Optional<ComPointer<IUnknown>> unknown = sink.pointer(IUnknown.DEF).map(pointer -> pointer);
        assertThat(point.within(soon()).advise(unknown).isSuccess()).isTrue();
        return heard;
    }

    @Test
    void clientsAreAskedToGo() throws Exception {
        List<String> heard = awaitShutdown();
        client.server();

        assertThat(server.requestShutdown("maintenance")).isEqualTo(1);
        assertThat(heard).containsExactly("maintenance");
    }

    @Test
    void aServerThatVanishesSaysNothingAndAnotherOneTakesItsPlace() throws Exception {
        List<String> heard = awaitShutdown();
        int port = server.resolverAddress().getPort();

        server.vanish();

        assertThatThrownBy(() -> opc.within(soon()).getStatus()).isInstanceOf(LinkException.class);
        assertThat(heard).isEmpty();
        try (DaSimulatedServer next = DaSimulatedServer.start(
                        DaSimulatorSettings.at(DaTestClient.HOST).withPorts(port, 0));
                DaTestClient other = DaTestClient.of(next)) {
            assertThat(other.server().within(soon()).getStatus().hresult()).isZero();
        }
    }

    /** What was not written when the server vanished is not in the ledger of the dead. */
    @Test
    void aWriteThatWaitsWhileTheServerVanishesIsNotDone() throws Exception {
        var group = client.group(opc, "a", 10);
        Ints handles = group.add("static.1");
        IOPCSyncIO io = group.as(IOPCSyncIO.DEF);
        server.faults().hang(true);
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                ended.complete(new AssertionError("" + io.write(handles, List.of(new Variant.I4(9)))));
            } catch (Exception e) {
                ended.complete(e);
            }
        });
        assertThatThrownBy(
                        () -> opc.within(Deadline.after(Duration.ofMillis(200))).getStatus())
                .isInstanceOf(LinkException.class);

        server.vanish();

        assertThat(ended.get()).isInstanceOf(LinkException.class);
        assertThat(server.ledger().lines()).isEmpty();
    }

    @Test
    void textsAreEnglishWhateverTheClientWants() throws Exception {
        IOPCCommon common = client.ask(opc, IOPCCommon.DEF).within(PATIENCE);

        assertThat(common.queryAvailableLocaleIds().value()).contains(0x409);
        assertThat(common.setLocaleId(0x407)).isEqualTo(Result.failure(HResult.E_INVALIDARG));
        assertThat(common.setLocaleId(0x800)).isEqualTo(Answers.DONE);
        assertThat(common.getLocaleId()).isEqualTo(Result.ok(0x800));
        assertThat(common.getErrorString(OpcResult.OPC_E_BADRIGHTS).value()).startsWith("OPC_E_BADRIGHTS");
        assertThat(common.getErrorString(0x1234_5678)).isEqualTo(Result.failure(HResult.E_INVALIDARG));
    }

    /** The name is for people who read the ledger. */
    @Test
    void theNameOfAClientIsInTheLedger() throws Exception {
        client.ask(opc, IOPCCommon.DEF)
                .within(PATIENCE)
                .setClientName("panel\n7")
                .value();
        var group = client.group(opc, "a", 10);
        group.as(IOPCSyncIO.DEF)
                .write(group.add("static.1"), List.of(new Variant.I4(1)))
                .value();

        assertThat(server.ledger().lines()).singleElement().asString().contains("\"session\":\"client 1 panel?7\"");
    }
}
