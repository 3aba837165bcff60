package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.ntlm.NtlmClientSettings;
import org.tandemopc.dcom.ntlm.NtlmCredentials;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.simulator.da.DaSimulatedServer;
import org.tandemopc.simulator.da.DaSimulatorSettings;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;
import org.tandemopc.testkit.process.PortPicker;

/** Accounts of clients that come and go while Tandem runs. */
@Timeout(60)
class AccountsTest {
    private static final String ANNAS = "    - user: anna\n      password: Annas1!\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static ClientSecurity anna() {
        return ClientSecurity.of(NtlmClientSettings.of("STATION"), NtlmCredentials.of("anna", "Annas1!".toCharArray()));
    }

    private static String withAnna(String text) {
        return text.replace("pairs:\n", ANNAS + "pairs:\n");
    }

    private static int written(PairUnderTest pair, ClientSecurity account) throws Exception {
        try (TestClient client = new TestClient(pair.host(), account)) {
            TestClient.Group group = client.group("A", 7);
            Ints handles = group.add("static.1");
            Result<Ints> answer = group.io.write(handles, List.of(new Variant.I4(5)));
            return answer.value().at(0);
        }
    }

    /** Without a restart: the pair's rules name accounts that the front door has only now. */
    @Test
    @Requirement(value = "APP-1", protocol = Protocol.DA)
    void anAccountThatIsAddedReadsAndWritesAsItsPairsSayAtOnce() throws Exception {
        try (MemberUnderTest one = new MemberUnderTest("127.0.0.2");
                MemberUnderTest other = new MemberUnderTest("127.0.0.3")) {
            PairUnderTest.Spec spec = PairUnderTest.Spec.of(Mode.COLD, one, other);
            try (PairUnderTest pair = PairUnderTest.serving(folder, spec)) {
                assertThatThrownBy(() -> new TestClient(pair.host(), anna())).isInstanceOf(Exception.class);

                pair.apply(withAnna(spec.text()) + "    readers: [opc, anna]\n    writers: [anna]\n");
                pair.awaitServing(0);

                assertThat(written(pair, anna())).isEqualTo(HResult.S_OK);
                assertThat(written(pair, Logins.account())).isEqualTo(HResult.E_ACCESSDENIED);

                pair.apply(spec.text());
                pair.awaitServing(0);
                assertThatThrownBy(() -> new TestClient(pair.host(), anna())).isInstanceOf(Exception.class);
                assertThat(written(pair, Logins.account())).isEqualTo(HResult.S_OK);
            }
        }
    }

    /** The door for callbacks stays open through changes, and asks who is known now. */
    @Test
    @Requirement(value = "APP-1", protocol = Protocol.DA)
    void aMemberThatCallsBackByAnAccountThatIsAddedIsLetIn() throws Exception {
        DaSimulatorSettings plc = DaSimulatorSettings.at(InetAddress.ofLiteral("127.0.0.2"))
                .withAccount("anna", "Annas1!")
                .withPorts(PortPicker.pick(), PortPicker.pick());
        String member = PairUnderTest.Spec.member("127.0.0.2", plc.resolverPort(), plc.clsid())
                .replace("user: opc", "user: anna")
                .replace("Secret1!", "Annas1!");
        PairUnderTest.Spec spec = PairUnderTest.Spec.of(Mode.COLD, List.of(member, member));
        String text = spec.text() + "    clsid: " + Rig.PAIR_CLSID + "\n";
        try (PairUnderTest pair = new PairUnderTest(folder, spec, text)) {
            pair.apply(withAnna(text));
            // only now: a server whose logins are refused may not try again
            try (DaSimulatedServer _ = DaSimulatedServer.start(plc)) {
                pair.awaitServing(0);
                try (CounterClient stream = new CounterClient(pair.host())) {
                    stream.requireInOrder();
                }
            }
        }
    }
}
