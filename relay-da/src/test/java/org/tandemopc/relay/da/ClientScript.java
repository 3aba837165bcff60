package org.tandemopc.relay.da;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.IUnknown;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IEnumOPCItemAttributes;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCGroupStateMgt;
import org.tandemopc.opcda.IOPCItemMgt;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcDataSource;
import org.tandemopc.opcda.OpcEnumScope;
import org.tandemopc.opcda.OpcItemAttributes;
import org.tandemopc.opcda.OpcItemDef;
import org.tandemopc.opcda.OpcItemResult;
import org.tandemopc.opcda.OpcItemState;
import org.tandemopc.opcda.OpcServerStatus;
import org.tandemopc.opcda.common.IOPCCommon;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/**
 * A client of DA 2.05a that calls each method that it may, with good and with bad parameters, and writes down what it is answered.
 * Left out are numbers that each server chooses for itself (handles, ids of transactions to be cancelled), and times.
 */
final class ClientScript {
    private static final int NOBODYS = 0x7FFF_FFF0;
    private static final int R8 = 5;
    private static final int BSTR = 8;

    private final TestClient client;
    private final List<String> lines = new ArrayList<>();

    private ClientScript(TestClient client) {
        this.client = client;
    }

    /** The whole of it, with a server object that has no groups. */
    static List<String> run(TestClient client) throws Exception {
        ClientScript script = new ClientScript(client);
        script.server();
        script.common();
        script.browse();
        script.properties();
        script.groups();
        return script.lines;
    }

    private void say(String call, Object what) {
        lines.add(call + ": " + what);
    }

    private static String code(Result<?> result) {
        return "%08X".formatted(result.hresult());
    }

    private static String codes(Ints errors) {
        List<String> all = new ArrayList<>();
        errors.forEach(error -> all.add("%08X".formatted(error)));
        return all.toString();
    }

    private void server() throws Exception {
        OpcServerStatus status = client.server.getStatus().value().orElseThrow();
        say("GetStatus", status.state() + " " + status.groupCount() + " " + status.major() + "." + status.minor());
        say("GetErrorString", client.server.getErrorString(0xC004_0007, 0x409));
        say("GetErrorString", client.server.getErrorString(0xC004_0007, 0x7FF));
        say("GetGroupByName", client.server.getGroupByName("None", IOPCItemMgt.DEF.iid()));
        say("RemoveGroup", client.server.removeGroup(NOBODYS, false).isSuccess());
    }

    private void common() throws Exception {
        IOPCCommon common = client.as(IOPCCommon.DEF);
        say("QueryAvailableLocaleIDs", common.queryAvailableLocaleIds());
        say("SetLocaleID", common.setLocaleId(0x409));
        say("GetLocaleID", common.getLocaleId());
        say("SetLocaleID", common.setLocaleId(0x7FF));
        say("GetErrorString", common.getErrorString(0x8000_4005));
        say("SetClientName", common.setClientName("script"));
    }

    private void browse() throws Exception {
        IOPCBrowseServerAddressSpace browse = client.as(IOPCBrowseServerAddressSpace.DEF);
        say("QueryOrganization", browse.queryOrganization());
        say("BrowseOPCItemIDs", names(browse, OpcBrowseType.BRANCH));
        say("BrowseOPCItemIDs", names(browse, OpcBrowseType.FLAT));
        say("ChangeBrowsePosition", browse.changeBrowsePosition(OpcBrowseDirection.DOWN, "types"));
        say("BrowseOPCItemIDs", names(browse, OpcBrowseType.LEAF));
        say("GetItemID", browse.getItemId("R8"));
        say("ChangeBrowsePosition", browse.changeBrowsePosition(OpcBrowseDirection.UP, ""));
        say("ChangeBrowsePosition", browse.changeBrowsePosition(OpcBrowseDirection.UP, ""));
        say("ChangeBrowsePosition", browse.changeBrowsePosition(OpcBrowseDirection.DOWN, "moon"));
        say("BrowseAccessPaths", code(browse.browseAccessPaths("types.R8")));
    }

    private static List<String> names(IOPCBrowseServerAddressSpace browse, OpcBrowseType type) throws Exception {
        Optional<ComPointer<IEnumString>> found =
                browse.browseOpcItemIds(type, "", 0, 0).value();
        return found.isEmpty()
                ? List.of()
                : found.get().within(TestClient.CALL).next(1_000).value();
    }

