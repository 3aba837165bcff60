package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.testkit.Requirement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One setting is written into a text that a person wrote and goes on reading. */
class SettingEditorTest {
    /** With everything that a careless edit would lose. */
    private static final String TEXT = """
            # Plant 7, agreed with Ann
            version: 1
            opcua:   # the front door
              listen:   "127.0.0.1:4841"

            pairs:
              # boilers
              - name: boiler       # the old one
                mode: hot
                members: # in order of preference
                  - url: opc.tcp://a:4840
                  - {url: "opc.tcp://b:4840", trust: all}
                # until the new one is there

              # pumps
              - members:
                  - url: opc.tcp://c:4840   # c

                  - url: opc.tcp://d:4840   # d
                name: pump
                monitor:
                  items:
                  # watchdog first
                  - item: ns=2;s=wd 🐕   # a dog
                    trigger: noChange
                  - item: ns=2;s=x

              -
                # a lonely dash
                name: fan
                alias: 'fan.Alias1' # shown to the trend
                failback:
                members: [ { url: opc.tcp://e:4840 }, { url: opc.tcp://f:4840 } ]

            # end
            """;

    private static final JsonMapper JSON = JsonMapper.shared();

    private static String set(String text, String path, String json) {
        return SettingEditor.set(text, SettingPath.of(path), JSON.readTree(json));
    }

