package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.simulator.da.DaTestClient.PATIENCE;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.dcom.LinkException;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.OpcServerState;
import org.tandemopc.opcda.Quality;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.process.ControlClient;
import org.tandemopc.testkit.process.PortPicker;
import org.tandemopc.testkit.process.TestProcess;

/** The lines of the console, as a client of the server meets what they do. */
@Timeout(120)
class DaFaultConsoleTest {
    @TempDir
    Path folder;

    private DaSimulatorProcess process;
    private DaTestClient client;
    private ComPointer<IOPCServer> opc;

    @BeforeEach
    void start() throws Exception {
        process = DaSimulatorProcess.start(DaSimulatorOptions.parse(List.of(
                "--host",
                "127.0.0.2",
                "--port",
                String.valueOf(PortPicker.pick()),
                "--name",
                "B",
                "--ledger",
                folder.resolve("ledger").toString())));
        client = DaTestClient.of(process.server());
        opc = client.server();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        process.close();
    }

    /** Over the control port, as programs do. */
    private List<String> say(String line) {
        return ControlClient.send(process.controlPort(), line);
    }

    private IOPCServer server() {
        return opc.within(soon());
    }

    private OpcItemState read(DaTestClient.Group group, Ints handles) throws Exception {
        return group.as(IOPCSyncIO.DEF)
                .read(OpcDataSource.DEVICE, handles)
                .value()
                .values()
                .getFirst();
    }

    @Test
    void stateAndNameAreInTheStatus() throws Exception {
        assertThat(say("state no_config")).isEmpty();

        assertThat(server().getStatus().value().orElseThrow().state()).isEqualTo(OpcServerState.NO_CONFIG);
        assertThat(server().getStatus().value().orElseThrow().vendorInfo()).isEqualTo("Tandem simulated DA server B");
    }

    @Test
    void itemsAreBadAndGoodFrozenAndThawed() throws Exception {
        DaTestClient.Group group = client.group(opc, "g", 100);
        Ints handles = group.add("counter.0");

        assertThat(say("bad counter.*")).containsExactly("10 items");
        assertThat(read(group, handles).quality()).isEqualTo(Quality.BAD);
        say("good counter.*");
        assertThat(read(group, handles).quality()).isEqualTo(Quality.GOOD);
        say("freeze counter.0");
        Variant still = read(group, handles).value();
        long began = System.nanoTime();
        Await.until("ticks pass", PATIENCE, () -> System.nanoTime() - began > 300_000_000L);
        assertThat(read(group, handles).value()).isEqualTo(still);
        say("thaw");
        assertThat(read(group, handles).value()).isNotEqualTo(still);
    }

    @Test
    void itemsAreRefusedUntilNothingIs() throws Exception {
        IOPCItemMgt items = client.group(opc, "g", 100).items();
        List<OpcItemDef> wanted = List.of(OpcItemDef.of("static.1", 1));

        say("refuse static.* 0xC0040007");
        assertThat(items.validateItems(wanted, false).value().errors().at(0)).isEqualTo(OpcResult.OPC_E_UNKNOWNITEMID);
        say("refuse nothing");
        assertThat(items.validateItems(wanted, false).value().errors().at(0)).isZero();
    }