    private void properties() throws Exception {
        IOPCItemProperties properties = client.as(IOPCItemProperties.DEF);
        say("QueryAvailableProperties", properties.queryAvailableProperties("units.level"));
        say("QueryAvailableProperties", properties.queryAvailableProperties("moon"));
        say("GetItemProperties", properties.getItemProperties("units.level", Ints.of(1, 2, 3, 5, 102, 103, 9_999)));
        say("LookupItemIDs", properties.lookupItemIds("units.level", Ints.of(102, 9_999)));
    }

    private void groups() throws Exception {
        Result<IOPCServer.AddedGroup> odd = client.server.addGroup(new IOPCServer.NewGroup(
                "Odd", false, 123, 5, Optional.of(60), Optional.of(1f), 0x409, IOPCGroupStateMgt.DEF.iid()));
        say("AddGroup", code(odd) + " " + odd.value().revisedRateMs());
        IOPCGroupStateMgt state =
                odd.value().group().orElseThrow().as(IOPCGroupStateMgt.DEF).within(TestClient.CALL);
        say("GetState", stateOf(state));
        say(
                "AddGroup",
                code(client.server.addGroup(new IOPCServer.NewGroup(
                        "Odd", true, 100, 6, Optional.empty(), Optional.empty(), 0, IOPCItemMgt.DEF.iid()))));
        say(
                "AddGroup",
                code(client.server.addGroup(new IOPCServer.NewGroup(
                        "Bad", true, 100, 6, Optional.empty(), Optional.of(101f), 0, IOPCItemMgt.DEF.iid()))));
        say(
                "SetState",
                state.setState(new IOPCGroupStateMgt.StateChange(
                        Optional.of(777L),
                        Optional.of(true),
                        Optional.of(-30),
                        Optional.of(5f),
                        Optional.of(0x409),
                        Optional.of(55))));
        say("SetName", state.setName("Even"));
        say("GetState", stateOf(state));
        Result<Optional<ComPointer<IUnknown>>> copy = state.cloneGroup("Copy", IOPCGroupStateMgt.DEF.iid());
        say("CloneGroup", code(copy));
        IOPCGroupStateMgt copied =
                copy.value().orElseThrow().as(IOPCGroupStateMgt.DEF).within(TestClient.CALL);
        say("GetState", stateOf(copied));
        say("CreateGroupEnumerator", new TreeSet<>(groupNames()));
        say("RemoveGroup", client.server.removeGroup(copied.getState().value().serverHandle(), true));
        say("RemoveGroup", client.server.removeGroup(odd.value().serverHandle(), true));
        TestClient.Group group = client.group("Script", 7);
        say("AddGroup", group.rateMs);
        items(group);
        asynchronous(group);
        say("CreateGroupEnumerator", new TreeSet<>(groupNames()));
        say("RemoveGroup", client.server.removeGroup(group.handle, true));
    }

    private static String stateOf(IOPCGroupStateMgt state) throws Exception {
        IOPCGroupStateMgt.GroupState now = state.getState().value();
        return "%d %s %s %d %s %X %d"
                .formatted(
                        now.rateMs(),
                        now.isActive(),
                        now.name(),
                        now.timeBias(),
                        now.percentDeadband(),
                        now.lcid(),
                        now.clientHandle());
    }

    private List<String> groupNames() throws Exception {
        Optional<ComPointer<IUnknown>> names = client.server
                .createGroupEnumerator(OpcEnumScope.ALL, IEnumString.DEF.iid())
                .value();
        return names.orElseThrow()
                .as(IEnumString.DEF)
                .within(TestClient.CALL)
                .next(100)
                .value();
    }

