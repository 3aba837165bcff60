package org.tandemopc.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "HMI 3 (10.0.0.7)", "Kessel Süd", "锅炉", "مرجل", "\uD83D\uDE00", "C:\\u0041"})
    void printableTextIsNotChanged(String text) {
        assertThat(Printable.of(text)).isSameAs(text);
    }

    /** A second line in a log, a cursor that moves, a name that reads backwards, a name that looks like another one. */
    @ParameterizedTest
    @CsvSource({
        "10, \\u000A",
        "13, \\u000D",
        "9, \\u0009",
        "0, \\u0000",
        "27, \\u001B",
        "127, \\u007F",
        "133, \\u0085",
        "8232, \\u2028",
        "8238, \\u202E",
        "8294, \\u2066",
        "8203, \\u200B",
        "65279, \\uFEFF",
        "55357, \\uD83D"
    })
    void whatIsNotSeenIsShown(int character, String shown) {
        assertThat(Printable.of("a" + (char) character + "b")).isEqualTo("a" + shown + "b");
    }

    /** Tags of plane 14 are invisible, and two characters of UTF-16. */
    @Test
    void whatIsNotSeenBeyondThe16BitsIsShownToo() {
        assertThat(Printable.of("a" + Character.toString(0xE0041))).isEqualTo("a\\uDB40\\uDC41");
    }
}
