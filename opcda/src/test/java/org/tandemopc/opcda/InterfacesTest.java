package org.tandemopc.opcda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCEnumGUID;
import org.tandemopc.opcda.common.IOPCSecurityNT;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.common.IOPCServerList2;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.IAdviseSink;
import org.tandemopc.opcda.ole.IConnectionPoint;
import org.tandemopc.opcda.ole.IConnectionPointContainer;
import org.tandemopc.opcda.ole.IDataObject;
import org.tandemopc.opcda.ole.IEnumConnectionPoints;
import org.tandemopc.opcda.ole.IEnumConnections;
import org.tandemopc.opcda.ole.IEnumFORMATETC;
import org.tandemopc.opcda.ole.IEnumGUID;
import org.tandemopc.opcda.ole.IEnumSTATDATA;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.ole.IEnumUnknown;
import org.tandemopc.opcda.ole.IPersist;
import org.tandemopc.opcda.ole.IPersistFile;

/** IIDs, names and the order of methods are those of the IDL, written down here a second time. */
class InterfacesTest {
    private static final String DA = "-011e-11d0-9675-0020afd8adb3";
    private static final String COM = "-0000-0000-c000-000000000046";
    private static final String ENUMERATOR = "3 Next, 4 Skip, 5 Reset, 6 Clone";

    /** Interface, IID, opnums and methods in their order. */
    static List<Arguments> interfaces() {
        return List.of(
                Arguments.of(
                        IOPCServer.DEF,
                        "39c13a4d" + DA,
                        "3 AddGroup, 4 GetErrorString, 5 GetGroupByName, 6 GetStatus, 7 RemoveGroup, 8 CreateGroupEnumerator"),
                Arguments.of(
                        IOPCServerPublicGroups.DEF, "39c13a4e" + DA, "3 GetPublicGroupByName, 4 RemovePublicGroup"),
                Arguments.of(
                        IOPCBrowseServerAddressSpace.DEF,
                        "39c13a4f" + DA,
                        "3 QueryOrganization, 4 ChangeBrowsePosition, 5 BrowseOPCItemIDs, 6 GetItemID, 7 BrowseAccessPaths"),
                Arguments.of(IOPCGroupStateMgt.DEF, "39c13a50" + DA, "3 GetState, 4 SetState, 5 SetName, 6 CloneGroup"),
                Arguments.of(IOPCPublicGroupStateMgt.DEF, "39c13a51" + DA, "3 GetState, 4 MoveToPublic"),
                Arguments.of(IOPCSyncIO.DEF, "39c13a52" + DA, "3 Read, 4 Write"),
                Arguments.of(IOPCAsyncIO.DEF, "39c13a53" + DA, "3 Read, 4 Write, 5 Refresh, 6 Cancel"),
                Arguments.of(
                        IOPCItemMgt.DEF,
                        "39c13a54" + DA,
                        "3 AddItems, 4 ValidateItems, 5 RemoveItems, 6 SetActiveState, 7 SetClientHandles, 8 SetDatatypes,"
                                + " 9 CreateEnumerator"),
                Arguments.of(IEnumOPCItemAttributes.DEF, "39c13a55" + DA, ENUMERATOR),
                Arguments.of(
                        IOPCDataCallback.DEF,
                        "39c13a70" + DA,
                        "3 OnDataChange, 4 OnReadComplete, 5 OnWriteComplete, 6 OnCancelComplete"),
                Arguments.of(
                        IOPCAsyncIO2.DEF,
                        "39c13a71" + DA,
                        "3 Read, 4 Write, 5 Refresh2, 6 Cancel2, 7 SetEnable, 8 GetEnable"),
                Arguments.of(
                        IOPCItemProperties.DEF,
                        "39c13a72" + DA,
                        "3 QueryAvailableProperties, 4 GetItemProperties, 5 LookupItemIDs"),
                Arguments.of(
                        IOPCItemDeadbandMgt.DEF,
                        "5946da93-8b39-4ec8-ab3d-aa73df5bc86f",
                        "3 SetItemDeadband, 4 GetItemDeadband, 5 ClearItemDeadband"),
                Arguments.of(
                        IOPCItemSamplingMgt.DEF,
                        "3e22d313-f08b-41a5-86c8-95e95cb49ffc",
                        "3 SetItemSamplingRate, 4 GetItemSamplingRate, 5 ClearItemSamplingRate, 6 SetItemBufferEnable,"
                                + " 7 GetItemBufferEnable"),
                Arguments.of(IOPCBrowse.DEF, "39227004-a18f-4b57-8b0a-5235670f4468", "3 GetProperties, 4 Browse"),
                Arguments.of(IOPCItemIO.DEF, "85c0b427-2893-4cbc-bd78-e5fc5146f08f", "3 Read, 4 WriteVQT"),
                Arguments.of(
                        IOPCSyncIO2.DEF,
                        "730f5f0f-55b1-4c81-9e18-ff8a0904e1fa",
                        "3 Read, 4 Write, 5 ReadMaxAge, 6 WriteVQT"),
                Arguments.of(
                        IOPCAsyncIO3.DEF,
                        "0967b97b-36ef-423e-b6f8-6bff1e40d39d",
                        "3 Read, 4 Write, 5 Refresh2, 6 Cancel2, 7 SetEnable, 8 GetEnable, 9 ReadMaxAge, 10 WriteVQT,"
                                + " 11 RefreshMaxAge"),
                Arguments.of(
                        IOPCGroupStateMgt2.DEF,
                        "8e368666-d72e-4f78-87ed-647611c61c9f",
                        "3 GetState, 4 SetState, 5 SetName, 6 CloneGroup, 7 SetKeepAlive, 8 GetKeepAlive"),
                Arguments.of(
                        IOPCCommon.DEF,
                        "f31dfde2-07b6-11d2-b2d8-0060083ba1fb",
                        "3 SetLocaleID, 4 GetLocaleID, 5 QueryAvailableLocaleIDs, 6 GetErrorString, 7 SetClientName"),
                Arguments.of(IOPCShutdown.DEF, "f31dfde1-07b6-11d2-b2d8-0060083ba1fb", "3 ShutdownRequest"),
                Arguments.of(
                        IOPCServerList.DEF,
                        "13486d50-4821-11d2-a494-3cb306c10000",
                        "3 EnumClassesOfCategories, 4 GetClassDetails, 5 CLSIDFromProgID"),
                Arguments.of(
                        IOPCServerList2.DEF,
                        "9dd0b56c-ad9e-43ee-8305-487f3188bf7a",
                        "3 EnumClassesOfCategories, 4 GetClassDetails, 5 CLSIDFromProgID"),
                Arguments.of(IOPCEnumGUID.DEF, "55c382c8-21c7-4e88-96c1-becfb1e3f483", ENUMERATOR),
                Arguments.of(
                        IOPCSecurityNT.DEF,
                        "7aa83a01-6c77-11d3-84f9-00008630a38b",
                        "3 IsAvailableNT, 4 QueryMinImpersonationLevel, 5 ChangeUser"),
                Arguments.of(
                        IOPCSecurityPrivate.DEF,
                        "7aa83a02-6c77-11d3-84f9-00008630a38b",
                        "3 IsAvailablePriv, 4 Logon, 5 Logoff"),
                Arguments.of(
                        IConnectionPointContainer.DEF,
                        "b196b284-bab4-101a-b69c-00aa00341d07",
                        "3 EnumConnectionPoints, 4 FindConnectionPoint"),
                Arguments.of(
                        IConnectionPoint.DEF,
                        "b196b286-bab4-101a-b69c-00aa00341d07",
                        "3 GetConnectionInterface, 4 GetConnectionPointContainer, 5 Advise, 6 Unadvise, 7 EnumConnections"),
                Arguments.of(IEnumConnectionPoints.DEF, "b196b285-bab4-101a-b69c-00aa00341d07", ENUMERATOR),
                Arguments.of(IEnumConnections.DEF, "b196b287-bab4-101a-b69c-00aa00341d07", ENUMERATOR),
                Arguments.of(IEnumString.DEF, "00000101" + COM, ENUMERATOR),
                Arguments.of(IEnumUnknown.DEF, "00000100" + COM, ENUMERATOR),
                Arguments.of(IEnumGUID.DEF, "0002e000" + COM, ENUMERATOR),
                Arguments.of(
                        IDataObject.DEF,
                        "0000010e" + COM,
                        "3 GetData, 5 QueryGetData, 6 GetCanonicalFormatEtc, 8 EnumFormatEtc, 9 DAdvise, 10 DUnadvise,"
                                + " 11 EnumDAdvise"),
                Arguments.of(
                        IAdviseSink.DEF,
                        "0000010f" + COM,
                        "3 OnDataChange, 4 OnViewChange, 5 OnRename, 6 OnSave, 7 OnClose"),
                Arguments.of(IEnumFORMATETC.DEF, "00000103" + COM, ENUMERATOR),
                Arguments.of(IEnumSTATDATA.DEF, "00000105" + COM, ENUMERATOR),
                Arguments.of(IPersist.DEF, "0000010c" + COM, "3 GetClassID"),
                Arguments.of(
                        IPersistFile.DEF,
                        "0000010b" + COM,
                        "3 GetClassID, 4 IsDirty, 5 Load, 6 Save, 7 SaveCompleted, 8 GetCurFile"));
    }