    /** Old and new are the lines that differ, with | for the end of a line. */
    @ParameterizedTest
    @Requirement("APP-1")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "pairs[0].mode ~ 'warm' ~ mode: hot ~ mode: warm",
                "pairs[0].name ~ 'boiler2' ~ name: boiler       # ~ name: boiler2       #",
                "opcua.listen ~ '0.0.0.0:4840' ~ \"127.0.0.1:4841\" ~ \"0.0.0.0:4840\"",
                "pairs[0].members[0].url ~ 'opc.tcp://z:1' ~ opc.tcp://a:4840 ~ opc.tcp://z:1",
                "pairs[0].members[1].url ~ 'opc.tcp://z:1' ~ \"opc.tcp://b:4840\" ~ opc.tcp://z:1",
                "pairs[0].members[1].trust ~ null ~ \"opc.tcp://b:4840\", trust: all} ~ \"opc.tcp://b:4840\"}",
                "pairs[0].members[1].url ~ null ~ {url: \"opc.tcp://b:4840\", trust ~ {trust",
                "pairs[0].members[1].user ~ 'tandem' ~ trust: all} ~ trust: all, user: tandem}",
                "pairs[0].mode ~ null ~ # the old one|    mode: hot| ~ # the old one|",
                "pairs[0].name ~ null ~ - name: boiler       # the old one|    mode ~ - mode",
                "pairs[0].members[0].trust ~ 'all' ~ - url: opc.tcp://a:4840 ~ - url: opc.tcp://a:4840|        trust: all",
                "pairs[1].statusInterval ~ '250ms' ~   - item: ns=2;s=x ~   - item: ns=2;s=x|    statusInterval: 250ms",
                "pairs[1].monitor.failureCount ~ 2 ~   - item: ns=2;s=x ~   - item: ns=2;s=x|      failureCount: 2",
                "pairs[1].monitor.items[0].trigger ~ 'badQuality' ~ trigger: noChange ~ trigger: badQuality",
                "pairs[1].monitor.items[0] ~ null ~ # watchdog first|      - item: ns=2;s=wd 🐕   # a dog|        trigger: noChange| ~ # watchdog first|",
                "pairs[1].monitor.items[2] ~ {'item':'i=1'} ~ - item: ns=2;s=x ~ - item: ns=2;s=x|      - item: \"i=1\"",
                "pairs[1].members[1].trust ~ 'all' ~ # d ~ # d|        trust: all",
                "pairs[1].members[2] ~ {'url':'opc.tcp://g:1','trust':'all'} ~ # d ~ # d||      - url: opc.tcp://g:1|        trust: all",
                "pairs[2].failback ~ false ~ failback:| ~ failback: false|",
                "pairs[2].monitor ~ {'items':[{'item':'i=1'}],'failureCount':1} ~ :4840 } ] ~ :4840 } ]|    monitor:|      items:|        - item: \"i=1\"|      failureCount: 1",
                "pairs[2].members[1].trust ~ 'all' ~ f:4840 } ~ f:4840, trust: all }",
                "pairs[2].members[2] ~ {'url':'opc.tcp://g:1'} ~ f:4840 } ] ~ f:4840 }, {url: opc.tcp://g:1} ]",
                "rest.listen ~ '127.0.0.1:0' ~ # end ~ # end",
                "pairs[0].readers ~ ['anna','007'] ~ trust: all} ~ trust: all}|    readers: [anna, \"007\"]",
            })
    void oneSettingIsWrittenAndNothingElseMoves(String path, String value, String before, String after) {
        String old = before.replace('|', '\n');
        assertThat(TEXT).contains(old);

        String changed = set(TEXT, path, value.replace('\'', '"'));

        if (path.startsWith("rest")) {
            // Behind the last setting of the file, before what a person wrote below it.
            assertThat(changed)
                    .isEqualTo(TEXT.replace("f:4840 } ]\n", "f:4840 } ]\nrest:\n  listen: \"127.0.0.1:0\"\n"));
        } else {
            int at = TEXT.indexOf(old);
            assertThat(changed)
                    .isEqualTo(TEXT.substring(0, at) + after.replace('|', '\n') + TEXT.substring(at + old.length()));
        }
    }

    /** A form sends a list whole: what is equal stays as it is written, with its comments. */
    @Test
    void listThatIsGivenWholeIsWrittenWhereItDiffers() {
        String changed = set(
                TEXT,
                "pairs[1].monitor.items",
                "[{\"item\":\"ns=2;s=wd 🐕\",\"trigger\":\"noChange\",\"time\":\"5s\"},{\"item\":\"ns=2;s=y\"},{\"item\":\"ns=2;s=x\"}]");

        assertThat(changed).isEqualTo(TEXT.replace("""
                        trigger: noChange
                      - item: ns=2;s=x
                """, """
                        trigger: noChange
                        time: 5s
                      - item: "ns=2;s=y"
                      - item: ns=2;s=x
                """));
    }

    @Test
    void memberThatIsTakenFromTheMiddleGoesWithItsCommentOnly() {
        String changed = set(TEXT, "pairs[1].members[0]", "null");

        assertThat(changed).isEqualTo(TEXT.replace("      - url: opc.tcp://c:4840   # c\n", ""));
    }

    @Test
    void longBlockBecomesShortAndTheReverse() {
        String none = set(TEXT, "pairs[0].members", "[]");
        assertThat(none).contains("    members: [] # in order of preference\n    # until the new one is there\n");

        String again = set(none, "pairs[0].members", "[{\"url\":\"opc.tcp://a:1\"},{\"url\":\"opc.tcp://b:1\"}]");
        assertThat(again)
                .contains(
                        "    members: # in order of preference\n      - url: opc.tcp://a:1\n      - url: opc.tcp://b:1\n");
    }

    @Test
    void lineEndsOfWindowsStay() {
        String text = TEXT.replace("\n", "\r\n");

        String changed = set(text, "pairs[1].members[1].trust", "\"all\"");

        assertThat(changed).isEqualTo(text.replace("# d\r\n", "# d\r\n        trust: all\r\n"));
    }

    @Test
    void fileWithoutALastLineEndIsGoneOnWith() {
        String changed = set("version: 1\npairs: []", "pairs[0]", "{\"name\":\"p\",\"members\":[{\"url\":\"x\"}]}");

        assertThat(changed).isEqualTo("version: 1\npairs:\n  - name: p\n    members:\n      - url: x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "pairs[0].members[7].url ~ 1 ~ none [7]",
                "pairs[0].mode.x ~ 1 ~ has no such parts",
                "pairs.x ~ 1 ~ has no such parts",
                "pairs[9] ~ null ~ none [9]"
            })
    void placeThatIsNotThereIsRefused(String path, String value, String why) {
        assertThatThrownBy(() -> set(TEXT, path, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"a..b", "a[x]", "a[-1]", ".a", "a]", "a[0", "'a b'", "a[99999]"})
    void pathThatIsNoneIsRefused(String path) {
        assertThatThrownBy(() -> SettingPath.of(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("members[0].url");
    }

    /** Whatever is set where: the text means exactly that, or is refused; and comments of untouched pairs are still there. */
    @Test
    void anyChangeAnywhereMeansWhatWasMeantOrIsRefused() {
        Random random = new Random(20261201);
        List<String> values = List.of(
                "null",
                "1",
                "true",
                "\"x: y # z\"",
                "\"\"",
                "\"- a\"",
                "[]",
                "{}",
                "[1,\"b\"]",
                "{\"a\":{\"b\":[{\"c\":1}]}}",
                "[{\"url\":\"q\"},{\"url\":\"r\",\"t\":[1]}]",
                "\"line\\nline\"",
                "\"'\\\"\\\\\"",
                "\"ü🐕\"");
        List<String> paths = List.of(
                "opcua",
                "opcua.listen",
                "opcua.x",
                "pairs[0]",
                "pairs[1].members",
                "pairs[1].members[0]",
                "pairs[2].name",
                "pairs[1].monitor",
                "pairs[1].monitor.items",
                "pairs[1].monitor.items[1].item",
                "pairs[2].members[1]",
                "pairs[2].members",
                "pairs[0].members[1].trust",
                "pairs[2].failback",
                "pairs[2].failback.x",
                "pairs[3]",
                "pairs",
                "pairs[1].members[2]",
                "pairs[0].a.b[0].c",
                "pairs[1].name");
        int changes = 0;
        for (int run = 0; run < 400; run++) {
            String text = TEXT;
            for (int step = 0; step < 4; step++) {
                String path = paths.get(random.nextInt(paths.size()));
                JsonNode value = JSON.readTree(values.get(random.nextInt(values.size())));
                try {
                    String changed = SettingEditor.set(text, SettingPath.of(path), value);
                    assertThat(SettingTree.of(changed))
                            .isEqualTo(SettingTree.with(
                                    SettingTree.of(text), SettingPath.of(path).steps(), value));
                    assertThat(changed).contains("# Plant 7, agreed with Ann").contains("# end");
                    text = changed;
                    changes++;
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessageMatching("(?s).{20,}");
                }
            }
        }
        assertThat(changes).isGreaterThan(1_000);
    }
}
