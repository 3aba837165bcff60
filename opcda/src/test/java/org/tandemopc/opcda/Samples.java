package org.tandemopc.opcda;

import static org.tandemopc.dcom.orpc.HResult.S_FALSE;
import static org.tandemopc.dcom.orpc.HResult.S_OK;
import static org.tandemopc.opcda.OpcResult.OPC_E_BADRIGHTS;
import static org.tandemopc.opcda.OpcResult.OPC_E_UNKNOWNITEMID;
import static org.tandemopc.opcda.OpcResult.OPC_S_UNSUPPORTEDRATE;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.common.IOPCEnumGUID;
import org.tandemopc.opcda.common.IOPCSecurityNT;
import org.tandemopc.opcda.common.IOPCSecurityPrivate;
import org.tandemopc.opcda.common.IOPCServerList;
import org.tandemopc.opcda.common.IOPCServerList2;
import org.tandemopc.opcda.common.IOPCShutdown;
import org.tandemopc.opcda.ole.ClipFormat;
import org.tandemopc.opcda.ole.ConnectData;
import org.tandemopc.opcda.ole.FormatEtc;
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
import org.tandemopc.opcda.ole.StatData;
import org.tandemopc.opcda.ole.StorageMedium;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;
import org.tandemopc.opcda.stream.StreamFormat;

/** A call of every method of every interface, with what it is answered. */
final class Samples {
    private Samples() {}

    /** Calls the method. */
    @FunctionalInterface
    interface Call<T> {
        Result<?> on(T target) throws Exception;
    }

    /** @param answer what the target gives */
    record Sample<T>(InterfaceDef<T> def, Class<T> type, Call<T> call, Result<?> answer) {
        @Override
        public String toString() {
            return def.name();
        }
    }

    private static <T> Sample<T> sample(InterfaceDef<T> def, Class<T> type, Call<T> call, Result<?> answer) {
        return new Sample<>(def, type, call, answer);
    }

    private static final Result<Nothing> DONE = Result.ok(Nothing.NOTHING);
    private static final Guid IID = Guid.of("39c13a50-011e-11d0-9675-0020afd8adb3");
    private static final FileTime TIME = FileTime.of(Instant.parse("2003-03-04T05:06:07.0891234Z"));
    private static final Ints HANDLES = Ints.of(1, -2, 0x7FFF_FFFF);
    private static final Ints ERRORS = Ints.of(S_OK, OPC_E_BADRIGHTS, OPC_E_UNKNOWNITEMID);
    private static final Result<Ints> PARTLY = Result.partly(ERRORS);
    private static final List<Variant> VALUES = List.of(
            Variant.Str.of("grüß"),
            new Variant.R8(-1.5),
            new Variant.Array(SafeArray.ofStrings(List.of("a", "bcd", ""))));
    private static final List<OpcItemVqt> VQTS = List.of(
            OpcItemVqt.of(new Variant.I2((short) -3)),
            new OpcItemVqt(Variant.EMPTY, Optional.of(Quality.SENSOR_FAILURE), Optional.empty()),
            new OpcItemVqt(new Variant.UI1(255), Optional.of(Quality.of(0xA5C3)), Optional.of(TIME)));
    private static final List<OpcItemDef> ITEMS = List.of(
            OpcItemDef.of("Random.Int4", 0x8000_0001),
            new OpcItemDef("COM1.Station:42", "N7:0", false, 7, Bytes.of((byte) 1, (byte) 2, (byte) 3), 8),
            OpcItemDef.of("", 0));
    private static final List<OpcItemResult> RESULTS = List.of(
            new OpcItemResult(17, 3, OpcDa.READABLE | OpcDa.WRITEABLE, Bytes.EMPTY),
            new OpcItemResult(-1, 0x2008, OpcDa.READABLE, Bytes.of((byte) 9)),
            OpcItemResult.NONE);
    private static final List<OpcReading> READINGS = List.of(
            new OpcReading(new Variant.Bool(true), Quality.GOOD, TIME),
            new OpcReading(Variant.Str.of(""), Quality.LAST_KNOWN, FileTime.ZERO),
            OpcReading.NONE);
    private static final List<OpcItemProperty> PROPERTIES = List.of(
            new OpcItemProperty(2, 1, "", "Item Canonical Data Type", new Variant.I2((short) 5), S_OK),
            new OpcItemProperty(8, 101, "a.b.description", "Item Description", Variant.Str.of("boiler"), S_OK),
            new OpcItemProperty(0, 5001, "", "", Variant.EMPTY, OpcResult.OPC_E_INVALID_PID));
    private static final OpcItemAttributes ATTRIBUTES = new OpcItemAttributes(
            "",
            "Boiler.Level",
            true,
            4,
            5,
            OpcDa.READABLE,
            Bytes.of((byte) 8, (byte) 7),
            0,
            5,
            OpcEuType.ANALOG,
            new Variant.Array(SafeArray.ofR8(0, 100)));

