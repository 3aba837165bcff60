package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.Deadline;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.RemoteHost;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.dcom.orpc.client.DcomClient;
import org.tandemopc.dcom.orpc.client.DcomClientSettings;
import org.tandemopc.opcda.IOPCAsyncIO;
import org.tandemopc.opcda.IOPCAsyncIO2;
import org.tandemopc.opcda.IOPCAsyncIO3;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCGroupStateMgt2;
import org.tandemopc.opcda.IOPCItemDeadbandMgt;
import org.tandemopc.opcda.IOPCItemIO;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCItemSamplingMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCServerPublicGroups;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCSecurityNT;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.simulator.da.DaVersion;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Clients find the interfaces that they would find at a member, by which they choose how they go on. */
@Timeout(120)
class MirrorTest {
    private static final List<InterfaceDef<?>> OF_SERVERS = List.of(
            IOPCServer.DEF,
            IOPCCommon.DEF,
            IConnectionPointContainer.DEF,
            IOPCBrowseServerAddressSpace.DEF,
            IOPCItemProperties.DEF,
            IOPCBrowse.DEF,
            IOPCItemIO.DEF,
            IOPCServerPublicGroups.DEF,
            IOPCSecurityNT.DEF,
            IOPCSecurityPrivate.DEF);

    private static final List<InterfaceDef<?>> OF_GROUPS = List.of(
            IOPCItemMgt.DEF,
            IOPCGroupStateMgt.DEF,
            IOPCSyncIO.DEF,
            IOPCAsyncIO.DEF,
            IDataObject.DEF,
            IOPCAsyncIO2.DEF,
            IConnectionPointContainer.DEF,
            IOPCGroupStateMgt2.DEF,
            IOPCSyncIO2.DEF,
            IOPCAsyncIO3.DEF,
            IOPCItemDeadbandMgt.DEF,
            IOPCItemSamplingMgt.DEF);

    @TempDir
    Path folder;

    /** What a client finds at a server, and what it is told where it finds nothing. */
    private record Found(List<String> server, List<String> group) {
        static Found at(RemoteHost host, Guid clsid) throws Exception {
            try (DcomClient client = new DcomClient(DcomClientSettings.of(host, Logins.account()))) {
                ComPointer<IOPCServer> server = client.activate(
                                host, clsid, IOPCServer.DEF, Deadline.after(TestClient.CALL))
                        .value();
                IOPCServer.AddedGroup added = server.within(TestClient.CALL)
                        .addGroup(new IOPCServer.NewGroup(
                                "", true, 100, 1, Optional.empty(), Optional.empty(), 0, IOPCItemMgt.DEF.iid()))
                        .value();
                return new Found(asked(server, OF_SERVERS), asked(added.group().orElseThrow(), OF_GROUPS));
            }
        }

        private static List<String> asked(ComPointer<?> object, List<InterfaceDef<?>> types) throws Exception {
            List<String> all = new ArrayList<>();
            for (InterfaceDef<?> type : types) {
                Result<? extends ComPointer<?>> found = object.queryInterface(type, Deadline.after(TestClient.CALL));
                all.add("%s %08X".formatted(type, found.hresult()));
            }
            return all;
        }
    }

    private TestTandem tandem(SimulatedMember one, SimulatedMember other) throws Exception {
        TestTandem tandem = new TestTandem(Mode.WARM, folder, List.of(one.config(), other.config()), account -> true);
        tandem.awaitServing(0);
        tandem.awaitStandbyReady(1);
        return tandem;
    }

    @ParameterizedTest
    @EnumSource(DaVersion.class)
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void beforeServersOfOneVersionClientsFindThatVersion(DaVersion version) throws Exception {
        requireSame(EnumSet.of(version));
    }

    @Test
    @Requirement(value = "SYS-6", protocol = Protocol.DA)
    void beforeServersOfAllVersionsClientsFindAllThatTandemHas() throws Exception {
        requireSame(EnumSet.allOf(DaVersion.class));
    }

    private void requireSame(Set<DaVersion> versions) throws Exception {
        try (SimulatedMember one = new SimulatedMember("127.0.0.2", versions);
                SimulatedMember other = new SimulatedMember("127.0.0.3", versions);
                TestTandem tandem = tandem(one, other)) {
            assertThat(Found.at(tandem.host(), TestTandem.PAIR_CLSID)).isEqualTo(Found.at(one.host(), one.clsid()));
        }
    }

    /** By what both have a client can go on after a switch, whichever serves it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void beforeServersOfDifferentVersionsClientsFindWhatBothHave(boolean isFirstNewer) throws Exception {
        Set<DaVersion> all = EnumSet.allOf(DaVersion.class);
        Set<DaVersion> old = EnumSet.of(DaVersion.DA_2_05A);
        try (SimulatedMember one = new SimulatedMember("127.0.0.2", isFirstNewer ? all : old);
                SimulatedMember other = new SimulatedMember("127.0.0.3", isFirstNewer ? old : all);
                TestTandem tandem = tandem(one, other)) {
            SimulatedMember older = isFirstNewer ? other : one;
            assertThat(Found.at(tandem.host(), TestTandem.PAIR_CLSID)).isEqualTo(Found.at(older.host(), older.clsid()));
        }
    }

    /** Optional and gone from DA 3.0: clients find them missing before servers that have them, and need no other answer. */
    @Test
    void publicGroupsOfMembersAreNotOffered() throws Exception {
        try (ModelServer one = new ModelServer(InetAddress.ofLiteral("127.0.0.2"));
                ModelServer other = new ModelServer(InetAddress.ofLiteral("127.0.0.3"))) {
            one.hasPublicGroups = true;
            other.hasPublicGroups = true;
            List<DaPairConfig.Member> members = Stream.of(one, other)
                    .map(model -> new DaPairConfig.Member(model.address(), ModelServer.CLSID, Logins.account()))
                    .toList();
            try (TestTandem tandem = new TestTandem(Mode.WARM, folder, members, account -> true)) {
                tandem.awaitServing(0);

                assertThat(Found.at(one.address(), ModelServer.CLSID).server())
                        .as("control")
                        .contains("IOPCServerPublicGroups 00000000");
                assertThat(Found.at(tandem.host(), TestTandem.PAIR_CLSID).server())
                        .contains("IOPCServerPublicGroups 80004002");
            }
        }
    }

    /** The question leaves nothing behind at the members. */
    @Test
    void noGroupStaysOfTheQuestionWhichInterfacesThereAre() throws Exception {
        Set<DaVersion> all = EnumSet.allOf(DaVersion.class);
        try (SimulatedMember one = new SimulatedMember("127.0.0.2", all);
                SimulatedMember other = new SimulatedMember("127.0.0.3", all);
                TestTandem tandem = tandem(one, other)) {
            assertThat(tandem.pair().sessions()).isEmpty();
            assertThat(one.server().groups()).isZero();
            assertThat(other.server().groups()).isZero();
        }
    }
}
