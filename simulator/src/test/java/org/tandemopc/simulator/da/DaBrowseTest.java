package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tandemopc.simulator.da.DaTestClient.PATIENCE;
import static org.tandemopc.simulator.da.DaTestClient.soon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tandemopc.dcom.ndr.SafeArray;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCBrowse;
import org.tandemopc.opcda.IOPCBrowse.BrowseCall;
import org.tandemopc.opcda.IOPCBrowse.Browsed;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.IOPCItemProperties;
import org.tandemopc.opcda.IOPCServer;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseElement;
import org.tandemopc.opcda.OpcBrowseFilter;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.OpcItemProperties;
import org.tandemopc.opcda.OpcItemProperty;
import org.tandemopc.opcda.OpcNamespaceType;
import org.tandemopc.opcda.OpcPropertyInfo;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.ole.IEnumString;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.params.PerItem;

/** The address space and the properties, as clients of each version see them. */
@Timeout(120)
class DaBrowseTest {
    private DaSimulatedServer server;
    private DaTestClient client;
    private ComPointer<IOPCServer> opc;

    @BeforeEach
    void start() throws Exception {
        server = DaSimulatedServer.start(DaTestClient.settings());
        client = DaTestClient.of(server);
        opc = client.server();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    private IOPCBrowseServerAddressSpace space() throws Exception {
        return client.ask(opc, IOPCBrowseServerAddressSpace.DEF).within(PATIENCE);
    }

    private static List<String> list(Result<Optional<ComPointer<IEnumString>>> browsed) throws Exception {
        List<String> all = new ArrayList<>();
        try (ComPointer<IEnumString> names = browsed.value().orElseThrow()) {
            Result<List<String>> some;
            do {
                some = names.within(soon()).next(10);
                all.addAll(some.value());
            } while (some.hresult() == HResult.S_OK);
        }
        assertThat(browsed.hresult()).isEqualTo(all.isEmpty() ? HResult.S_FALSE : HResult.S_OK);
        return all;
    }

    @Test
    void aClientOf2WalksThroughTheTree() throws Exception {
        IOPCBrowseServerAddressSpace space = space();

        assertThat(space.queryOrganization()).isEqualTo(Result.ok(OpcNamespaceType.HIERARCHICAL));
        assertThat(list(space.browseOpcItemIds(OpcBrowseType.BRANCH, "", 0, 0)))
                .contains("counter", "types", "deep")
                .doesNotContain("a");
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.DOWN, "deep")).isEqualTo(Answers.DONE);
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.DOWN, "a")).isEqualTo(Answers.DONE);
        assertThat(space.getItemId("")).isEqualTo(Result.ok("deep.a"));
        assertThat(list(space.browseOpcItemIds(OpcBrowseType.BRANCH, "", 0, 0))).containsExactly("b");
        assertThat(list(space.browseOpcItemIds(OpcBrowseType.LEAF, "", 0, 0))).isEmpty();
        assertThat(list(space.browseOpcItemIds(OpcBrowseType.FLAT, "", 0, 0)))
                .containsExactly("deep.a.b.c", "deep.a.b");
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.DOWN, "b")).isEqualTo(Answers.DONE);
        assertThat(list(space.browseOpcItemIds(OpcBrowseType.LEAF, "", 0, 0))).containsExactly("c");
        assertThat(space.getItemId("c")).isEqualTo(Result.ok("deep.a.b.c"));
        assertThat(space.getItemId("x")).isEqualTo(Result.failure(HResult.E_INVALIDARG));
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.UP, "")).isEqualTo(Answers.DONE);
        assertThat(space.getItemId("")).isEqualTo(Result.ok("deep.a"));
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.TO, "counter")).isEqualTo(Answers.DONE);
        assertThat(space.getItemId("0")).isEqualTo(Result.ok("counter.0"));
    }

    @Test
    void aPositionThatIsNotThereIsRefusedAndTheOldOneStays() throws Exception {
        IOPCBrowseServerAddressSpace space = space();
        space.changeBrowsePosition(OpcBrowseDirection.TO, "deep").value();

        assertThat(space.changeBrowsePosition(OpcBrowseDirection.DOWN, "x")).isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.TO, "x")).isEqualTo(Result.failure(HResult.E_FAIL));
        assertThat(space.getItemId("")).isEqualTo(Result.ok("deep"));
        space.changeBrowsePosition(OpcBrowseDirection.TO, "").value();
        assertThat(space.changeBrowsePosition(OpcBrowseDirection.UP, "")).isEqualTo(Result.failure(HResult.E_FAIL));
    }

    @Test
    void eachClientHasAPositionOfItsOwn() throws Exception {
        space().changeBrowsePosition(OpcBrowseDirection.TO, "deep").value();
        IOPCBrowseServerAddressSpace other =
                client.ask(client.server(), IOPCBrowseServerAddressSpace.DEF).within(PATIENCE);

        assertThat(other.getItemId("")).isEqualTo(Result.ok(""));
        assertThat(space().getItemId("")).isEqualTo(Result.ok("deep"));
    }

    @Test
    void leavesAreFilteredByNameTypeAndRights() throws Exception {
        IOPCBrowseServerAddressSpace space = space();
        space.changeBrowsePosition(OpcBrowseDirection.TO, "types").value();

        assertThat(list(space.browseOpcItemIds(OpcBrowseType.LEAF, "UI*", 0, 0)))
                .containsExactly("UI1", "UI2", "UI4", "UI8", "UINT");
        assertThat(list(space.browseOpcItemIds(OpcBrowseType.LEAF, "", VarType.R8.code(), 0)))
                .containsExactly("R8");
        space.changeBrowsePosition(OpcBrowseDirection.TO, "rights").value();
        assertThat(list(space.browseOpcItemIds(OpcBrowseType.LEAF, "", 0, OpcDa.WRITEABLE)))
                .containsExactly("writeOnly", "withQuality");
    }

    @Test
    void anEnumeratorIsNotMovedByThePosition() throws Exception {
        IOPCBrowseServerAddressSpace space = space();
        space.changeBrowsePosition(OpcBrowseDirection.TO, "static").value();
        ComPointer<IEnumString> names =
                space.browseOpcItemIds(OpcBrowseType.LEAF, "", 0, 0).value().orElseThrow();
        space.changeBrowsePosition(OpcBrowseDirection.TO, "").value();

        assertThat(names.within(soon()).next(2)).isEqualTo(Result.ok(List.of("0", "1")));
        assertThat(names.within(soon()).skip(1)).isEqualTo(Answers.DONE);
        ComPointer<IEnumString> copy = names.within(soon()).copy().value().orElseThrow();
        assertThat(copy.within(soon()).next(1)).isEqualTo(Result.ok(List.of("3")));
        assertThat(names.within(soon()).next(1)).isEqualTo(Result.ok(List.of("3")));
        assertThat(names.within(soon()).reset()).isEqualTo(Answers.DONE);
        assertThat(names.within(soon()).next(1)).isEqualTo(Result.ok(List.of("0")));
    }

    private static BrowseCall call(String id, Optional<String> point, long max, OpcBrowseFilter filter, String name) {
        return new BrowseCall(id, point, max, filter, name, "", false, false, Ints.EMPTY);
    }

    private IOPCBrowse browse() throws Exception {
        return client.ask(opc, IOPCBrowse.DEF).within(PATIENCE);
    }

    @Test
    void aClientOf3PagesThroughABranch() throws Exception {
        IOPCBrowse browse = browse();
        List<String> ids = new ArrayList<>();
        Optional<String> point = Optional.empty();
        int pages = 0;
        do {
            Browsed page = browse.browse(call("static", point, 4, OpcBrowseFilter.ALL, ""))
                    .value();
            page.elements().forEach(element -> ids.add(element.itemId()));
            assertThat(page.moreElements()).isFalse();
            point = page.continuationPoint();
            pages++;
        } while (point.filter(text -> !text.isEmpty()).isPresent());

        assertThat(pages).isEqualTo(3);
        assertThat(ids).hasSize(10).startsWith("static.0", "static.1").doesNotHaveDuplicates();
    }

    @Test
    void aContinuationPointGoesWithTheCallThatItWasGivenTo() throws Exception {
        IOPCBrowse browse = browse();
        Optional<String> point = browse.browse(call("static", Optional.empty(), 4, OpcBrowseFilter.ALL, ""))
                .value()
                .continuationPoint();

        assertThat(browse.browse(call("types", point, 4, OpcBrowseFilter.ALL, ""))
                        .hresult())
                .isEqualTo(OpcResult.OPC_E_INVALIDCONTINUATIONPOINT);
        assertThat(browse.browse(call("static", Optional.of("?"), 4, OpcBrowseFilter.ALL, ""))
                        .hresult())
                .isEqualTo(OpcResult.OPC_E_INVALIDCONTINUATIONPOINT);
        assertThat(browse.browse(call("static", point, 4, OpcBrowseFilter.ALL, ""))
                        .hresult())
                .isZero();
    }

    @Test
    void elementsSayWhatTheyAreAndFiltersChoose() throws Exception {
        IOPCBrowse browse = browse();
        List<OpcBrowseElement> deep = browse.browse(call("deep.a", Optional.empty(), 0, OpcBrowseFilter.ALL, ""))
                .value()
                .elements();

        assertThat(deep).singleElement().satisfies(element -> {
            assertThat(element.name()).isEqualTo("b");
            assertThat(element.hasChildren()).isTrue();
            assertThat(element.isItem()).isTrue();
        });
        assertThat(browse.browse(call("", Optional.empty(), 0, OpcBrowseFilter.ITEMS, ""))
                        .value()
                        .elements())
                .isEmpty();
        assertThat(browse.browse(call("", Optional.empty(), 0, OpcBrowseFilter.BRANCHES, "c*"))
                        .value()
                        .elements())
                .extracting(OpcBrowseElement::itemId)
                .containsExactly("counter");
        assertThat(browse.browse(call("nowhere", Optional.empty(), 0, OpcBrowseFilter.ALL, ""))
                        .hresult())
                .isEqualTo(OpcResult.OPC_E_UNKNOWNITEMID);
    }

    @Test
    void propertiesOf2AreListedReadAndNotLookedUp() throws Exception {
        IOPCItemProperties properties = client.ask(opc, IOPCItemProperties.DEF).within(PATIENCE);

        assertThat(properties.queryAvailableProperties("units.level").value())
                .extracting(OpcPropertyInfo::id)
                .containsExactly(1, 2, 3, 4, 5, 6, 100, 101, 102, 103, 108, 5000);
        Result<PerItem<Variant>> values =
                properties.getItemProperties("units.level", Ints.of(1, 2, 3, 5, 100, 102, 5000, 4711));
        assertThat(values.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(values.value().values())
                .startsWith(
                        new Variant.I2((short) VarType.R8.code()),
                        new Variant.R8(50),
                        new Variant.I2((short) 0xC0),
                        new Variant.I4(3),
                        Variant.Str.of("mm"),
                        new Variant.R8(200),
                        Variant.Str.of("a property of the vendor's"));
        assertThat(values.value().errors()).endsWith(0, OpcResult.OPC_E_INVALID_PID);
        assertThat(properties
                        .lookupItemIds("units.level", Ints.of(1, 100))
                        .value()
                        .errors())
                .containsExactly(OpcResult.OPC_E_INVALID_PID, HResult.E_FAIL);
        assertThat(properties.queryAvailableProperties("units").hresult()).isEqualTo(OpcResult.OPC_E_UNKNOWNITEMID);
        assertThat(properties.queryAvailableProperties("").hresult()).isEqualTo(OpcResult.OPC_E_INVALIDITEMID);
    }

    @Test
    void propertiesOf3TellTheEngineeringUnits() throws Exception {
        Result<List<OpcItemProperties>> all =
                browse().getProperties(List.of("units.level", "units.mode", "nowhere"), true, Ints.of(7, 8));

        assertThat(all.hresult()).isEqualTo(HResult.S_FALSE);
        assertThat(all.value().get(0).properties())
                .extracting(OpcItemProperty::value)
                .containsExactly(new Variant.I4(1), new Variant.Array(SafeArray.ofR8(0, 200)));
        assertThat(all.value().get(1).properties())
                .extracting(OpcItemProperty::value)
                .containsExactly(
                        new Variant.I4(2),
                        new Variant.Array(SafeArray.ofStrings(List.of("off", "manual", "automatic"))));
        assertThat(all.value().get(2).hresult()).isEqualTo(OpcResult.OPC_E_UNKNOWNITEMID);
    }

    @Test
    void browsingBringsThePropertiesThatWereAskedFor() throws Exception {
        Browsed browsed = browse().browse(new BrowseCall(
                        "units", Optional.empty(), 0, OpcBrowseFilter.ITEMS, "level", "", true, false, Ints.EMPTY))
                .value();

        assertThat(browsed.elements().getFirst().properties().properties())
                .hasSize(14)
                .allSatisfy(property -> assertThat(property.value()).isEqualTo(Variant.EMPTY));
    }
}