    private void items(TestClient.Group group) throws Exception {
        List<OpcItemDef> defs = new ArrayList<>();
        for (String id : List.of("types.R8", "types.BSTR", "types.DATE", "arrays.I4", "rights.readOnly", "static.1")) {
            defs.add(OpcItemDef.of(id, 100 + defs.size()));
        }
        defs.add(OpcItemDef.of("moon", 999));
        say("ValidateItems", results(group.items.validateItems(defs, false)));
        Result<PerItem<OpcItemResult>> added = group.items.addItems(defs);
        say("AddItems", results(added));
        Ints handles = Ints.copyOf(added.value().values().subList(0, defs.size() - 1).stream()
                .map(OpcItemResult::serverHandle)
                .toList());
        Ints some = Ints.of(handles.at(0), NOBODYS, handles.at(5));
        say("Read", states(group.io.read(OpcDataSource.DEVICE, handles)));
        say("Read", states(group.io.read(OpcDataSource.DEVICE, some)));
        Ints written = Ints.of(handles.at(5), handles.at(4), NOBODYS, handles.at(0));
        List<Variant> values = List.of(new Variant.I4(7), new Variant.R8(1), new Variant.I4(1), Variant.Str.of("x"));
        say("Write", group.io.write(written, values));
        say("Read", states(group.io.read(OpcDataSource.DEVICE, handles)));
        say("Write", group.io.write(Ints.of(handles.at(5)), List.of(new Variant.I4(1))));
        say("SetActiveState", group.items.setActiveState(some, false));
        say("SetClientHandles", group.items.setClientHandles(some, Ints.of(201, 202, 203)));
        say("SetDatatypes", group.items.setDatatypes(some, Ints.of(BSTR, R8, R8)));
        say("CreateEnumerator", attributes(group));
        say("Read", states(group.io.read(OpcDataSource.DEVICE, handles)));
        say("RemoveItems", group.items.removeItems(some));
        say("Read", states(group.io.read(OpcDataSource.DEVICE, some)));
        say("CreateEnumerator", attributes(group));
    }

    private static String results(Result<PerItem<OpcItemResult>> result) {
        List<String> all = new ArrayList<>();
        result.value().values().forEach(item -> all.add(item.canonicalType() + "/" + item.accessRights()));
        return code(result) + " " + all + " " + codes(result.value().errors());
    }

    private static String states(Result<PerItem<OpcItemState>> result) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < result.value().values().size(); i++) {
            OpcItemState item = result.value().values().get(i);
            boolean isThere = result.value().errors().at(i) >= 0;
            all.add(isThere ? "%d=%s %s".formatted(item.clientHandle(), item.value(), item.quality()) : "-");
        }
        return code(result) + " " + all + " " + codes(result.value().errors());
    }

    private static List<String> attributes(TestClient.Group group) throws Exception {
        List<OpcItemAttributes> found = group.items
                .createEnumerator(IEnumOPCItemAttributes.DEF.iid())
                .value()
                .orElseThrow()
                .as(IEnumOPCItemAttributes.DEF)
                .within(TestClient.CALL)
                .next(100)
                .value();
        return found.stream()
                .map(item -> "%s %s %d %d %d %d"
                        .formatted(
                                item.itemId(),
                                item.isActive(),
                                item.clientHandle(),
                                item.accessRights(),
                                item.requestedType(),
                                item.canonicalType()))
                .sorted()
                .toList();
    }

    private void asynchronous(TestClient.Group group) throws Exception {
        Ints handles = group.add("static.2", "types.I2");
        say("AsyncIO2::Read", code(group.async.read(handles, 11)));
        group.advise();
        say(
                "AsyncIO2::Read",
                codes(group.async
                        .read(Ints.of(handles.at(0), NOBODYS), 12)
                        .value()
                        .errors()));
        group.awaitCompleted("12 read 1=" + new Variant.I4(2) + " C0");
        say(
                "AsyncIO2::Write",
                codes(group.async
                        .write(handles, List.of(new Variant.I4(22), Variant.Str.of("no number")), 13)
                        .value()
                        .errors()));
        group.awaitCompleted("13 written 1 00000000");
        say("AsyncIO2::Refresh2", code(group.async.refresh2(OpcDataSource.DEVICE, 14)));
        group.awaitCompleted("14 read 1=" + new Variant.I4(22) + " C0");
        say("AsyncIO2::Cancel2", group.async.cancel2(NOBODYS));
        say("AsyncIO2::SetEnable", group.async.setEnable(false));
        say("AsyncIO2::GetEnable", group.async.getEnable());
        say("completed", new TreeSet<>(group.completed));
        group.unadvise();
        say("Write", group.io.write(Ints.of(handles.at(0)), List.of(new Variant.I4(2))));
    }
}
