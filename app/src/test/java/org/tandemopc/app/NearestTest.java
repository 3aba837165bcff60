package org.tandemopc.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    @ParameterizedTest
    @CsvSource({"statsu,status", "swich,switch", "unpinn,unpin", "pni,pin", "--jsn,--json", "fly,''", "x,''"})
    void slipOfTheHandIsUnderstoodAndAnythingElseIsNot(String word, String meant) {
        assertThat(Nearest.of(word, List.of("status", "switch", "pin", "unpin", "--json", "demo"))
                        .orElse(""))
                .isEqualTo(meant);
    }
}