    private static final Map<Guid, ComPointer<IUnknown>> POINTERS = new ConcurrentHashMap<>();

    /** Always the same one of a type; it is never called. */
    private static <T> Optional<ComPointer<T>> pointer(InterfaceDef<T> type) {
        @SuppressWarnings("unchecked") // nobody asks it for anything
        ComPointer<T> pointer = (ComPointer<T>) POINTERS.computeIfAbsent(
                type.iid(),
                iid -> ComObject.named(type.name())
                        .build()
                        .pointer(IUnknown.DEF)
                        .orElseThrow());
        return Optional.of(pointer);
    }

    private static Result<PerItem<OpcReading>> readings() {
        return Result.partly(new PerItem<>(READINGS, ERRORS));
    }

    private static List<OpcItemChange> changes() {
        return List.of(
                new OpcItemChange(1, new Variant.R4(2.5f), Quality.GOOD, TIME, S_OK),
                new OpcItemChange(-1, Variant.EMPTY, Quality.COMM_FAILURE, FileTime.ZERO, OPC_E_UNKNOWNITEMID),
                new OpcItemChange(3, new Variant.Array(SafeArray.ofI4(1, 2)), Quality.of(0x44), TIME, S_OK));
    }

    static List<Sample<?>> all() {
        return List.of(
                // OPC Common
                sample(IOPCCommon.DEF, IOPCCommon.class, t -> t.setLocaleId(0x409), DONE),
                sample(IOPCCommon.DEF, IOPCCommon.class, IOPCCommon::getLocaleId, Result.ok(0x800)),
                sample(
                        IOPCCommon.DEF,
                        IOPCCommon.class,
                        IOPCCommon::queryAvailableLocaleIds,
                        Result.ok(Ints.of(0x409, 0x407))),
                sample(
                        IOPCCommon.DEF,
                        IOPCCommon.class,
                        t -> t.getErrorString(OPC_E_BADRIGHTS),
                        Result.ok("no rights")),
                sample(IOPCCommon.DEF, IOPCCommon.class, t -> t.setClientName("panel"), DONE),
                sample(IOPCShutdown.DEF, IOPCShutdown.class, t -> t.shutdownRequest("maintenance"), DONE),
                sample(
                        IOPCServerList.DEF,
                        IOPCServerList.class,
                        t -> t.enumClassesOfCategories(List.of(OpcDa.CATID_OPCDASERVER20), List.of()),
                        Result.ok(pointer(IEnumGUID.DEF))),
                sample(
                        IOPCServerList.DEF,
                        IOPCServerList.class,
                        t -> t.getClassDetails(IID),
                        Result.ok(Optional.of(new IOPCServerList.ClassDetails("Plant.Sim.1", "")))),
                sample(IOPCServerList.DEF, IOPCServerList.class, t -> t.clsidFromProgId("Plant.Sim"), Result.ok(IID)),
                sample(
                        IOPCServerList2.DEF,
                        IOPCServerList2.class,
                        t -> t.enumClassesOfCategories(
                                List.of(OpcDa.CATID_OPCDASERVER20, OpcDa.CATID_OPCDASERVER30), List.of(IID)),
                        Result.ok(pointer(IOPCEnumGUID.DEF))),
                sample(
                        IOPCServerList2.DEF,
                        IOPCServerList2.class,
                        t -> t.getClassDetails(IID),
                        Result.ok(Optional.of(new IOPCServerList2.ClassDetails("Plant.Sim.1", "Plant", "Plant.Sim")))),
                sample(IOPCServerList2.DEF, IOPCServerList2.class, t -> t.clsidFromProgId("Plant.Sim"), Result.ok(IID)),
                sample(IOPCSecurityNT.DEF, IOPCSecurityNT.class, IOPCSecurityNT::isAvailableNT, Result.ok(true)),
                sample(
                        IOPCSecurityNT.DEF,
                        IOPCSecurityNT.class,
                        IOPCSecurityNT::queryMinImpersonationLevel,
                        Result.ok(0xFFFF_FFFFL)),
                sample(IOPCSecurityNT.DEF, IOPCSecurityNT.class, IOPCSecurityNT::changeUser, DONE),
                sample(
                        IOPCSecurityPrivate.DEF,
                        IOPCSecurityPrivate.class,
                        IOPCSecurityPrivate::isAvailablePriv,
                        Result.ok(false)),
                sample(IOPCSecurityPrivate.DEF, IOPCSecurityPrivate.class, t -> t.logon("eva", "s3cret"), DONE),
                sample(IOPCSecurityPrivate.DEF, IOPCSecurityPrivate.class, IOPCSecurityPrivate::logoff, DONE),

                // COM
                sample(IEnumString.DEF, IEnumString.class, t -> t.next(10L), Result.partly(List.of("a", "", "bcd"))),
                sample(IEnumString.DEF, IEnumString.class, t -> t.skip(0xFFFF_FFFFL), Result.partly(Nothing.NOTHING)),
                sample(IEnumString.DEF, IEnumString.class, IEnumString::reset, DONE),
                sample(IEnumString.DEF, IEnumString.class, IEnumString::copy, Result.ok(pointer(IEnumString.DEF))),
                sample(
                        IEnumUnknown.DEF,
                        IEnumUnknown.class,
                        t -> t.next(2L),
                        Result.ok(List.of(pointer(IUnknown.DEF), Optional.empty()))),
                sample(IEnumUnknown.DEF, IEnumUnknown.class, t -> t.skip(1L), DONE),
                sample(IEnumUnknown.DEF, IEnumUnknown.class, IEnumUnknown::reset, DONE),
                sample(IEnumUnknown.DEF, IEnumUnknown.class, IEnumUnknown::copy, Result.ok(pointer(IEnumUnknown.DEF))),
                sample(IEnumGUID.DEF, IEnumGUID.class, t -> t.next(3L), Result.partly(List.of(IID, Guid.NULL))),
                sample(IEnumGUID.DEF, IEnumGUID.class, t -> t.skip(1L), DONE),
                sample(IEnumGUID.DEF, IEnumGUID.class, IEnumGUID::reset, DONE),
                sample(IEnumGUID.DEF, IEnumGUID.class, IEnumGUID::copy, Result.ok(pointer(IEnumGUID.DEF))),
                sample(IOPCEnumGUID.DEF, IOPCEnumGUID.class, t -> t.next(5L), Result.partly(List.of())),
                sample(IOPCEnumGUID.DEF, IOPCEnumGUID.class, t -> t.skip(1L), DONE),
                sample(IOPCEnumGUID.DEF, IOPCEnumGUID.class, IOPCEnumGUID::reset, DONE),
                sample(IOPCEnumGUID.DEF, IOPCEnumGUID.class, IOPCEnumGUID::copy, Result.ok(pointer(IOPCEnumGUID.DEF))),
                sample(
                        IEnumConnectionPoints.DEF,
                        IEnumConnectionPoints.class,
                        t -> t.next(2L),
                        Result.partly(List.of(pointer(IConnectionPoint.DEF)))),
                sample(IEnumConnectionPoints.DEF, IEnumConnectionPoints.class, t -> t.skip(1L), DONE),
                sample(IEnumConnectionPoints.DEF, IEnumConnectionPoints.class, IEnumConnectionPoints::reset, DONE),
                sample(
                        IEnumConnectionPoints.DEF,
                        IEnumConnectionPoints.class,
                        IEnumConnectionPoints::copy,
                        Result.ok(pointer(IEnumConnectionPoints.DEF))),
                sample(
                        IEnumConnections.DEF,
                        IEnumConnections.class,
                        t -> t.next(3L),
                        Result.partly(List.of(
                                new ConnectData(pointer(IUnknown.DEF), 1), new ConnectData(Optional.empty(), 2)))),
                sample(IEnumConnections.DEF, IEnumConnections.class, t -> t.skip(1L), DONE),
                sample(IEnumConnections.DEF, IEnumConnections.class, IEnumConnections::reset, DONE),
                sample(
                        IEnumConnections.DEF,
                        IEnumConnections.class,
                        IEnumConnections::copy,
                        Result.ok(pointer(IEnumConnections.DEF))),
                sample(
                        IConnectionPointContainer.DEF,
                        IConnectionPointContainer.class,
                        IConnectionPointContainer::enumConnectionPoints,
                        Result.ok(pointer(IEnumConnectionPoints.DEF))),
                sample(
                        IConnectionPointContainer.DEF,
                        IConnectionPointContainer.class,
                        t -> t.findConnectionPoint(IOPCDataCallback.DEF.iid()),
                        Result.ok(pointer(IConnectionPoint.DEF))),
                sample(
                        IConnectionPoint.DEF,
                        IConnectionPoint.class,
                        IConnectionPoint::getConnectionInterface,
                        Result.ok(IOPCShutdown.DEF.iid())),
                sample(
                        IConnectionPoint.DEF,
                        IConnectionPoint.class,
                        IConnectionPoint::getConnectionPointContainer,
                        Result.ok(pointer(IConnectionPointContainer.DEF))),
                sample(
                        IConnectionPoint.DEF,
                        IConnectionPoint.class,
                        t -> t.advise(pointer(IUnknown.DEF)),
                        Result.ok(0x8000_0000)),
                sample(IConnectionPoint.DEF, IConnectionPoint.class, t -> t.unadvise(12), DONE),
                sample(
                        IConnectionPoint.DEF,
                        IConnectionPoint.class,
                        IConnectionPoint::enumConnections,
                        Result.ok(pointer(IEnumConnections.DEF))),
                sample(IPersist.DEF, IPersist.class, IPersist::getClassId, Result.ok(IID)),
                sample(IPersistFile.DEF, IPersistFile.class, IPersistFile::getClassId, Result.ok(IID)),
                sample(IPersistFile.DEF, IPersistFile.class, IPersistFile::isDirty, Result.partly(Nothing.NOTHING)),
                sample(IPersistFile.DEF, IPersistFile.class, t -> t.load("plant.cfg", 2), DONE),
                sample(IPersistFile.DEF, IPersistFile.class, t -> t.save(Optional.empty(), true), DONE),
                sample(IPersistFile.DEF, IPersistFile.class, t -> t.saveCompleted(Optional.of("plant.cfg")), DONE),
                sample(IPersistFile.DEF, IPersistFile.class, IPersistFile::getCurFile, Result.partly("*.cfg")),

                // the server object
                sample(
                        IOPCServer.DEF,
                        IOPCServer.class,
                        t -> t.addGroup(new IOPCServer.NewGroup(
                                "g", true, 0xFFFF_FFFFL, -5, Optional.of(-60), Optional.of(1.5f), 0x409, IID)),
                        Result.success(
                                OPC_S_UNSUPPORTEDRATE, new IOPCServer.AddedGroup(77, 1_000, pointer(IUnknown.DEF)))),
                sample(
                        IOPCServer.DEF,
                        IOPCServer.class,
                        t -> t.addGroup(new IOPCServer.NewGroup(
                                "", false, 0, 0, Optional.empty(), Optional.empty(), 0, IUnknown.IID)),
                        Result.ok(new IOPCServer.AddedGroup(1, 0, Optional.empty()))),
                sample(
                        IOPCServer.DEF,
                        IOPCServer.class,
                        t -> t.getErrorString(OPC_E_BADRIGHTS, 0x407),
                        Result.ok("nein")),
                sample(
                        IOPCServer.DEF,
                        IOPCServer.class,
                        t -> t.getGroupByName("g", IID),
                        Result.ok(pointer(IUnknown.DEF))),
                sample(
                        IOPCServer.DEF,
                        IOPCServer.class,
                        IOPCServer::getStatus,
                        Result.ok(Optional.of(new OpcServerStatus(
                                TIME,
                                FileTime.of(Instant.parse("2026-11-30T12:00:00Z")),
                                FileTime.ZERO,
                                OpcServerState.SUSPENDED,
                                3,
                                OpcServerStatus.BANDWIDTH_UNKNOWN,
                                1,
                                2,
                                65_535,
                                "Plant")))),
                sample(
                        IOPCServer.DEF,
                        IOPCServer.class,
                        t -> t.removeGroup(77, true),
                        Result.success(OpcResult.OPC_S_INUSE, Nothing.NOTHING)),
                sample(
                        IOPCServer.DEF,
                        IOPCServer.class,
                        t -> t.createGroupEnumerator(OpcEnumScope.ALL, IEnumString.DEF.iid()),
                        Result.partly(pointer(IUnknown.DEF))),
                sample(
                        IOPCServerPublicGroups.DEF,
                        IOPCServerPublicGroups.class,
                        t -> t.getPublicGroupByName("g", IID),
                        Result.ok(pointer(IUnknown.DEF))),
                sample(
                        IOPCServerPublicGroups.DEF,
                        IOPCServerPublicGroups.class,
                        t -> t.removePublicGroup(77, false),
                        DONE),
                sample(
                        IOPCBrowseServerAddressSpace.DEF,
                        IOPCBrowseServerAddressSpace.class,
                        IOPCBrowseServerAddressSpace::queryOrganization,
                        Result.ok(OpcNamespaceType.HIERARCHICAL)),
                sample(
                        IOPCBrowseServerAddressSpace.DEF,
                        IOPCBrowseServerAddressSpace.class,
                        t -> t.changeBrowsePosition(OpcBrowseDirection.DOWN, "Boiler"),
                        DONE),
                sample(
                        IOPCBrowseServerAddressSpace.DEF,
                        IOPCBrowseServerAddressSpace.class,
                        t -> t.browseOpcItemIds(OpcBrowseType.LEAF, "L*", 0x2005, OpcDa.WRITEABLE),
                        Result.ok(pointer(IEnumString.DEF))),
                sample(
                        IOPCBrowseServerAddressSpace.DEF,
                        IOPCBrowseServerAddressSpace.class,
                        t -> t.getItemId("Level"),
                        Result.ok("Boiler.Level")),
                sample(
                        IOPCBrowseServerAddressSpace.DEF,
                        IOPCBrowseServerAddressSpace.class,
                        t -> t.browseAccessPaths("Boiler.Level"),
                        Result.partly(Optional.<ComPointer<IEnumString>>empty())),
                sample(
                        IOPCItemProperties.DEF,
                        IOPCItemProperties.class,
                        t -> t.queryAvailableProperties("Boiler.Level"),
                        Result.ok(List.of(
                                new OpcPropertyInfo(1, "Item Canonical Data Type", 2),
                                new OpcPropertyInfo(5000, "", 0x2008)))),
                sample(
                        IOPCItemProperties.DEF,
                        IOPCItemProperties.class,
                        t -> t.getItemProperties("Boiler.Level", Ints.of(1, 2, 101)),
                        Result.partly(new PerItem<>(VALUES, ERRORS))),
                sample(
                        IOPCItemProperties.DEF,
                        IOPCItemProperties.class,
                        t -> t.lookupItemIds("Boiler.Level", Ints.of(101, 102, 103)),
                        Result.partly(new PerItem<>(List.of("Boiler.Level.Desc", "", ""), ERRORS))),
                sample(
                        IOPCBrowse.DEF,
                        IOPCBrowse.class,
                        t -> t.getProperties(List.of("Boiler.Level", "None"), true, Ints.of(1, 101)),
                        Result.partly(List.of(
                                new OpcItemProperties(S_FALSE, PROPERTIES),
                                new OpcItemProperties(OPC_E_UNKNOWNITEMID, List.of())))),
                sample(
                        IOPCBrowse.DEF,
                        IOPCBrowse.class,
                        t -> t.browse(new IOPCBrowse.BrowseCall(
                                "Boiler",
                                Optional.of("17"),
                                100,
                                OpcBrowseFilter.ITEMS,
                                "L*",
                                "",
                                false,
                                true,
                                Ints.of(1))),
                        Result.partly(new IOPCBrowse.Browsed(
                                Optional.of("117"),
                                false,
                                List.of(
                                        new OpcBrowseElement(
                                                "Level",
                                                "Boiler.Level",
                                                OpcBrowseElement.IS_ITEM,
                                                new OpcItemProperties(S_OK, PROPERTIES)),
                                        new OpcBrowseElement(
                                                "Valves",
                                                "Boiler.Valves",
                                                OpcBrowseElement.HAS_CHILDREN,
                                                OpcItemProperties.NONE))))),
                sample(
                        IOPCBrowse.DEF,
                        IOPCBrowse.class,
                        t -> t.browse(new IOPCBrowse.BrowseCall(
                                "", Optional.empty(), 0, OpcBrowseFilter.ALL, "", "", true, false, Ints.EMPTY)),
                        Result.ok(new IOPCBrowse.Browsed(Optional.empty(), true, List.of()))),
                sample(
                        IOPCItemIO.DEF,
                        IOPCItemIO.class,
                        t -> t.read(List.of("a", "b", "c"), Ints.of(0, 1_000, -1)),
                        readings()),
                sample(IOPCItemIO.DEF, IOPCItemIO.class, t -> t.writeVqt(List.of("a", "b", "c"), VQTS), PARTLY),

                // the group
                sample(
                        IOPCItemMgt.DEF,
                        IOPCItemMgt.class,
                        t -> t.addItems(ITEMS),
                        Result.partly(new PerItem<>(RESULTS, ERRORS))),
                sample(
                        IOPCItemMgt.DEF,
                        IOPCItemMgt.class,
                        t -> t.validateItems(ITEMS, true),
                        Result.partly(new PerItem<>(RESULTS, ERRORS))),
                sample(IOPCItemMgt.DEF, IOPCItemMgt.class, t -> t.removeItems(HANDLES), PARTLY),
                sample(IOPCItemMgt.DEF, IOPCItemMgt.class, t -> t.setActiveState(HANDLES, true), PARTLY),
                sample(IOPCItemMgt.DEF, IOPCItemMgt.class, t -> t.setClientHandles(HANDLES, Ints.of(4, 5, -6)), PARTLY),
                sample(
                        IOPCItemMgt.DEF,
                        IOPCItemMgt.class,
                        t -> t.setDatatypes(HANDLES, Ints.of(0, 0x2008, 65_535)),
                        PARTLY),
                sample(
                        IOPCItemMgt.DEF,
                        IOPCItemMgt.class,
                        t -> t.createEnumerator(IEnumOPCItemAttributes.DEF.iid()),
                        Result.ok(pointer(IUnknown.DEF))),
                sample(
                        IEnumOPCItemAttributes.DEF,
                        IEnumOPCItemAttributes.class,
                        t -> t.next(10L),
                        Result.partly(List.of(ATTRIBUTES, ATTRIBUTES))),
                sample(
                        IEnumOPCItemAttributes.DEF,
                        IEnumOPCItemAttributes.class,
                        t -> t.next(1L),
                        Result.partly(List.of())),
                sample(IEnumOPCItemAttributes.DEF, IEnumOPCItemAttributes.class, t -> t.skip(1L), DONE),
                sample(IEnumOPCItemAttributes.DEF, IEnumOPCItemAttributes.class, IEnumOPCItemAttributes::reset, DONE),
                sample(
                        IEnumOPCItemAttributes.DEF,
                        IEnumOPCItemAttributes.class,
                        IEnumOPCItemAttributes::copy,
                        Result.ok(pointer(IEnumOPCItemAttributes.DEF))),
                sample(
                        IOPCPublicGroupStateMgt.DEF,
                        IOPCPublicGroupStateMgt.class,
                        IOPCPublicGroupStateMgt::getState,
                        Result.ok(true)),
                sample(
                        IOPCPublicGroupStateMgt.DEF,
                        IOPCPublicGroupStateMgt.class,
                        IOPCPublicGroupStateMgt::moveToPublic,
                        DONE),
                groupState(IOPCGroupStateMgt.DEF, IOPCGroupStateMgt.class),
                groupState(IOPCGroupStateMgt2.DEF, IOPCGroupStateMgt2.class),
                groupChange(IOPCGroupStateMgt.DEF, IOPCGroupStateMgt.class),
                groupChange(IOPCGroupStateMgt2.DEF, IOPCGroupStateMgt2.class),
                sample(IOPCGroupStateMgt.DEF, IOPCGroupStateMgt.class, t -> t.setName("h"), DONE),
                sample(IOPCGroupStateMgt2.DEF, IOPCGroupStateMgt2.class, t -> t.setName("h"), DONE),
                sample(
                        IOPCGroupStateMgt.DEF,
                        IOPCGroupStateMgt.class,
                        t -> t.cloneGroup("", IID),
                        Result.ok(pointer(IUnknown.DEF))),
                sample(
                        IOPCGroupStateMgt2.DEF,
                        IOPCGroupStateMgt2.class,
                        t -> t.cloneGroup("", IID),
                        Result.ok(pointer(IUnknown.DEF))),
                sample(
                        IOPCGroupStateMgt2.DEF,
                        IOPCGroupStateMgt2.class,
                        t -> t.setKeepAlive(5_000),
                        Result.success(OPC_S_UNSUPPORTEDRATE, 6_000L)),
                sample(
                        IOPCGroupStateMgt2.DEF,
                        IOPCGroupStateMgt2.class,
                        IOPCGroupStateMgt2::getKeepAlive,
                        Result.ok(0L)),
                syncRead(IOPCSyncIO.DEF, IOPCSyncIO.class),
                syncRead(IOPCSyncIO2.DEF, IOPCSyncIO2.class),
                sample(IOPCSyncIO.DEF, IOPCSyncIO.class, t -> t.write(HANDLES, VALUES), PARTLY),
                sample(IOPCSyncIO2.DEF, IOPCSyncIO2.class, t -> t.write(HANDLES, VALUES), PARTLY),
                sample(
                        IOPCSyncIO2.DEF,
                        IOPCSyncIO2.class,
                        t -> t.readMaxAge(HANDLES, Ints.of(0, 1_000, -1)),
                        readings()),
                sample(IOPCSyncIO2.DEF, IOPCSyncIO2.class, t -> t.writeVqt(HANDLES, VQTS), PARTLY),
                sample(
                        IOPCAsyncIO.DEF,
                        IOPCAsyncIO.class,
                        t -> t.read(1, OpcDataSource.CACHE, HANDLES),
                        Result.partly(new Started(9, ERRORS))),
                sample(
                        IOPCAsyncIO.DEF,
                        IOPCAsyncIO.class,
                        t -> t.write(1, HANDLES, VALUES),
                        Result.partly(new Started(9, ERRORS))),
                sample(IOPCAsyncIO.DEF, IOPCAsyncIO.class, t -> t.refresh(1, OpcDataSource.DEVICE), Result.ok(9)),
                sample(IOPCAsyncIO.DEF, IOPCAsyncIO.class, t -> t.cancel(9), DONE),
                asyncRead(IOPCAsyncIO2.DEF, IOPCAsyncIO2.class),
                asyncRead(IOPCAsyncIO3.DEF, IOPCAsyncIO3.class),
                asyncWrite(IOPCAsyncIO2.DEF, IOPCAsyncIO2.class),
                asyncWrite(IOPCAsyncIO3.DEF, IOPCAsyncIO3.class),
                sample(IOPCAsyncIO2.DEF, IOPCAsyncIO2.class, t -> t.refresh2(OpcDataSource.CACHE, 4), Result.ok(5)),
                sample(IOPCAsyncIO3.DEF, IOPCAsyncIO3.class, t -> t.refresh2(OpcDataSource.CACHE, 4), Result.ok(5)),
                sample(IOPCAsyncIO2.DEF, IOPCAsyncIO2.class, t -> t.cancel2(5), DONE),
                sample(IOPCAsyncIO3.DEF, IOPCAsyncIO3.class, t -> t.cancel2(5), DONE),
                sample(IOPCAsyncIO2.DEF, IOPCAsyncIO2.class, t -> t.setEnable(true), DONE),
                sample(IOPCAsyncIO3.DEF, IOPCAsyncIO3.class, t -> t.setEnable(false), DONE),
                sample(IOPCAsyncIO2.DEF, IOPCAsyncIO2.class, IOPCAsyncIO2::getEnable, Result.ok(true)),
                sample(IOPCAsyncIO3.DEF, IOPCAsyncIO3.class, IOPCAsyncIO3::getEnable, Result.ok(true)),
                sample(
                        IOPCAsyncIO3.DEF,
                        IOPCAsyncIO3.class,
                        t -> t.readMaxAge(HANDLES, Ints.of(1, 2, 3), 8),
                        Result.ok(new Started(5, ERRORS))),
                sample(
                        IOPCAsyncIO3.DEF,
                        IOPCAsyncIO3.class,
                        t -> t.writeVqt(HANDLES, VQTS, 8),
                        Result.ok(new Started(5, ERRORS))),
                sample(IOPCAsyncIO3.DEF, IOPCAsyncIO3.class, t -> t.refreshMaxAge(0xFFFF_FFFFL, 8), Result.ok(5)),
                sample(
                        IOPCDataCallback.DEF,
                        IOPCDataCallback.class,
                        t -> t.onDataChange(new IOPCDataCallback.DataChange(0, -7, S_FALSE, S_FALSE, changes())),
                        DONE),
                sample(
                        IOPCDataCallback.DEF,
                        IOPCDataCallback.class,
                        t -> t.onDataChange(new IOPCDataCallback.DataChange(0, -7, S_OK, S_OK, List.of())),
                        DONE),
                sample(
                        IOPCDataCallback.DEF,
                        IOPCDataCallback.class,
                        t -> t.onReadComplete(new IOPCDataCallback.DataChange(3, -7, S_FALSE, S_FALSE, changes())),
                        DONE),
                sample(
                        IOPCDataCallback.DEF,
                        IOPCDataCallback.class,
                        t -> t.onWriteComplete(new IOPCDataCallback.WriteComplete(3, -7, S_FALSE, HANDLES, ERRORS)),
                        DONE),
                sample(IOPCDataCallback.DEF, IOPCDataCallback.class, t -> t.onCancelComplete(3, -7), DONE),
                sample(
                        IOPCItemDeadbandMgt.DEF,
                        IOPCItemDeadbandMgt.class,
                        t -> t.setItemDeadband(HANDLES, List.of(0f, 2.5f, 100f)),
                        PARTLY),
                sample(
                        IOPCItemDeadbandMgt.DEF,
                        IOPCItemDeadbandMgt.class,
                        t -> t.getItemDeadband(HANDLES),
                        Result.partly(new PerItem<>(List.of(0f, 2.5f, 100f), ERRORS))),
                sample(IOPCItemDeadbandMgt.DEF, IOPCItemDeadbandMgt.class, t -> t.clearItemDeadband(HANDLES), PARTLY),
                sample(
                        IOPCItemSamplingMgt.DEF,
                        IOPCItemSamplingMgt.class,
                        t -> t.setItemSamplingRate(HANDLES, Ints.of(10, 20, -1)),
                        Result.partly(new PerItem<>(List.of(10L, 25L, 0xFFFF_FFFFL), ERRORS))),
                sample(
                        IOPCItemSamplingMgt.DEF,
                        IOPCItemSamplingMgt.class,
                        t -> t.getItemSamplingRate(HANDLES),
                        Result.partly(new PerItem<>(List.of(10L, 25L, 0L), ERRORS))),
                sample(
                        IOPCItemSamplingMgt.DEF,
                        IOPCItemSamplingMgt.class,
                        t -> t.clearItemSamplingRate(HANDLES),
                        PARTLY),
                sample(
                        IOPCItemSamplingMgt.DEF,
                        IOPCItemSamplingMgt.class,
                        t -> t.setItemBufferEnable(HANDLES, List.of(true, false, true)),
                        PARTLY),
                sample(
                        IOPCItemSamplingMgt.DEF,
                        IOPCItemSamplingMgt.class,
                        t -> t.getItemBufferEnable(HANDLES),
                        Result.partly(new PerItem<>(List.of(true, false, false), ERRORS))),

                // DA 1.0
                sample(
                        IDataObject.DEF,
                        IDataObject.class,
                        t -> t.getData(StreamFormat.DATA.format()),
                        Result.ok(StorageMedium.of(Bytes.of((byte) 1, (byte) 2, (byte) 3)))),
                sample(IDataObject.DEF, IDataObject.class, t -> t.queryGetData(StreamFormat.DATA_TIME.format()), DONE),
                sample(
                        IDataObject.DEF,
                        IDataObject.class,
                        t -> t.getCanonicalFormatEtc(Optional.of(drawn())),
                        Result.partly(drawn())),
                sample(
                        IDataObject.DEF,
                        IDataObject.class,
                        t -> t.enumFormatEtc(1),
                        Result.ok(pointer(IEnumFORMATETC.DEF))),
                sample(
                        IDataObject.DEF,
                        IDataObject.class,
                        t -> t.dAdvise(new IDataObject.DataAdvise(
                                StreamFormat.WRITE_COMPLETE.format(), 4, pointer(IAdviseSink.DEF))),
                        Result.ok(3)),
                sample(IDataObject.DEF, IDataObject.class, t -> t.dUnadvise(3), DONE),
                sample(
                        IDataObject.DEF,
                        IDataObject.class,
                        IDataObject::enumDAdvise,
                        Result.ok(pointer(IEnumSTATDATA.DEF))),
                sample(
                        IEnumFORMATETC.DEF,
                        IEnumFORMATETC.class,
                        t -> t.next(4L),
                        Result.partly(List.of(StreamFormat.DATA.format(), drawn(), StreamFormat.DATA_TIME.format()))),
                sample(IEnumFORMATETC.DEF, IEnumFORMATETC.class, t -> t.skip(1L), DONE),
                sample(IEnumFORMATETC.DEF, IEnumFORMATETC.class, IEnumFORMATETC::reset, DONE),
                sample(
                        IEnumFORMATETC.DEF,
                        IEnumFORMATETC.class,
                        IEnumFORMATETC::copy,
                        Result.ok(pointer(IEnumFORMATETC.DEF))),
                sample(
                        IEnumSTATDATA.DEF,
                        IEnumSTATDATA.class,
                        t -> t.next(3L),
                        Result.partly(List.of(
                                new StatData(StreamFormat.DATA.format(), 0, pointer(IAdviseSink.DEF), 1),
                                new StatData(drawn(), 0xFFFF_FFFFL, Optional.empty(), 2)))),
                sample(IEnumSTATDATA.DEF, IEnumSTATDATA.class, t -> t.skip(1L), DONE),
                sample(IEnumSTATDATA.DEF, IEnumSTATDATA.class, IEnumSTATDATA::reset, DONE),
                sample(
                        IEnumSTATDATA.DEF,
                        IEnumSTATDATA.class,
                        IEnumSTATDATA::copy,
                        Result.ok(pointer(IEnumSTATDATA.DEF))),
                sample(
                        IAdviseSink.DEF,
                        IAdviseSink.class,
                        t -> t.onDataChange(new IAdviseSink.Change(
                                Optional.of(StreamFormat.DATA.format()),
                                Optional.of(StorageMedium.of(Bytes.of((byte) 5, (byte) 6, (byte) 7))))),
                        DONE),
                sample(
                        IAdviseSink.DEF,
                        IAdviseSink.class,
                        t -> t.onDataChange(new IAdviseSink.Change(
                                Optional.empty(),
                                Optional.of(new StorageMedium(Optional.empty(), pointer(IUnknown.DEF))))),
                        DONE),
                sample(IAdviseSink.DEF, IAdviseSink.class, t -> t.onViewChange(1, -1), DONE),
                sample(IAdviseSink.DEF, IAdviseSink.class, t -> t.onRename(pointer(IUnknown.DEF)), DONE),
                sample(IAdviseSink.DEF, IAdviseSink.class, IAdviseSink::onSave, DONE),
                sample(IAdviseSink.DEF, IAdviseSink.class, IAdviseSink::onClose, DONE));
    }

