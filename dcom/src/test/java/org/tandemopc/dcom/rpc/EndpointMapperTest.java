package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.dcom.rpc.TestServer.ABSENT;
import static org.tandemopc.dcom.rpc.TestServer.BACKWARD;
import static org.tandemopc.dcom.rpc.TestServer.FORWARD;
import static org.tandemopc.dcom.rpc.TestServer.PATIENCE;
import static org.tandemopc.dcom.rpc.TestServer.soon;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.ByteReader;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.vectors.VectorFile;
import org.tandemopc.testkit.Await;

/** The endpoint mapper and remote management, asked by the recorded requests of samba and by our own client. */
@Timeout(120)
class EndpointMapperTest {
    private static final Guid OBJECT = Guid.of("22222222-3333-4444-5555-666666666601");
    private static final SyntaxId LSARPC = SyntaxId.of("12345778-1234-abcd-ef00-0123456789ab", 0, 0);

    private final List<EndpointMapper.Endpoint> endpoints = new ArrayList<>(List.of(
            EndpointMapper.Endpoint.of(FORWARD, 4711, "forward"),
            EndpointMapper.Endpoint.of(
                    BACKWARD, 4712, "a text of more than sixty-three characters, of which only the first are told"),
            new EndpointMapper.Endpoint(BACKWARD, OBJECT, 4713, "")));
    private final EndpointMapper mapper = new EndpointMapper(() -> endpoints);
    private final RpcServer server = new RpcServer(
            TestServer.policy(AuthLevel.PKT_INTEGRITY),
            InterfaceTable.of(mapper),
            ServerLimits.defaults(),
            PduTap.NONE);
    private final InetSocketAddress address = server.listen(InetAddress.getLoopbackAddress(), PortRange.ANY);
    private final RpcClient client =
            RpcClient.connect(address, EndpointMapper.SYNTAX, null, TestServer.lenient(), soon());

    EndpointMapperTest() throws Exception {}

    @AfterEach
    void nothingIsLeft() {
        client.close();
        server.close();
        Await.until("no threads", PATIENCE, () -> TestServer.threads().isEmpty());
    }

    private ByteReader call(SyntaxId syntax, int opnum, Bytes stub) throws Exception {
        return client.call(syntax, opnum, null, stub, soon()).stub().reader();
    }

    /** The stub that a peer sent, without what protected it. */
    private static Bytes stubOf(String recorded) {
        return ((Pdu.Request) VectorFile.named(recorded).decoded()).stub();
    }

    private static Guid handle(ByteReader in) throws MalformedException {
        assertThat(in.u32("attributes")).isZero();
        return Guid.read(in, "uuid");
    }

    private static Tower tower(ByteReader in) throws MalformedException {
        in.align(4);
        int size = in.count("max_count", 1, Tower.BYTES_MAX);
        assertThat(in.u32("tower_length")).isEqualTo(size);
        return Tower.read(in.bytes(size, "tower"));
    }

    @Nested
    class Map {
        @Test
        void tellsOurClientThePort() throws Exception {
            assertThat(EndpointMapper.portOf(FORWARD, client, soon())).hasValue(4711);
            assertThat(EndpointMapper.portOf(ABSENT, client, soon())).isEmpty();
        }

        /** An earlier minor version is served by a later one, a later one is not. */
        @Test
        void comparesVersions() throws Exception {
            assertThat(EndpointMapper.portOf(new SyntaxId(FORWARD.uuid(), 1, 0), client, soon()))
                    .hasValue(4711);
            assertThat(EndpointMapper.portOf(new SyntaxId(FORWARD.uuid(), 1, 5), client, soon()))
                    .isEmpty();
            assertThat(EndpointMapper.portOf(new SyntaxId(FORWARD.uuid(), 2, 0), client, soon()))
                    .isEmpty();
        }

        /** rpcclient asks for lsarpc over a named pipe, for 500 towers: the array is as long as it asked, and empty. */
        @Test
        void answersTheRecordedQuestionForAPipeWithNothing() throws Exception {
            endpoints.add(EndpointMapper.Endpoint.of(LSARPC, 4714, "lsarpc"));
            ByteReader in = call(EndpointMapper.SYNTAX, 3, stubOf("samba/rpcclient-1-03-req-epmapper-ept-map"));

            assertThat(handle(in)).isEqualTo(Guid.NULL);
            assertThat(in.u32("num_towers")).isZero();
            assertThat(in.u32("max_count")).isEqualTo(500);
            assertThat(in.u32("offset")).isZero();
            assertThat(in.u32("actual_count")).isZero();
            assertThat(in.i32("status")).isEqualTo(EndpointMapper.NOT_REGISTERED);
            in.end();
        }

