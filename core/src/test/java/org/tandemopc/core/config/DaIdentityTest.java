package org.tandemopc.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.core.config.DaNames.Remark;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

class DaIdentityTest {
    private static final UUID CONFIGURED = UUID.fromString("11111111-1111-4111-8111-111111111111");
    private static final UUID PRIMARY = UUID.fromString("22222222-2222-4222-8222-222222222222");

    /** RFC 9562 A.4. */
    @Test
    void namesOfADomainHaveTheUuidOfTheStandardsExample() {
        assertThat(DaIdentity.nameBased(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"))
                .isEqualTo(UUID.fromString("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
    }

    /** Clients keep the class: it is the same on another machine, and in every version of Tandem. Made with Python's uuid5. */
    @ParameterizedTest
    @CsvSource({
        "Plant.Server.1, 0b317eb7-eb41-567e-b8c0-963e075a7166",
        "PLANT.server.1, 0b317eb7-eb41-567e-b8c0-963e075a7166",
        "Plant.Server.1.Alias1, 7ea732bf-852d-523f-9b12-42e8378c91fa",
        "Anlage SÜD.1, 8cf6659e-1fc7-559f-9489-46349a90bc8e"
    })
    @Requirement(value = "ALI-1", protocol = Protocol.DA)
    void aNameHasItsClassForGood(String name, UUID clsid) {
        assertThat(DaIdentity.of(name, false, Optional.empty(), Optional.empty()))
                .isEqualTo(new DaIdentity(name, clsid));
    }

    @Test
    void aConfiguredClassCountsBeforeThePrimarysAndThatBeforeTheName() {
        DaIdentity ofName = DaIdentity.of("Plant", false, Optional.empty(), Optional.empty());

        assertThat(DaIdentity.of("Plant", false, Optional.of(CONFIGURED), Optional.of(PRIMARY))
                        .clsid())
                .isEqualTo(CONFIGURED);
        assertThat(DaIdentity.of("Plant", true, Optional.of(CONFIGURED), Optional.of(PRIMARY))
                        .clsid())
                .isEqualTo(CONFIGURED);
        assertThat(DaIdentity.of("Plant", false, Optional.empty(), Optional.of(PRIMARY))
                        .clsid())
                .isEqualTo(PRIMARY)
                .isNotEqualTo(ofName.clsid());
    }

    /** Else two pairs of one server would have one class. */
    @Test
    @Requirement(
            value = {"ALI-1", "UNA-1"},
            protocol = Protocol.DA)
    void anAliasHasAClassOfItsOwnAndWithoutItThePairHasThePrimarysAgain() {
        DaIdentity alias = DaIdentity.of("Plant.Alias1", true, Optional.empty(), Optional.of(PRIMARY));
        DaIdentity other = DaIdentity.of("Plant.Alias2", true, Optional.empty(), Optional.of(PRIMARY));
        DaIdentity without = DaIdentity.of("Plant", false, Optional.empty(), Optional.of(PRIMARY));

        assertThat(List.of(alias.clsid(), other.clsid(), without.clsid())).doesNotHaveDuplicates();
        assertThat(without.clsid()).isEqualTo(PRIMARY);
    }

    @ParameterizedTest
    @CsvSource({
        "Plant.Server.1, Plant.Server",
        "Plant.Server.12, Plant.Server",
        "Plant.Server, Plant.Server",
        "Plant.Server.1.Alias1, Plant.Server.1.Alias1",
        "Plant.V6, Plant.V6",
        ".1, .1"
    })
    void theVersionIsALastPartThatIsANumber(String progId, String without) {
        assertThat(new DaIdentity(progId, CONFIGURED).versionIndependentProgId())
                .isEqualTo(without);
    }

    @Test
    @Requirement(value = "ADD-5", protocol = Protocol.DA)
    void aSecondPairOfAProgIdIsRefusedUntilItHasAnAlias() {
        DaIdentity first = DaIdentity.of("Plant.Server.1", false, Optional.empty(), Optional.of(PRIMARY));
        DaIdentity second = DaIdentity.of("plant.server.1", false, Optional.of(CONFIGURED), Optional.empty());
        DaIdentity aliased = DaIdentity.of("Plant.Server.1.Alias1", true, Optional.empty(), Optional.of(PRIMARY));

        Remark remark = second.clash(List.of(first)).orElseThrow();
        assertThat(remark.isError()).isTrue();
        assertThat(remark.message())
                .isEqualTo("Another pair has the ProgID 'Plant.Server.1', so clients could not tell them apart.");
        assertThat(remark.remedy()).contains("alias, as 'plant.server.1.Alias1'");
        assertThat(aliased.clash(List.of(first))).isEmpty();
    }

    /** Two lines of one maker's servers: other names, the same class. */
    @Test
    @Requirement(value = "ADD-5", protocol = Protocol.DA)
    void aSecondPairOfAClassIsRefusedUntilItHasAnAlias() {
        DaIdentity first = DaIdentity.of("Line1", false, Optional.empty(), Optional.of(PRIMARY));
        DaIdentity second = DaIdentity.of("Line2", false, Optional.empty(), Optional.of(PRIMARY));

        assertThat(second.clash(List.of(first)).orElseThrow().message())
                .isEqualTo("'Line2' would have the class {22222222-2222-4222-8222-222222222222} of 'Line1', so clients"
                        + " could not tell them apart.");
        assertThat(DaIdentity.of("Line2", true, Optional.empty(), Optional.of(PRIMARY))
                        .clash(List.of(first)))
                .isEmpty();
    }

    @Test
    void opcEnumsClassAndNoneAreNoPairs() {
        assertThat(new DaIdentity("Plant", DaIdentity.SERVER_LIST)
                        .clash(List.of())
                        .orElseThrow()
                        .message())
                .contains("that of OpcEnum");
        assertThat(new DaIdentity("Plant", new UUID(0, 0)).clash(List.of())).isPresent();
        assertThat(new DaIdentity("Plant", CONFIGURED).clash(List.of())).isEmpty();
    }
}