    /** A format of no name, for a device. */
    private static FormatEtc drawn() {
        FormatEtc.TargetDevice printer =
                new FormatEtc.TargetDevice(12, 14, 16, 0, Bytes.of((byte) 1, (byte) 2, (byte) 3));
        return new FormatEtc(new ClipFormat(14, Optional.empty()), Optional.of(printer), 8, 2, 32);
    }

    private static <T extends IOPCGroupStateMgt> Sample<T> groupState(InterfaceDef<T> def, Class<T> type) {
        return sample(
                def,
                type,
                IOPCGroupStateMgt::getState,
                Result.ok(new IOPCGroupStateMgt.GroupState(
                        500, true, Optional.of("g"), -120, 0.5f, 0x409, 0x8000_0000, 77)));
    }

    private static <T extends IOPCGroupStateMgt> Sample<T> groupChange(InterfaceDef<T> def, Class<T> type) {
        return sample(
                def,
                type,
                t -> t.setState(new IOPCGroupStateMgt.StateChange(
                        Optional.of(0xFFFF_FFFFL),
                        Optional.of(false),
                        Optional.empty(),
                        Optional.of(99.5f),
                        Optional.empty(),
                        Optional.of(-3))),
                Result.ok(1_000L));
    }

    private static <T extends IOPCSyncIO> Sample<T> syncRead(InterfaceDef<T> def, Class<T> type) {
        return sample(
                def,
                type,
                t -> t.read(OpcDataSource.DEVICE, HANDLES),
                Result.partly(new PerItem<>(
                        List.of(
                                new OpcItemState(1, TIME, Quality.GOOD, new Variant.I4(-42)),
                                new OpcItemState(-1, TIME, Quality.LOCAL_OVERRIDE, Variant.Str.of("x")),
                                OpcItemState.NONE),
                        ERRORS)));
    }

    private static <T extends IOPCAsyncIO2> Sample<T> asyncRead(InterfaceDef<T> def, Class<T> type) {
        return sample(def, type, t -> t.read(HANDLES, -8), Result.partly(new Started(9, ERRORS)));
    }

    private static <T extends IOPCAsyncIO2> Sample<T> asyncWrite(InterfaceDef<T> def, Class<T> type) {
        return sample(def, type, t -> t.write(HANDLES, VALUES, -8), Result.partly(new Started(9, ERRORS)));
    }
}
