package org.tandemopc.dcom.orpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.MalformedException;
import org.tandemopc.dcom.ntlm.Leniency;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.ObjRef;
import org.tandemopc.dcom.orpc.Thermometer;
import org.tandemopc.dcom.orpc.wire.IActivation;
import org.tandemopc.dcom.orpc.wire.IObjectExporter;
import org.tandemopc.dcom.orpc.wire.IRemoteSCMActivator;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.dcom.rpc.CallContext;
import org.tandemopc.dcom.rpc.Pdu;
import org.tandemopc.dcom.rpc.PduCodec;
import org.tandemopc.dcom.rpc.PduTap;
import org.tandemopc.dcom.rpc.PeerPolicy;
import org.tandemopc.dcom.rpc.RpcFaultException;
import org.tandemopc.dcom.rpc.RpcStatus;
import org.tandemopc.testkit.Await;

/**
 * Who is refused hears that he is, and nothing else; the log says whether it was his level, his account or a permission. And it
 * says aloud what is taken that should not be, where a setting allows that.
 */
@Timeout(60)
class RefusalsTest {
    private static final Guid THERMOMETER = Thermometer.DEF.iid();

    private static final Access NOBODY = new Access() {
        @Override
        public Optional<String> refusesActivation(CallContext call, Guid clsid) {
            return Optional.of("permission: nobody activates " + clsid);
        }
    };

    private static final Access NOT_EVE = new Access() {
        @Override
        public Optional<String> refusesCall(CallContext call, ComObject object) {
            return call.principal().user().equals("eve")
                    ? Optional.of("permission: eve may not call " + object)
                    : Optional.empty();
        }
    };

    private final List<Pdu> sent = new CopyOnWriteArrayList<>();

    private final PduTap tap = (connection, direction, wire, plain) -> {
        if (direction == PduTap.Direction.SENT && plain.size() > 0) {
            sent.add(decoded(plain));
        }
    };