    static Stream<InterfaceDef<?>> definitions() {
        return interfaces().stream().map(one -> (InterfaceDef<?>) one.get()[0]);
    }

    @ParameterizedTest
    @MethodSource("interfaces")
    void iidNameAndMethodsAreThoseOfTheIdl(InterfaceDef<?> type, String iid, String methods) {
        assertThat(type.iid()).isEqualTo(Guid.of(iid));
        assertThat(Loop.operations(type).stream().map(one -> one.opnum() + " " + one.name()))
                .containsExactly(methods.split(", "));
    }

    @Test
    void noInterfaceIsDescribedTwice() {
        assertThat(definitions().map(InterfaceDef::iid)).doesNotHaveDuplicates();
        assertThat(definitions().map(InterfaceDef::name)).doesNotHaveDuplicates();
    }

    /** A pointer to what came later is one to what came before: clients ask for either. */
    @Test
    void laterInterfacesAreTheEarlierOnesToo() {
        assertThat(IOPCSyncIO2.DEF.isA(IOPCSyncIO.DEF.iid())).isTrue();
        assertThat(IOPCAsyncIO3.DEF.isA(IOPCAsyncIO2.DEF.iid())).isTrue();
        assertThat(IOPCGroupStateMgt2.DEF.isA(IOPCGroupStateMgt.DEF.iid())).isTrue();
        assertThat(IOPCAsyncIO2.DEF.isA(IOPCAsyncIO.DEF.iid())).isFalse();
        assertThat(IOPCServerList2.DEF.isA(IOPCServerList.DEF.iid())).isFalse();
    }
}
