package org.tandemopc.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigMaskTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:\n  password: hunter2\n  user: ann\n",
                "a:\n  password: \"hunter2\"   # the old one\n",
                "a:\n  password: 'hun''ter2 hunter2'\n",
                "a:\n  password: \"a \\\" hunter2\"\n",
                "a: {user: ann, password: hunter2, b: c}\n",
                "a:\n  - password: hunter2\n",
                "a:\n  \"password\": hunter2\n",
                "# password: hunter2\na: b\n",
                "webhook: {url: https://a/, secret: hunter2}\n",
                "webhook: {url: https://a/b, secret: hunter2}\n",
            })
    void passwordIsReplacedAndTheRestStays(String text) {
        String shown = ConfigMask.hide(text).orElseThrow();

        assertThat(shown).doesNotContain("hunter2").contains(ConfigMask.HIDDEN);
        assertThat(shown.lines().count()).isEqualTo(text.lines().count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:\n  password: file:/run/secrets/p\n", "a:\n  password: \"env:PLANT_PASSWORD\"\n"})
    void placeOfAPasswordIsNoSecret(String text) {
        assertThat(ConfigMask.hide(text)).contains(text);
    }

    /** Ways to write a password that the pattern does not know, and what is no YAML, show nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:\n  password: |\n    hunter2\n",
                "a:\n  password: >-\n    hunter2\n",
                "a:\n  password:\n    hunter2\n",
                "a:\n  \"pass\\u0077ord\": hunter2\n",
                "a: {password: [hunter2]}\n",
                "a:\n  ? password\n  : hunter2\n",
                "a: [1, password: x\n",
            })
    void whatCannotBeHiddenForSureIsNotShown(String text) {
        assertThat(ConfigMask.hide(text).filter(shown -> shown.contains("hunter2")))
                .isEmpty();
    }

    @Test
    void textWithoutPasswordsIsShownAsItIs() {
        String text = "version: 1\n# a comment\npairs:\n  - name: plant1\n";

        assertThat(ConfigMask.hide(text)).contains(text);
    }
}
