package org.tandemopc.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Texts that no decision writes yet; the others are read in the tests of the decisions. */
final class RecordTextsTest {
    @Test
    void monitorItemsAreNamedInTheManualsWords() {
        assertThat(RecordTexts.monitorItemNotAdded("Line1.Watchdog", "Boiler", 0, "alpha"))
                .isEqualTo(
                        "Attempt to add monitor item 'Line1.Watchdog' for 'Boiler' on primary machine 'alpha' failed."
                                + " This monitor item will be considered in error.");
        assertThat(RecordTexts.monitorItemIsArray("Line1.Watchdog", "Boiler", 1, "beta"))
                .isEqualTo("Monitor item 'Line1.Watchdog' for 'Boiler' on secondary machine 'beta' contains array data"
                        + " which is not supported for the 'specific value' trigger condition.");
    }

    @Test
    void sameServerNamesBothMachines() {
        assertThat(RecordTexts.sameServer("Boiler", 0, "alpha", 1, "beta"))
                .isEqualTo(
                        "The servers found for 'Boiler' on primary machine 'alpha' and on secondary machine 'beta' look"
                                + " like one and the same. A switch between them would help nobody.");
    }

    /** A StatusCode is unsigned; as a negative int it must not fill sixteen digits. */
    @Test
    void errorCodesHaveEightDigits() {
        assertThat(RecordTexts.connectFailed("Boiler", 0, "alpha", (int) 0x80130000L))
                .endsWith("(Error = 0x80130000).");
        assertThat(RecordTexts.connectFailed("Boiler", 0, "alpha", 5)).endsWith("(Error = 0x00000005).");
    }

    /** A pair may have more members later; the manual has two words. */
    @Test
    void everyMemberButTheFirstIsSecondary() {
        assertThat(RecordTexts.role(0)).isEqualTo("primary");
        assertThat(RecordTexts.role(2)).isEqualTo("secondary");
    }
}
