package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tandemopc.relay.da.PairsOfOneServer.ALIAS1;
import static org.tandemopc.relay.da.PairsOfOneServer.ALIAS2;
import static org.tandemopc.relay.da.PairsOfOneServer.NAME;
import static org.tandemopc.relay.da.PairsOfOneServer.clsid;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.common.IOPCEnumGUID;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.common.IOPCServerList2;
import org.tandemopc.opcda.ole.IEnumGUID;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Clients find the pairs of a Tandem by its own OpcEnum, over DCOM, and come to them by what they have found. */
@Timeout(120)
class OpcEnumTest {
    private static final Duration CALL = Duration.ofSeconds(20);
    private static final List<Guid> DA20 = List.of(OpcDa.CATID_OPCDASERVER20);

    @TempDir
    Path folder;

    /** A client that looks for servers. */
    private static final class Browser implements AutoCloseable {
        private final RemoteHost host;
        private final DcomClient client;
        final IOPCServerList first;
        final IOPCServerList2 second;

        Browser(RemoteHost host, ClientSecurity account) throws Exception {
            this.host = host;
            client = new DcomClient(DcomClientSettings.of(host, account));
            ComPointer<IOPCServerList> list = client.activate(
                            host, OpcDa.CLSID_OPCSERVERLIST, IOPCServerList.DEF, Deadline.after(CALL))
                    .value();
            first = list.within(CALL);
            second = list.queryInterface(IOPCServerList2.DEF, Deadline.after(CALL))
                    .value()
                    .within(CALL);
        }

        /** One after the other, by either interface. */
        List<Guid> classes() throws Exception {
            IEnumGUID ole = first.enumClassesOfCategories(DA20, List.of())
                    .value()
                    .orElseThrow()
                    .within(CALL);
            IOPCEnumGUID opc = second.enumClassesOfCategories(DA20, List.of())
                    .value()
                    .orElseThrow()
                    .within(CALL);
            List<Guid> all = ole.next(100).value();
            assertThat(opc.next(100).value()).isEqualTo(all);
            return all;
        }

        /** As a client does that was given the name of a server alone. */
        ComPointer<IOPCServer> server(String progId) throws Exception {
            return client.activate(host, second.clsidFromProgId(progId).value(), IOPCServer.DEF, Deadline.after(CALL))
                    .value();
        }

