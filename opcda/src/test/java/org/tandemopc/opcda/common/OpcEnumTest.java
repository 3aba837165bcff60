package org.tandemopc.opcda.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Guid;
import org.tandemopc.dcom.orpc.ComObject;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.InterfaceDef;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.OpcDa;
import org.tandemopc.opcda.ole.IEnumGUID;

/** What OpcEnum answers of a list; that it travels over DCOM is shown by those who serve it. */
class OpcEnumTest {
    private static final Guid NINE = Guid.of("00000000-0000-4000-8000-000000000009");
    private static final Guid TEN = Guid.of("00000000-0000-4000-8000-000000000010");
    private static final Guid BARE = Guid.of("00000000-0000-4000-8000-000000000001");
    private static final Guid OTHER = Guid.of("00000000-0000-4000-8000-000000000002");
    private static final List<Guid> DA20 = List.of(OpcDa.CATID_OPCDASERVER20);
    private static final Duration CALL = Duration.ofSeconds(10);

    private final List<ListedClass> listed = new CopyOnWriteArrayList<>();
    private final IOPCServerList first = list(IOPCServerList.DEF);
    private final IOPCServerList2 second = list(IOPCServerList2.DEF);

    private <T> T list(InterfaceDef<T> type) {
        ComObject object = OpcEnum.object(() -> listed);
        return object.target(type).orElseThrow();
    }

    @BeforeEach
    void listed() {
        listed.add(of(NINE, "Plant.Server.9", "Plant.Server", OpcDa.CATID_OPCDASERVER20));
        listed.add(of(TEN, "Plant.Server.10", "Plant.Server", OpcDa.CATID_OPCDASERVER20, OpcDa.CATID_OPCDASERVER30));
    }

    private static ListedClass of(Guid clsid, String progId, String withoutVersion, Guid... categories) {
        return new ListedClass(clsid, progId, withoutVersion, "A " + progId, Set.of(categories));
    }

    private List<Guid> classes(Guid... implemented) throws Exception {
        IEnumGUID ole = first.enumClassesOfCategories(List.of(implemented), List.of())
                .value()
                .orElseThrow()
                .within(CALL);
        IOPCEnumGUID opc = second.enumClassesOfCategories(List.of(implemented), List.of())
                .value()
                .orElseThrow()
                .within(CALL);
        List<Guid> classes = ole.next(100).value();
        assertThat(opc.next(100).value()).isEqualTo(classes);
        return classes;
    }

    @Test
    void oneCategoryOfThoseAskedForIsEnoughAndNoneIsAny() throws Exception {
        assertThat(classes(OpcDa.CATID_OPCDASERVER20)).containsExactly(NINE, TEN);
        assertThat(classes(OpcDa.CATID_OPCDASERVER30)).containsExactly(TEN);
        assertThat(classes(OpcDa.CATID_OPCDASERVER10, OpcDa.CATID_OPCDASERVER30))
                .containsExactly(TEN);
        assertThat(classes(OpcDa.CATID_OPCDASERVER10)).isEmpty();
        assertThat(classes()).containsExactly(NINE, TEN);
    }

    /** The classes require nothing, so whatever a client says that it has for them leaves them in the list. */
    @Test
    void whatAClientHasForClassesThatRequireSomethingMakesNoDifference() throws Exception {
        IEnumGUID classes = first.enumClassesOfCategories(DA20, List.of(OpcDa.CATID_XMLDASERVER10))
                .value()
                .orElseThrow()
                .within(CALL);

        assertThat(classes.next(5)).isEqualTo(Result.partly(List.of(NINE, TEN)));
    }

    @Test
    void anEnumeratorKeepsItsListAndItsPlaceAndCopiesHaveTheirs() throws Exception {
        IEnumGUID ole = first.enumClassesOfCategories(DA20, List.of())
                .value()
                .orElseThrow()
                .within(CALL);
        IOPCEnumGUID opc = second.enumClassesOfCategories(DA20, List.of())
                .value()
                .orElseThrow()
                .within(CALL);
        listed.clear();

        assertThat(ole.next(1)).isEqualTo(Result.ok(List.of(NINE)));
        IEnumGUID oleCopy = ole.copy().value().orElseThrow().within(CALL);
        assertThat(ole.next(5)).isEqualTo(Result.partly(List.of(TEN)));
        assertThat(ole.next(5)).isEqualTo(Result.partly(List.of()));
        assertThat(oleCopy.next(1)).isEqualTo(Result.ok(List.of(TEN)));
        assertThat(ole.reset().hresult()).isZero();
        assertThat(ole.skip(1).hresult()).isZero();
        assertThat(ole.next(1)).isEqualTo(Result.ok(List.of(TEN)));
        assertThat(ole.skip(1).hresult()).isEqualTo(HResult.S_FALSE);

        assertThat(opc.skip(1).hresult()).isZero();
        IOPCEnumGUID opcCopy = opc.copy().value().orElseThrow().within(CALL);
        assertThat(opc.reset().hresult()).isZero();
        assertThat(opc.next(2)).isEqualTo(Result.ok(List.of(NINE, TEN)));
        assertThat(opcCopy.next(2)).isEqualTo(Result.partly(List.of(TEN)));
        assertThat(classes()).as("what is asked for anew").isEmpty();
    }

    @Test
    void aNameWithoutVersionIsTheNewestUnlessItIsAProgId() throws Exception {
        assertThat(first.clsidFromProgId("plant.server.9")).isEqualTo(Result.ok(NINE));
        assertThat(first.clsidFromProgId("Plant.Server")).isEqualTo(Result.ok(TEN));
        assertThat(second.clsidFromProgId("PLANT.SERVER")).isEqualTo(Result.ok(TEN));

        listed.add(of(BARE, "Plant.Server", "Plant.Server"));

        assertThat(second.clsidFromProgId("Plant.Server")).isEqualTo(Result.ok(BARE));
    }

    @Test
    void whatIsNotListedIsNotKnown() throws Exception {
        assertThat(first.clsidFromProgId("Plant.Server.1").hresult()).isEqualTo(0x800401F3);
        assertThat(second.clsidFromProgId("").hresult()).isEqualTo(0x800401F3);
        assertThat(first.getClassDetails(OTHER).hresult()).isEqualTo(HResult.REGDB_E_CLASSNOTREG);
        assertThat(second.getClassDetails(OTHER).hresult()).isEqualTo(HResult.REGDB_E_CLASSNOTREG);
    }

    @Test
    void detailsAreThoseOfTheClass() throws Exception {
        assertThat(first.getClassDetails(TEN).value())
                .contains(new IOPCServerList.ClassDetails("Plant.Server.10", "A Plant.Server.10"));
        assertThat(second.getClassDetails(NINE).value())
                .contains(new IOPCServerList2.ClassDetails("Plant.Server.9", "A Plant.Server.9", "Plant.Server"));
    }
}