    private static Pdu decoded(Bytes octets) {
        try {
            return PduCodec.decode(octets);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static RawClient resolver(TestDcom dcom, String user, AuthLevel level) throws Exception {
        return RawClient.connect(dcom.resolver(), IObjectExporter.SYNTAX, user, level);
    }

    private static RawClient objects(TestDcom dcom, String user, AuthLevel level) throws Exception {
        return RawClient.connect(dcom.objects(), RawClient.REM_UNKNOWN, user, level);
    }

    private static Guid room(TestDcom dcom) throws Exception {
        try (RawClient client = resolver(dcom, "opc", AuthLevel.PKT_INTEGRITY)) {
            var pointer = client.oldActivation(TestDcom.ROOM, 0, THERMOMETER)
                    .pointers()
                    .getFirst();
            return ObjRef.of(pointer.orElseThrow()).standard().orElseThrow().ipid();
        }
    }

    private static void deniesTheCall(RawClient client, Guid ipid) {
        assertThatThrownBy(() -> client.read(ipid, "boiler"))
                .isInstanceOfSatisfying(
                        RpcFaultException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.ACCESS_DENIED));
    }

    private static void isTold(TestDcom dcom, String why) {
        Await.until("told: " + why, TestDcom.PATIENCE, () -> dcom.log.stream().anyMatch(line -> line.contains(why)));
    }

    /** By all three causes; the answers are the same octet for octet, but for the number of the call. */
    @Test
    void aRefusedCallSaysInTheLogAloneWhatWasMissing() throws Exception {
        try (TestDcom dcom =
                TestDcom.with(settings -> settings.withAccess(NOT_EVE).withTap(tap))) {
            Guid ipid = room(dcom);
            try (RawClient nobody = objects(dcom, "", AuthLevel.NONE)) {
                deniesTheCall(nobody, ipid);
                isTold(dcom, ": level: a call at level NONE, and PKT_INTEGRITY is asked for");
            }
            try (RawClient stranger = objects(dcom, "mallory", AuthLevel.PKT_INTEGRITY)) {
                deniesTheCall(stranger, ipid);
                isTold(dcom, ": login refused: account: there is no user PLANT\\mallory");
            }
            try (RawClient eve = objects(dcom, "eve", AuthLevel.PKT_INTEGRITY)) {
                deniesTheCall(eve, ipid);
                isTold(dcom, ": permission: eve may not call room 1");
            }
            List<Pdu> faults = sent.stream()
                    .filter(Pdu.Fault.class::isInstance)
                    .map(RefusalsTest::withoutItsNumber)
                    .toList();
            assertThat(faults).hasSize(3);
            assertThat(faults).containsOnly(faults.getFirst());
        }
    }

    private static Pdu withoutItsNumber(Pdu pdu) {
        Pdu.Fault fault = (Pdu.Fault) pdu;
        return Pdu.Fault.of(fault.header().flags() & ~3, 0, 0, fault.status())
                        .stub()
                        .equals(fault.stub())
                ? Pdu.Fault.of(fault.header().flags() & ~3, 0, 0, fault.status())
                : fault;
    }

    @Test
    void aRefusedLoginForItsLevelSaysSo() throws Exception {
        try (TestDcom dcom = TestDcom.strict();
                RawClient client = resolver(dcom, "opc", AuthLevel.CONNECT)) {
            assertThatThrownBy(() -> client.ping(0)).isInstanceOf(RpcFaultException.class);
            isTold(dcom, ": login refused: level: calls are neither signed nor sealed (the setting UNSIGNED_CALLS");
        }
    }

    @Test
    void aRefusedActivationSaysInTheLogAloneWhatWasMissing() throws Exception {
        TestDcom connecting = new TestDcom(PeerPolicy.strict(), EnumSet.allOf(Leniency.class), settings -> settings);
        try (connecting;
                RawClient client = resolver(connecting, "opc", AuthLevel.CONNECT);
                RawClient nobody = resolver(connecting, "", AuthLevel.NONE)) {
            assertThat(denied(client)).isEqualTo(denied(nobody));
            isTold(connecting, ": level: activation of " + TestDcom.ROOM + " at level CONNECT, and PKT_INTEGRITY is");
            isTold(connecting, ": level: activation of " + TestDcom.ROOM + " at level NONE, and PKT_INTEGRITY is");
        }
        PeerPolicy open = PeerPolicy.strict().withMinCallLevel(AuthLevel.NONE).withMinActivationLevel(AuthLevel.NONE);
        try (TestDcom dcom = new TestDcom(open, EnumSet.allOf(Leniency.class), settings -> settings);
                RawClient nobody = resolver(dcom, "", AuthLevel.NONE)) {
            denied(nobody);
            isTold(dcom, ": account: nobody has logged in to activate " + TestDcom.ROOM);
        }
        try (TestDcom dcom = TestDcom.with(settings -> settings.withAccess(NOBODY));
                RawClient client = resolver(dcom, "opc", AuthLevel.PKT_INTEGRITY)) {
            denied(client);
            isTold(dcom, ": permission: nobody activates " + TestDcom.ROOM);
        }
    }

    private static IActivation.Response denied(RawClient client) throws Exception {
        assertThat(client.activation(TestDcom.ROOM, IRemoteSCMActivator.REMOTE_CREATE_INSTANCE, THERMOMETER))
                .isEqualTo(new IRemoteSCMActivator.Response(Optional.empty(), HResult.E_ACCESSDENIED));
        IActivation.Response old = client.oldActivation(TestDcom.ROOM, 0, THERMOMETER);
        assertThat(old.hresult()).isEqualTo(HResult.E_ACCESSDENIED);
        return old;
    }

    /** Once for each level, be it many clients; and never where all is as it should be. */
    @Test
    void callsBelowIntegrityAreToldAloud() throws Exception {
        try (TestDcom dcom = TestDcom.lenient();
                RawClient client = resolver(dcom, "opc", AuthLevel.CONNECT);
                RawClient other = resolver(dcom, "eve", AuthLevel.CONNECT)) {
            client.ping(0);
            other.ping(0);
            assertThat(dcom.log)
                    .filteredOn(line -> line.startsWith("INSECURE CALLS"))
                    .singleElement()
                    .asString()
                    .contains("setting PeerPolicy.minCallLevel", "at level CONNECT", "read, change and add calls");
        }
        try (TestDcom dcom = TestDcom.strict();
                RawClient client = resolver(dcom, "opc", AuthLevel.PKT_INTEGRITY);
                RawClient nobody = resolver(dcom, "", AuthLevel.NONE)) {
            client.ping(0);
            // open to all by its nature
            var unused = nobody.call(IObjectExporter.SYNTAX, IObjectExporter.SERVER_ALIVE, null, out -> {});
            assertThat(dcom.log).isEmpty();
        }
    }

    @Test
    void activationBelowIntegrityIsToldAloud() throws Exception {
        try (TestDcom dcom = TestDcom.lenient();
                RawClient client = resolver(dcom, "opc", AuthLevel.CONNECT)) {
            assertThat(client.oldActivation(TestDcom.ROOM, 0, THERMOMETER).hresult())
                    .isEqualTo(HResult.S_OK);
            assertThat(dcom.log)
                    .singleElement()
                    .asString()
                    .startsWith("INSECURE CALLS (setting PeerPolicy.minActivationLevel) at level CONNECT");
        }
    }
}
