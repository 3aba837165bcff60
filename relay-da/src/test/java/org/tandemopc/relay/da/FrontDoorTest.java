package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Who comes in, and what they may do. */
@Timeout(120)
class FrontDoorTest {
    @TempDir
    Path folder;

    @Test
    void anAccountThatMayNotWriteReadsAndNothingOfItsWritesReachesAMember() throws Exception {
        try (Rig rig = new Rig(Mode.COLD, folder, account -> !account.user().equals("opc"))) {
            rig.awaitServing(0);
            try (TestClient client = new TestClient(rig.host())) {
                TestClient.Group group = client.group("A", 7);
                Ints handles = group.add("Boiler.Level");
                group.advise();

                assertThat(group.io.write(handles, List.of(new Variant.R8(5))))
                        .isEqualTo(Result.partly(Ints.of(HResult.E_ACCESSDENIED)));
                assertThat(group.async
                                .write(handles, List.of(new Variant.R8(5)), 3)
                                .value()
                                .errors())
                        .containsExactly(HResult.E_ACCESSDENIED);
                assertThat(group.io.read(OpcDataSource.DEVICE, handles).value().errors())
                        .containsExactly(0);
                assertThat(rig.primary.ledger()).isEmpty();
            }
        }
    }

    @Test
    void strangersGetNoServerObject() throws Exception {
        try (Rig rig = new Rig(Mode.COLD, folder)) {
            rig.awaitServing(0);

            assertThatThrownBy(() -> new TestClient(rig.host(), Logins.stranger()))
                    .isInstanceOf(Exception.class);
            assertThat(rig.pair().sessions()).isEmpty();
        }
    }

    /** The object of before serves nobody again, and says so, so that the client activates anew. */
    @Test
    @Requirement(
            value = {"ENA-1", "ENA-2", "ENA-5"},
            protocol = Protocol.DA)
    void aPairThatIsDisabledRefusesAndServesNewObjectsOnceEnabled() throws Exception {
        try (Rig rig = new Rig(Mode.COLD, folder)) {
            rig.awaitServing(0);
            try (TestClient before = new TestClient(rig.host())) {
                rig.pair().disable("test");
                Await.until("closed", Rig.PATIENCE, () -> rig.pair().sessions().isEmpty());

                assertThatThrownBy(() -> new TestClient(rig.host())).hasMessageContaining("0x800706BA");
                assertThatThrownBy(before.server::getStatus).hasMessageContaining("80010108");
                rig.pair().enable("test");
                rig.awaitServing(0);

                assertThatThrownBy(before.server::getStatus).isInstanceOf(Exception.class);
                try (TestClient after = new TestClient(rig.host())) {
                    assertThat(after.server.getStatus().isSuccess()).isTrue();
                }
            }
        }
    }
}