    @Test
    void callsAreSlowAndHang() throws Exception {
        say("slow status 700");
        long began = System.nanoTime();
        assertThat(server().getStatus().isSuccess()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
        say("slow status 0");

        say("hang on");
        assertThatThrownBy(() -> opc.within(Duration.ofMillis(700)).getStatus()).isInstanceOf(LinkException.class);
        say("hang off");
        assertThat(server().getStatus().isSuccess()).isTrue();
    }

    @Test
    void mutedGroupsSayNothing() throws Exception {
        say("mute on");
        DaTestClient.Group group = client.group(opc, "g", 100);
        group.add("counter.0");
        DaTestClient.Heard heard = group.advise();
        long began = System.nanoTime();
        Await.until("ticks pass", PATIENCE, () -> System.nanoTime() - began > 300_000_000L);
        assertThat(heard.changes).isEmpty();

        say("mute off");
        Await.until("values come", PATIENCE, () -> !heard.changes.isEmpty());
    }

    @Test
    void clientsAreToldOfTheShutdownAndTheServerStays() throws Exception {
        List<String> reasons = new CopyOnWriteArrayList<>();
        IOPCShutdown sink = reason -> {
            reasons.add(reason);
            return Result.ok(Nothing.NOTHING);
        };
        Optional<ComPointer<IUnknown>> pointer = ComObject.named("shutdown sink")
                .with(IOPCShutdown.DEF, sink)
                .build()
                .pointer(IUnknown.DEF)
                .map(one -> one);
        var cookie = client.ask(opc, IConnectionPointContainer.DEF)
                .within(soon())
                .findConnectionPoint(IOPCShutdown.DEF.iid())
                .value()
                .orElseThrow()
                .within(soon())
                .advise(pointer);
        assertThat(cookie.isSuccess()).isTrue();

        assertThat(say("shutdown for new filters")).containsExactly("1 clients");
        assertThat(reasons).containsExactly("for new filters");
        assertThat(server().getStatus().isSuccess()).isTrue();
    }

    @Test
    void figuresAndTheLedgerTellWhatClientsHaveAndWrote() throws Exception {
        DaTestClient.Group group = client.group(opc, "g", 100);
        Ints handles = group.add("static.1", "counter.0");
        group.advise();
        var written = group.as(IOPCSyncIO.DEF).write(Ints.of(handles.at(0)), List.of(new Variant.I4(77)));
        assertThat(written.isSuccess()).isTrue();

        assertThat(say("stats").getFirst())
                .contains("\"name\":\"B\"", "\"clients\":1", "\"groups\":1", "\"items\":2", "\"sinks\":1")
                .containsPattern("\"connections\":[1-9]")
                .contains("\"objectPort\":" + process.server().objectAddress().getPort());
        assertThat(say("ledger")).hasSize(1).first().asString().contains("\"node\":\"static.1\"", "\"value\":\"77\"");
        assertThat(Files.readString(folder.resolve("ledger"))).contains("\"value\":\"77\"");
    }

    @Test
    void aServerThatVanishedComesBackAtItsPortAndItsLedgerGoesOn() throws Exception {
        int port = process.server().resolverAddress().getPort();
        DaTestClient.Group group = client.group(opc, "g", 100);
        Ints handles = group.add("static.1");
        assertThat(group.as(IOPCSyncIO.DEF)
                        .write(handles, List.of(new Variant.I4(77)))
                        .isSuccess())
                .isTrue();

        say("vanish");
        assertThatThrownBy(() -> server().getStatus()).isInstanceOf(LinkException.class);
        assertThatThrownBy(() -> new Socket("127.0.0.2", port).close()).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> say("stats")).hasMessage("error: the server has vanished: revive brings it back");
        assertThatThrownBy(() -> say("vanish")).hasMessageContaining("has vanished");
        say("revive");
        assertThatThrownBy(() -> say("revive")).hasMessage("error: the server is there");

        try (DaTestClient again = DaTestClient.of(process.server())) {
            assertThat(process.server().resolverAddress().getPort()).isEqualTo(port);
            DaTestClient.Group anew = again.group(again.server(), "g", 100);
            Ints found = anew.add("static.1");
            assertThat(anew.as(IOPCSyncIO.DEF)
                            .write(found, List.of(new Variant.I4(78)))
                            .isSuccess())
                    .isTrue();
        }
        assertThat(Files.readString(folder.resolve("ledger"))).contains("\"77\"", "\"78\"");
    }

    @Test
    void whatItDoesNotUnderstandItSays() {
        assertThatThrownBy(() -> say("fly")).hasMessage("error: unknown command fly: help lists them");
        assertThatThrownBy(() -> say("state flying")).hasMessageContaining("no server state flying: running, failed");
        assertThatThrownBy(() -> say("bad nothing")).hasMessage("error: no item matches");
        assertThatThrownBy(() -> say("bad")).hasMessage("error: one argument expected: a glob");
        assertThatThrownBy(() -> say("slow much")).hasMessage("error: expected: slow <kind> <ms>");
        assertThatThrownBy(() -> say("slow flying 1")).hasMessageContaining("no kind of call flying: status, read");
        assertThatThrownBy(() -> say("slow read 600001")).hasMessageContaining("the delay must be 0 to");
        assertThatThrownBy(() -> say("hang maybe")).hasMessage("error: on or off expected, not maybe");
        assertThatThrownBy(() -> say("refuse static.1")).hasMessageContaining("refuse <glob> <hresult>");
        assertThatThrownBy(() -> say("refuse static.1 none")).hasMessageContaining("an HRESULT expected");
        assertThatThrownBy(() -> say("refuse static.1 0")).hasMessageContaining("no failure");
        assertThat(say("help")).isEqualTo(DaFaultConsole.HELP);
    }

    @Test
    void asAProcessItSaysWhereItIsAndEndsWhenItIsTold() {
        try (TestProcess program = program("--host", "127.0.0.3", "--port", "0", "--prog-id", "Vendor.Server.1")) {
            String line = program.awaitLine("READY ", PATIENCE);

            assertThat(line)
                    .matches("READY url=opcda://127\\.0\\.0\\.3:\\d+/Vendor\\.Server\\.1/\\{%s} control=\\d+ pid=%d"
                            .formatted(DaSimulatorSettings.CLSID, program.pid()));
            int control = Integer.parseInt(line.replaceAll(".* control=(\\d+) .*", "$1"));
            assertThat(ControlClient.send(control, "help")).isEqualTo(DaFaultConsole.HELP);
            program.send("exit");
            assertThat(program.awaitExit(PATIENCE)).isZero();
        }
    }

    @Test
    void aBadOptionAndAPortThatIsTakenAreSaid() {
        try (TestProcess program = program("--port", "many")) {
            assertThat(program.awaitExit(PATIENCE)).isEqualTo(2);
            assertThat(program.log()).contains("--port must be a number, not many", "usage: --host");
        }
        String taken = String.valueOf(process.server().resolverAddress().getPort());
        try (TestProcess program = program("--host", "127.0.0.2", "--port", taken)) {
            assertThat(program.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(program.log()).contains("cannot start at 127.0.0.2, port " + taken);
        }
    }

    private TestProcess program(String... options) {
        return TestProcess.startJava(
                "server",
                folder.resolve("errors.txt"),
                List.of("-Xmx128m"),
                DaSimulatorMain.class.getName(),
                List.of(options));
    }
}
