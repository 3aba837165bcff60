package org.tandemopc.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.testkit.Requirement;

class EventFormatTest {
    /** A spreadsheet must not calculate what a client called itself. */
    @ParameterizedTest
    @Requirement("DIA-4")
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "plain|plain",
                "a,b|\"a,b\"",
                "say \"hi\"|\"say \"\"hi\"\"\"",
                "=1+1|'=1+1",
                "+49|'+49",
                "-1|'-1",
                "@cmd|'@cmd",
                "=A,B|\"'=A,B\"",
                "a=b|a=b"
            })
    void cellIsQuotedAndNeverAFormula(String text, String cell) {
        assertThat(EventFormat.cell(text)).isEqualTo(cell);
    }

    @org.junit.jupiter.api.Test
    void controlCharactersOfOthersAreSpelledOut() {
        assertThat(EventFormat.cell("a\r\nb\u001b\u202e")).isEqualTo("a\\u000D\\u000Ab\\u001B\\u202E");
    }
}
