package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.vectors.VectorFile;

/**
 * Every signed or sealed PDU that samba, impacket and j-Interop sent, in both directions: unsealed and verified as by its receiver,
 * and made anew as by its sender, from the session key alone.
 */
class RecordedSignaturesTest {
    private static final int CHECKSUM_BYTES = 8;

    /** The two ends of one direction, brought to where the PDU stands in it. */
    private record Ends(NtlmProtection sender, NtlmProtection receiver) {
        static Ends of(VectorFile file) {
            int flags = Integer.parseUnsignedInt(told(file, "negotiated-flags").substring(2), 16);
            byte[] key = Bytes.ofHex(told(file, "exported-session-key")).toArray();
            boolean fromClient = file.header("direction").equals("client-to-server");
            Ends ends = new Ends(
                    fromClient ? NtlmProtection.ofClient(flags, key) : NtlmProtection.ofServer(flags, key),
                    fromClient ? NtlmProtection.ofServer(flags, key) : NtlmProtection.ofClient(flags, key));
            ends.skip(
                    Integer.parseInt(file.header("seq")),
                    Integer.parseInt(file.header("rc4-offset")),
                    NtlmFlags.has(flags, NtlmFlags.SEAL));
            return ends;
        }

        /** Uses up numbers and key stream with messages of no meaning. */
        private void skip(int count, int keystreamOctets, boolean seals) {
            int left = count;
            int rest = keystreamOctets;
            if (seals && rest > 0) {
                use(rest - CHECKSUM_BYTES, true);
                rest = 0;
                left--;
            }
            for (; rest > 0; rest -= CHECKSUM_BYTES) {
                use(0, false);
                left--;
            }
            for (; left > 0; left--) {
                assertThat(receiver.verify(Bytes.EMPTY, sender.sign(Bytes.EMPTY)))
                        .isTrue();
            }
        }

        private void use(int octets, boolean seal) {
            byte[] message = new byte[octets];
            Bytes token = sender.protect(message, octets, 0, octets, seal);
            assertThat(receiver.unprotect(message, octets, 0, octets, seal, token))
                    .isTrue();
        }
    }

    static List<VectorFile> signed() {
        return VectorFile.all("").stream().filter(file -> file.hasHeader("seq")).toList();
    }

    @Test
    void allOfThemAreHere() {
        List<VectorFile> signed = signed();
        assertThat(signed).hasSize(100);
        assertThat(signed).anyMatch(file -> file.header("direction").equals("server-to-client"));
        assertThat(signed).anyMatch(file -> file.pdu()[4] == 0);
    }

    @ParameterizedTest
    @MethodSource("signed")
    void receiverVerifiesAndSenderMakesTheSame(VectorFile file) {
        byte[] recorded = file.pdu();
        int end = recorded.length - NtlmProtection.TOKEN_BYTES;
        int from = recorded[2] == 0 && (recorded[3] & 0x80) != 0 ? 40 : 24;
        int to = end - 8;
        boolean sealed = recorded[to + 1] == 6;
        Bytes token = Bytes.of(recorded, end, recorded.length);
        Ends ends = Ends.of(file);

        byte[] plain = recorded.clone();
        assertThat(ends.receiver().unprotect(plain, end, from, to, sealed, token))
                .isTrue();
        int padding = Byte.toUnsignedInt(plain[to + 2]);
        assertThat(Arrays.copyOfRange(plain, from, to - padding)).isEqualTo(file.stub());

        byte[] again = plain.clone();
        assertThat(ends.sender().protect(again, end, from, to, sealed)).isEqualTo(token);
        assertThat(again).isEqualTo(recorded);
    }

    /** What comes a second time, or after one that was not its own, is refused, and so is all that follows. */
    @Test
    void repeatedPduIsRefusedAndEndsTheContext() {
        VectorFile file = VectorFile.named("impacket/l6-act-03-req-iremotescmactivator-remotecreateinstance.hex");
        byte[] pdu = file.pdu();
        int end = pdu.length - NtlmProtection.TOKEN_BYTES;
        Bytes token = Bytes.of(pdu, end, pdu.length);
        Ends ends = Ends.of(file);

        assertThat(ends.receiver().unprotect(pdu.clone(), end, 24, end - 8, true, token))
                .isTrue();
        assertThat(ends.receiver().unprotect(pdu.clone(), end, 24, end - 8, true, token))
                .isFalse();
        byte[] next = new byte[64];
        Bytes good = ends.sender().protect(next, 64, 24, 56, true);
        assertThat(ends.receiver().unprotect(next, 64, 24, 56, true, good)).isFalse();
    }

    private static String told(VectorFile file, String key) {
        String auth = file.header("auth");
        int from = auth.indexOf(" " + key + "=") + key.length() + 2;
        int to = auth.indexOf(' ', from);
        return auth.substring(from, to < 0 ? auth.length() : to);
    }
}