        /** Its tower is recorded too: the same interface over TCP is found. */
        @Test
        void answersTheSameQuestionForTcpWithThePort() throws Exception {
            endpoints.add(EndpointMapper.Endpoint.of(LSARPC, 4714, "lsarpc"));
            ByteReader recorded =
                    stubOf("samba/rpcclient-1-03-req-epmapper-ept-map").reader();
            recorded.skip(24, "object and pointers");
            Tower pipe = tower(recorded);
            assertThat(pipe.syntax()).isEqualTo(LSARPC);
            assertThat(pipe.tcpPort()).isEmpty();
            assertThat(pipe.write()).isEqualTo(Tower.read(pipe.write()).write());

            assertThat(EndpointMapper.portOf(LSARPC, client, soon())).hasValue(4714);
        }

        /** C706 appendix L: five floors, port and address big endian. */
        @Test
        void writesTowersAsTheyAreTabled() throws Exception {
            Bytes octets = Bytes.ofHex("0500"
                    + "1300" + "0d" + "1111111122223333" + "4444555555555501" + "0100" + "0200" + "0400"
                    + "1300" + "0d" + "045d888aeb1cc911" + "9fe808002b104860" + "0200" + "0200" + "0000"
                    + "0100" + "0b" + "0200" + "0000"
                    + "0100" + "07" + "0200" + "1267"
                    + "0100" + "09" + "0400" + "7f000001");
            assertThat(Tower.tcp(FORWARD, 4711, InetAddress.getByName("127.0.0.1"))
                            .write())
                    .isEqualTo(octets);
        }

        @Test
        void tellsTheAddressThatTheClientKnows() throws Exception {
            ByteWriter in = new ByteWriter().i32(0).i32(1);
            Bytes asked =
                    Tower.tcp(BACKWARD, 0, InetAddress.getLoopbackAddress()).write();
            in.u32(asked.size(), "max_count")
                    .u32(asked.size(), "tower_length")
                    .bytes(asked)
                    .align(4);
            in.zeros(20).u32(7, "max_towers");
            ByteReader out = call(EndpointMapper.SYNTAX, 3, in.toBytes());

            handle(out);
            assertThat(out.u32("num_towers")).isEqualTo(2);
            assertThat(out.u32("max_count")).isEqualTo(7);
            assertThat(out.u32("offset")).isZero();
            assertThat(out.u32("actual_count")).isEqualTo(2);
            out.skip(8, "referents");
            InetAddress loopback = InetAddress.getLoopbackAddress();
            assertThat(tower(out)).isEqualTo(Tower.tcp(BACKWARD, 4712, loopback));
            assertThat(tower(out)).isEqualTo(Tower.tcp(BACKWARD, 4713, loopback));
            out.align(4);
            assertThat(out.i32("status")).isZero();
            out.end();
        }

        @Test
        void readsBigEndianQuestions() throws Exception {
            ByteWriter in = new ByteWriter().order(ByteOrder.BIG_ENDIAN).i32(0).i32(1);
            Bytes asked =
                    Tower.tcp(FORWARD, 0, InetAddress.getLoopbackAddress()).write();
            in.u32(asked.size(), "max_count")
                    .u32(asked.size(), "tower_length")
                    .bytes(asked)
                    .align(4);
            in.zeros(20).u32(1, "max_towers");
            try (RawPeer peer = RawPeer.bound(address, EndpointMapper.SYNTAX)) {
                PduHeader header = new PduHeader(0, 3, DataRep.BIG_ENDIAN, 2);
                peer.send(new Pdu.Request(header, 0, 0, 3, null, in.toBytes(), Tail.NONE));
                ByteReader out = ((Pdu.Response) peer.receive()).stub().reader();
                handle(out);
                assertThat(out.u32("num_towers")).isEqualTo(1);
            }
        }

