package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tandemopc.dcom.Bytes;

class CryptoTest {
    /** RFC 1320 A.5. The last two lengths straddle the padding. */
    @ParameterizedTest
    @CsvSource({
        "'', 31d6cfe0d16ae931b73c59d7e0c089c0",
        "a, bde52cb31de33e46245e05fbdbd6fb24",
        "abc, a448017aaf21d8525fc10ae87aa6729d",
        "message digest, d9130a8164549fe818874806e1c7014b",
        "abcdefghijklmnopqrstuvwxyz, d79e1c308aa5bbcdeea8ed63df412da9",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789, 043f8582f241db351ce627e153e7f0e4",
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890,"
                + " e33b4ddc9c38f2199c3e7b164fcc0536"
    })
    void md4IsThatOfTheRfc(String message, String digest) {
        assertThat(Bytes.of(Md4.digest(ascii(message)))).isEqualTo(Bytes.ofHex(digest));
    }

    /** RFC 6229, 40 and 128 bits: the stream from its start and from octet 240 on. */
    @ParameterizedTest
    @CsvSource({
        "0102030405, b2396305f03dc027ccc3524a0a1118a8, 28cb1132c96ce286421dcaadb8b69eae",
        "0102030405060708090a0b0c0d0e0f10, 9ac7cc9a609d1ef7b2932899cde41b97, 065902e4b620f6cc36c8589f66432f2b"
    })
    void rc4IsThatOfTheRfc(String key, String atStart, String at240) {
        byte[] stream = new byte[256];
        new Rc4(Bytes.ofHex(key).toArray()).apply(stream, 0, stream.length);

        assertThat(Bytes.of(stream, 0, 16)).isEqualTo(Bytes.ofHex(atStart));
        assertThat(Bytes.of(stream, 240, 256)).isEqualTo(Bytes.ofHex(at240));
    }

    @Test
    void copiedStreamGoesOnFromWhereItWasAndLeavesTheOther() {
        Rc4 stream = new Rc4(ascii("Key"));
        byte[] head = ascii("Plain");
        byte[] tail = ascii("text");
        byte[] tailOfCopy = tail.clone();

        stream.apply(head, 0, head.length);
        stream.copy().apply(tailOfCopy, 0, tailOfCopy.length);
        stream.apply(tail, 0, tail.length);

        assertThat(Bytes.of(head)).isEqualTo(Bytes.ofHex("bbf316e8d9"));
        assertThat(Bytes.of(tail)).isEqualTo(Bytes.ofHex("40af0ad3"));
        assertThat(tailOfCopy).isEqualTo(tail);
    }

    /** [MS-NLMP] 4.2.2.1.1, where the key is a password of 14 characters; the LM hash itself is not in the product. */
    @Test
    void desSpreadsSevenOctetsOfKey() {
        byte[] password = Arrays.copyOf(ascii("PASSWORD"), 14);
        byte[] magic = ascii("KGS!@#$%");

        assertThat(Bytes.of(Crypto.des(password, 0, magic))).isEqualTo(Bytes.ofHex("e52cac67419a9a22"));
        assertThat(Bytes.of(Crypto.des(password, 7, magic))).isEqualTo(Bytes.ofHex("4a3b108f3fa6cb6d"));
    }

    /**
     * The example of "NTLM and Channel Binding Hash" on the Open Specifications blog of Microsoft, 2013: hash of a certificate, and
     * what Windows made of it.
     */
    @Test
    void channelBindingIsThatOfWindows() {
        Bytes certificate = Bytes.ofHex("ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95");
        Bytes data = Der.concat(Bytes.of(ascii("tls-server-end-point:")), certificate);

        assertThat(ChannelBinding.of(data).md5()).isEqualTo(Bytes.ofHex("6586e99d81c2fc984e47172fd4dd0310"));
    }

    /** Windows maps character by character: "ß" has no upper case of one character, "ÿ" has, and "i" is no Turkish one. */
    @Test
    void upperCaseIsThatOfWindows() {
        assertThat(NtlmText.upper("straße-ÿ-iı")).isEqualTo("STRAßE-Ÿ-II");
    }

    @Test
    void namesOfStrangersAreFitForALog() {
        assertThat(NtlmText.shown("opc\nROOT logged in \u202e")).isEqualTo("opc?ROOT logged in ?");
        assertThat(NtlmText.shown("x".repeat(1000))).hasSize(65);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