        int activationOf(Guid clsid) throws Exception {
            return client.activate(host, clsid, IOPCServer.DEF, Deadline.after(CALL))
                    .hresult();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static Browser browser(PairsOfOneServer tandem) throws Exception {
        return new Browser(tandem.host(), Logins.account());
    }

    @Test
    @Requirement(
            value = {"ALI-7", "ADD-6"},
            protocol = Protocol.DA)
    void allPairsAreListedAliasesToo() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME, ALIAS1);
                Browser browser = browser(tandem)) {
            assertThat(browser.classes()).containsExactly(clsid(NAME), clsid(ALIAS1));
            assertThat(clsid(NAME)).as("the primary's").isEqualTo(ModelServer.CLSID);

            assertThat(browser.first.getClassDetails(clsid(ALIAS1)).value())
                    .contains(new IOPCServerList.ClassDetails(ALIAS1, ALIAS1 + " (redundant, Tandem)"));
            assertThat(browser.second.getClassDetails(clsid(NAME)).value())
                    .contains(new IOPCServerList2.ClassDetails(NAME, NAME + " (redundant, Tandem)", "Plant.Server"));
            assertThat(browser.first.clsidFromProgId("plant.server.1.alias1")).isEqualTo(Result.ok(clsid(ALIAS1)));
            assertThat(browser.second.clsidFromProgId("Plant.Server")).isEqualTo(Result.ok(clsid(NAME)));
        }
    }

    @Test
    void whatTandemDoesNotPublishIsNotFound() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, ALIAS1);
                Browser browser = browser(tandem)) {
            assertThat(browser.first.clsidFromProgId(NAME).hresult()).isEqualTo(0x800401F3);
            assertThat(browser.second.clsidFromProgId("Other.Server").hresult()).isEqualTo(0x800401F3);
            assertThat(browser.first.getClassDetails(ModelServer.CLSID).hresult())
                    .isEqualTo(HResult.REGDB_E_CLASSNOTREG);
            assertThat(browser.second.getClassDetails(OpcDa.CLSID_OPCSERVERLIST).hresult())
                    .isEqualTo(HResult.REGDB_E_CLASSNOTREG);
            IEnumGUID xml = browser.first
                    .enumClassesOfCategories(List.of(OpcDa.CATID_XMLDASERVER10), List.of())
                    .value()
                    .orElseThrow()
                    .within(CALL);
            assertThat(xml.next(10)).isEqualTo(Result.partly(List.of()));
        }
    }

    /** The client comes from another address than Tandem's, and by the name alone. */
    @Test
    @Requirement(
            value = {"ALI-1", "ALI-8", "ADD-5", "SYS-10"},
            protocol = Protocol.DA)
    void threePairsOfOneServerServeAndSwitchEachByItself() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME, ALIAS1, ALIAS2);
                Browser browser = browser(tandem)) {
            for (String name : List.of(NAME, ALIAS1, ALIAS2)) {
                assertThat(browser.server(name).within(CALL).getStatus().isSuccess())
                        .isTrue();
                assertThat(tandem.pair(name).sessions()).hasSize(1);
            }

            tandem.pair(ALIAS1).switchTo(1, "ann");

            Await.until(
                    "it is at the other server",
                    CALL,
                    () -> tandem.pair(ALIAS1).snapshot().active() == 1
                            && tandem.pair(ALIAS1).snapshot().phase().equals("serving"));
            assertThat(tandem.pair(NAME).snapshot().active()).isZero();
            assertThat(tandem.pair(ALIAS2).snapshot().active()).isZero();
        }
    }

    @Test
    @Requirement(value = "ADD-5", protocol = Protocol.DA)
    void aSecondPairOfAProgIdIsRefusedUntilItHasAnAlias() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME, ALIAS1)) {
            assertThat(tandem.problems(NAME, NAME))
                    .singleElement()
                    .satisfies(problem -> assertThat(problem)
                            .contains("pairs[1].name", "Another pair has the name", NAME + ".Alias1"));
            assertThat(tandem.problems(NAME, ALIAS2)).isEmpty();
        }
    }

    @Test
    @Requirement(
            value = {"ADD-7", "ADD-10"},
            protocol = Protocol.DA)
    void aPairIsFoundAsLongAsItIsThere() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME, ALIAS1);
                Browser browser = browser(tandem)) {
            ComPointer<IOPCServer> other = browser.server(NAME);
            ComPointer<IOPCServer> removed = browser.server(ALIAS1);

            tandem.become(NAME, ALIAS2);

            assertThat(browser.classes()).containsExactly(clsid(NAME), clsid(ALIAS2));
            assertThat(browser.second.clsidFromProgId(ALIAS1).isSuccess()).isFalse();
            assertThat(browser.first.getClassDetails(clsid(ALIAS1)).isSuccess()).isFalse();
            assertThat(browser.activationOf(clsid(ALIAS1))).isEqualTo(HResult.REGDB_E_CLASSNOTREG);
            assertThatThrownBy(() -> removed.within(CALL).getStatus()).isInstanceOf(Exception.class);
            assertThat(browser.server(ALIAS2).within(CALL).getStatus().isSuccess())
                    .as("the new one")
                    .isTrue();
            assertThat(other.within(CALL).getStatus().isSuccess())
                    .as("who was not touched")
                    .isTrue();
        }
    }

    @Test
    @Requirement(value = "UNA-1", protocol = Protocol.DA)
    void withoutItsAliasAPairIsFoundByItsNameAgain() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, ALIAS1);
                Browser browser = browser(tandem)) {
            tandem.become(NAME);

            assertThat(browser.classes()).containsExactly(clsid(NAME));
            assertThat(browser.second.clsidFromProgId(ALIAS1).isSuccess()).isFalse();
            assertThat(browser.server(NAME).within(CALL).getStatus().isSuccess())
                    .isTrue();
        }
    }

    @Test
    void aDisabledPairStaysListedAndStrangersListNothing() throws Exception {
        try (PairsOfOneServer tandem = new PairsOfOneServer(folder, NAME);
                Browser browser = browser(tandem)) {
            tandem.pair(NAME).disable("ann");
            Await.until(
                    "it is disabled",
                    CALL,
                    () -> tandem.pair(NAME).snapshot().phase().equals("disabled"));

            assertThat(browser.classes()).containsExactly(clsid(NAME));
            assertThatThrownBy(() -> new Browser(tandem.host(), Logins.stranger()))
                    .isInstanceOf(Exception.class);
        }
    }
}
