package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Result;
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
import org.tandemopc.opcda.IOPCPublicGroupStateMgt;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.IOPCServerPublicGroups;
import org.tandemopc.opcda.IOPCSyncIO;
import org.tandemopc.opcda.IOPCSyncIO2;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.common.IOPCServerList2;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;

/** What a server of each version can be asked for, and by which categories it is found. */
@Timeout(120)
class DaVersionsTest {
    private static final List<InterfaceDef<?>> OF_SERVERS = List.of(
            IOPCServer.DEF,
            IOPCCommon.DEF,
            IConnectionPointContainer.DEF,
            IOPCServerPublicGroups.DEF,
            IOPCBrowseServerAddressSpace.DEF,
            IOPCItemProperties.DEF,
            IOPCBrowse.DEF,
            IOPCItemIO.DEF);
    private static final List<InterfaceDef<?>> OF_GROUPS = List.of(
            IOPCItemMgt.DEF,
            IOPCGroupStateMgt.DEF,
            IOPCSyncIO.DEF,
            IOPCAsyncIO.DEF,
            IDataObject.DEF,
            IOPCAsyncIO2.DEF,
            IConnectionPointContainer.DEF,
            IOPCPublicGroupStateMgt.DEF,
            IOPCGroupStateMgt2.DEF,
            IOPCSyncIO2.DEF,
            IOPCAsyncIO3.DEF,
            IOPCItemDeadbandMgt.DEF,
            IOPCItemSamplingMgt.DEF);

    static Stream<Arguments> versions() {
        return Stream.of(
                Arguments.of(
                        EnumSet.of(DaVersion.DA_1_0),
                        List.of(IOPCServer.DEF, IOPCBrowseServerAddressSpace.DEF),
                        List.of(
                                IOPCItemMgt.DEF,
                                IOPCGroupStateMgt.DEF,
                                IOPCSyncIO.DEF,
                                IOPCAsyncIO.DEF,
                                IDataObject.DEF)),
                Arguments.of(
                        EnumSet.of(DaVersion.DA_2_05A),
                        List.of(
                                IOPCServer.DEF,
                                IOPCCommon.DEF,
                                IConnectionPointContainer.DEF,
                                IOPCBrowseServerAddressSpace.DEF,
                                IOPCItemProperties.DEF),
                        List.of(
                                IOPCItemMgt.DEF,
                                IOPCGroupStateMgt.DEF,
                                IOPCSyncIO.DEF,
                                IOPCAsyncIO2.DEF,
                                IConnectionPointContainer.DEF)),
                Arguments.of(
                        EnumSet.of(DaVersion.DA_3_0),
                        List.of(
                                IOPCServer.DEF,
                                IOPCCommon.DEF,
                                IConnectionPointContainer.DEF,
                                IOPCBrowse.DEF,
                                IOPCItemIO.DEF),
                        List.of(
                                IOPCItemMgt.DEF,
                                IOPCGroupStateMgt.DEF,
                                IOPCSyncIO.DEF,
                                IOPCAsyncIO2.DEF,
                                IConnectionPointContainer.DEF,
                                IOPCGroupStateMgt2.DEF,
                                IOPCSyncIO2.DEF,
                                IOPCAsyncIO3.DEF,
                                IOPCItemDeadbandMgt.DEF,
                                IOPCItemSamplingMgt.DEF)),
                Arguments.of(
                        EnumSet.allOf(DaVersion.class),
                        List.of(
                                IOPCServer.DEF,
                                IOPCCommon.DEF,
                                IConnectionPointContainer.DEF,
                                IOPCBrowseServerAddressSpace.DEF,
                                IOPCItemProperties.DEF,
                                IOPCBrowse.DEF,
                                IOPCItemIO.DEF),
                        OF_GROUPS.stream()
                                .filter(each -> !each.equals(IOPCPublicGroupStateMgt.DEF))
                                .toList()));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void itHasTheInterfacesOfItsVersionsAndNoOthers(
            Set<DaVersion> versions, List<InterfaceDef<?>> ofServer, List<InterfaceDef<?>> ofGroup) throws Exception {
        try (DaSimulatedServer server =
                        DaSimulatedServer.start(DaTestClient.settings().withVersions(versions));
                DaTestClient client = DaTestClient.of(server)) {
            ComPointer<IOPCServer> opc = client.server();
            var group = client.group(opc, "a", 100);

            assertThat(had(opc, OF_SERVERS)).containsExactlyElementsOf(ofServer);
            assertThat(had(group.items, OF_GROUPS)).containsExactlyElementsOf(ofGroup);
        }
    }

    private static List<InterfaceDef<?>> had(ComPointer<?> object, List<InterfaceDef<?>> all) throws Exception {
        List<InterfaceDef<?>> had = new ArrayList<>();
        for (InterfaceDef<?> each : all) {
            Result<? extends ComPointer<?>> asked = object.queryInterface(each, soon());
            if (asked.isSuccess()) {
                had.add(each);
                asked.value().close();
            } else {
                assertThat(asked.hresult()).isEqualTo(HResult.E_NOINTERFACE);
            }
        }
        return had;
    }

    @Test
    void opcEnumListsTheServerByTheCategoriesOfItsVersions() throws Exception {
        try (DaSimulatedServer server =
                        DaSimulatedServer.start(DaTestClient.settings().withVersions(EnumSet.of(DaVersion.DA_2_05A)));
                DaTestClient client = DaTestClient.of(server)) {
            IOPCServerList list = client.activate(OpcDa.CLSID_OPCSERVERLIST, IOPCServerList.DEF)
                    .within(DaTestClient.PATIENCE);
            IOPCServerList2 list2 = client.activate(OpcDa.CLSID_OPCSERVERLIST, IOPCServerList2.DEF)
                    .within(DaTestClient.PATIENCE);

            for (DaVersion version : DaVersion.values()) {
                List<Guid> expected = version == DaVersion.DA_2_05A ? List.of(DaSimulatorSettings.CLSID) : List.of();
                var first = list.enumClassesOfCategories(List.of(version.category()), List.of())
                        .value()
                        .orElseThrow();
                assertThat(first.within(soon()).next(10)).isEqualTo(Result.partly(expected));
                var second = list2.enumClassesOfCategories(List.of(version.category()), List.of())
                        .value()
                        .orElseThrow();
                assertThat(second.within(soon()).next(10)).isEqualTo(Result.partly(expected));
            }
            assertThat(list.clsidFromProgId("tandem.simulatedda.1")).isEqualTo(Result.ok(DaSimulatorSettings.CLSID));
            assertThat(list2.clsidFromProgId("Tandem.SimulatedDA")).isEqualTo(Result.ok(DaSimulatorSettings.CLSID));
            assertThat(list.clsidFromProgId("Other.Server").isSuccess()).isFalse();
            assertThat(list2.getClassDetails(DaSimulatorSettings.CLSID)
                            .value()
                            .orElseThrow()
                            .versionIndependentProgId())
                    .isEqualTo("Tandem.SimulatedDA");
        }
    }
}