        @Test
        void refusesStubsThatCannotBe() {
            for (String stub : List.of(
                    "",
                    // a tower of 2001 octets
                    "00000000" + "01000000" + "d1070000" + "d1070000",
                    // no tower, 501 towers wanted
                    "00000000" + "00000000" + "00".repeat(20) + "f5010000",
                    // lengths that differ
                    "00000000" + "01000000" + "02000000" + "03000000" + "0000" + "0000" + "00".repeat(20) + "01000000",
                    // more floors than octets
                    "00000000" + "01000000" + "02000000" + "02000000" + "0500" + "0000" + "00".repeat(20)
                            + "01000000")) {
                assertThatThrownBy(() -> call(EndpointMapper.SYNTAX, 3, Bytes.ofHex(stub)))
                        .as(stub)
                        .isInstanceOfSatisfying(
                                RpcFaultException.class,
                                e -> assertThat(e.status()).isEqualTo(RpcStatus.BAD_STUB_DATA));
            }
        }
    }

    @Nested
    class Lookup {
        private record Entry(Guid object, String annotation, Tower tower) {}

        private record Page(Guid handle, List<Entry> entries, int status) {}

        private Page page(Bytes stub, int most) throws Exception {
            ByteReader in = call(EndpointMapper.SYNTAX, 2, stub);
            Guid handle = handle(in);
            int count = (int) in.u32("num_ents");
            assertThat(in.u32("max_count")).isEqualTo(most);
            assertThat(in.u32("offset")).isZero();
            assertThat(in.u32("actual_count")).isEqualTo(count);
            List<Guid> objects = new ArrayList<>();
            List<String> annotations = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                in.align(4);
                objects.add(Guid.read(in, "object"));
                assertThat(in.u32("tower")).isNotZero();
                assertThat(in.u32("offset")).isZero();
                annotations.add(ToySecurity.text(in.bytes((int) in.u32("actual_count"), "annotation")));
            }
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                entries.add(new Entry(objects.get(i), annotations.get(i), tower(in)));
            }
            in.align(4);
            int status = in.i32("status");
            in.end();
            return new Page(handle, entries, status);
        }

        private static Bytes question(int inquiry, Guid object, SyntaxId syntax, int versions, Guid handle, int most) {
            ByteWriter in = new ByteWriter().i32(inquiry);
            object.write(in.i32(1));
            syntax.uuid().write(in.i32(2));
            in.u16(syntax.major(), "major").u16(syntax.minor(), "minor").i32(versions);
            handle.write(in.i32(0));
            return in.u32(most, "max_ents").toBytes();
        }

        private List<Integer> ports(int inquiry, Guid object, SyntaxId syntax, int versions) throws Exception {
            List<Integer> ports = new ArrayList<>();
            for (Entry entry : page(question(inquiry, object, syntax, versions, Guid.NULL, 9), 9)
                    .entries()) {
                ports.add(entry.tower().tcpPort().orElseThrow());
            }
            return ports;
        }

        /** rpcclient asks for one entry after the other, with the handle that it was given, until there are no more. */
        @Test
        void goesOnWithItsHandleToTheEnd() throws Exception {
            Bytes recorded = stubOf("samba/rpcclient-2-03-req-epmapper-ept-lookup");
            List<Entry> all = new ArrayList<>();
            Page page = page(recorded, 1);
            while (!page.entries().isEmpty()) {
                all.addAll(page.entries());
                assertThat(page.status()).isZero();
                byte[] next = recorded.toArray();
                byte[] handle = uuid(page.handle());
                System.arraycopy(handle, 0, next, 20, handle.length);
                page = page(Bytes.of(next), 1);
            }
            assertThat(page.handle()).isEqualTo(Guid.NULL);
            assertThat(page.status()).isEqualTo(EndpointMapper.NOT_REGISTERED);
            assertThat(all).extracting(Entry::object).containsExactly(Guid.NULL, Guid.NULL, OBJECT);
            assertThat(all)
                    .extracting(Entry::annotation)
                    .containsExactly(
                            "forward\0", "a text of more than sixty-three characters, of which only the f\0", "\0");
            assertThat(all)
                    .extracting(entry -> entry.tower().tcpPort().orElseThrow())
                    .containsExactly(4711, 4712, 4713);
        }

        /** smbtorture goes on only while it gets as many as it asked for, and then wants no handle to be left. */
        @Test
        void leavesNoHandleWhereFewerAreLeftThanWereAsked() throws Exception {
            assertThat(page(question(0, OBJECT, ABSENT, 1, Guid.NULL, 4), 4).handle())
                    .isEqualTo(Guid.NULL);
            Page whole = page(question(0, OBJECT, ABSENT, 1, Guid.NULL, 3), 3);
            assertThat(whole.entries()).hasSize(3);
            assertThat(whole.handle()).isNotEqualTo(Guid.NULL);
            Page rest = page(question(0, OBJECT, ABSENT, 1, whole.handle(), 3), 3);
            assertThat(rest.status()).isEqualTo(EndpointMapper.NOT_REGISTERED);
            assertThat(rest.handle()).isEqualTo(Guid.NULL);
        }

        private static byte[] uuid(Guid uuid) {
            ByteWriter out = new ByteWriter();
            uuid.write(out);
            return out.toArray();
        }

        @Test
        void finds() throws Exception {
            SyntaxId earlier = new SyntaxId(FORWARD.uuid(), 1, 2);
            SyntaxId later = new SyntaxId(FORWARD.uuid(), 1, 9);
            assertThat(ports(0, OBJECT, ABSENT, 1)).containsExactly(4711, 4712, 4713);
            assertThat(ports(1, OBJECT, BACKWARD, 1)).containsExactly(4712, 4713);
            assertThat(ports(2, OBJECT, ABSENT, 1)).containsExactly(4713);
            assertThat(ports(3, OBJECT, BACKWARD, 1)).containsExactly(4713);
            assertThat(ports(3, OBJECT, FORWARD, 1)).isEmpty();
            // versions: compatible, exact, major only, up to
            assertThat(ports(1, OBJECT, earlier, 2)).containsExactly(4711);
            assertThat(ports(1, OBJECT, later, 2)).isEmpty();
            assertThat(ports(1, OBJECT, earlier, 3)).isEmpty();
            assertThat(ports(1, OBJECT, FORWARD, 3)).containsExactly(4711);
            assertThat(ports(1, OBJECT, later, 4)).containsExactly(4711);
            assertThat(ports(1, OBJECT, later, 5)).containsExactly(4711);
            assertThat(ports(1, OBJECT, earlier, 5)).isEmpty();
        }

        private void isNoHandle(Guid handle) {
            Bytes stub = question(0, OBJECT, ABSENT, 1, handle, 1);
            assertThatThrownBy(() -> call(EndpointMapper.SYNTAX, 2, stub))
                    .isInstanceOfSatisfying(
                            RpcFaultException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.CONTEXT_MISMATCH));
        }

        @Test
        void refusesHandlesThatAreNotTheClients() throws Exception {
            Page page = page(question(0, OBJECT, ABSENT, 1, Guid.NULL, 1), 1);
            isNoHandle(Guid.random());
            try (RpcClient stranger =
                    RpcClient.connect(address, EndpointMapper.SYNTAX, null, TestServer.lenient(), soon())) {
                Bytes stub = question(0, OBJECT, ABSENT, 1, page.handle(), 1);
                assertThatThrownBy(() -> stranger.call(EndpointMapper.SYNTAX, 2, null, stub, soon()))
                        .isInstanceOf(RpcFaultException.class);
            }
            // while another connection of the same client may use it
            ClientOptions same = TestServer.lenient().withAssociationGroup(client.associationGroup());
            try (RpcClient second = RpcClient.connect(address, EndpointMapper.SYNTAX, null, same, soon())) {
                Bytes stub = question(0, OBJECT, ABSENT, 1, page.handle(), 1);
                assertThat(second.call(EndpointMapper.SYNTAX, 2, null, stub, soon())
                                .stub()
                                .size())
                        .isGreaterThan(40);
            }
        }

        @Test
        void endsWithItsHandle() throws Exception {
            Page page = page(question(0, OBJECT, ABSENT, 1, Guid.NULL, 1), 1);
            ByteWriter in = new ByteWriter().i32(0);
            page.handle().write(in);
            ByteReader out = call(EndpointMapper.SYNTAX, 4, in.toBytes());
            assertThat(handle(out)).isEqualTo(Guid.NULL);
            assertThat(out.i32("status")).isZero();

            isNoHandle(page.handle());
            assertThatThrownBy(() -> call(EndpointMapper.SYNTAX, 4, in.toBytes()))
                    .isInstanceOf(RpcFaultException.class);
        }

        /** Opened without end and never closed: the oldest are gone. */
        @Test
        void keepsFewHandles() throws Exception {
            Page first = page(question(0, OBJECT, ABSENT, 1, Guid.NULL, 1), 1);
            for (int i = 0; i < 64; i++) {
                page(question(0, OBJECT, ABSENT, 1, Guid.NULL, 1), 1);
            }
            isNoHandle(first.handle());
        }
    }

    @Test
    void nobodyChangesIt() throws Exception {
        for (int opnum : new int[] {0, 1, 6}) {
            assertThat(call(EndpointMapper.SYNTAX, opnum, Bytes.EMPTY).i32("status"))
                    .isEqualTo(EndpointMapper.CANNOT_PERFORM);
        }
        assertThatThrownBy(() -> call(EndpointMapper.SYNTAX, 5, Bytes.EMPTY)).isInstanceOf(RpcFaultException.class);
    }

    /** On every server, by the requests that smbtorture rpc.mgmt sends. */
    @Nested
    class RemoteManagement {
        @Test
        void tellsTheInterfaces() throws Exception {
            ByteReader in = call(Management.SYNTAX, 0, stubOf("samba/mgmt-req-mgmt-inq-if-ids"));

            assertThat(in.u32("referent")).isNotZero();
            assertThat(in.u32("max_count")).isEqualTo(2);
            assertThat(in.u32("count")).isEqualTo(2);
            assertThat(in.u32("referent")).isNotZero();
            assertThat(in.u32("referent")).isNotZero();
            for (SyntaxId syntax : List.of(EndpointMapper.SYNTAX, Management.SYNTAX)) {
                assertThat(Guid.read(in, "uuid")).isEqualTo(syntax.uuid());
                assertThat(in.u16("major")).isEqualTo(syntax.major());
                assertThat(in.u16("minor")).isEqualTo(syntax.minor());
            }
            assertThat(in.i32("status")).isZero();
            in.end();
        }

        @Test
        void tellsWhatWasDone() throws Exception {
            call(EndpointMapper.SYNTAX, 0, Bytes.EMPTY);
            ByteReader in = call(Management.SYNTAX, 1, stubOf("samba/mgmt-req-mgmt-inq-stats"));

            assertThat(in.u32("max_count")).isEqualTo(4);
            assertThat(in.u32("count")).isEqualTo(4);
            // two calls; bind, call, alter_context and this call came; three answers went before this one
            assertThat(in.u32("calls in")).isEqualTo(2);
            assertThat(in.u32("calls out")).isZero();
            assertThat(in.u32("PDUs in")).isEqualTo(4);
            assertThat(in.u32("PDUs out")).isEqualTo(3);
            assertThat(in.i32("status")).isZero();
            in.end();
        }

        @Test
        void tellsThatItListensAndIsNotStopped() throws Exception {
            ByteReader in = call(Management.SYNTAX, 2, stubOf("samba/mgmt-req-mgmt-is-server-listening"));
            assertThat(in.i32("status")).isZero();
            assertThat(in.i32("listening")).isEqualTo(1);
            in = call(Management.SYNTAX, 3, stubOf("samba/mgmt-req-mgmt-stop-server-listening"));
            assertThat(in.i32("status")).isEqualTo(RpcStatus.ACCESS_DENIED);
            in.end();

            in = call(Management.SYNTAX, 2, Bytes.EMPTY);
            assertThat(in.i32("status")).isZero();
        }

        /** A string of the size that was asked for, NUL alone. */
        @Test
        void hasNoPrincipalName() throws Exception {
            ByteReader in = call(Management.SYNTAX, 4, stubOf("samba/mgmt-req-mgmt-inq-princ-name"));

            assertThat(in.u32("max_count")).isEqualTo(100);
            assertThat(in.u32("offset")).isZero();
            assertThat(in.u32("actual_count")).isEqualTo(1);
            assertThat(in.u8("NUL")).isZero();
            in.align(4);
            assertThat(in.i32("status")).isZero();
            in.end();
        }
    }
}
