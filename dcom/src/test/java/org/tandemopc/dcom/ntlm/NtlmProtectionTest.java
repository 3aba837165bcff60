package org.tandemopc.dcom.ntlm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.Bytes;

class NtlmProtectionTest {
    private static final int FLAGS = NtlmFlags.EXTENDED_SESSION_SECURITY
            | NtlmFlags.SIGN
            | NtlmFlags.SEAL
            | NtlmFlags.KEY_128
            | NtlmFlags.KEY_EXCHANGE;
    private static final byte[] KEY =
            Bytes.ofHex("000102030405060708090a0b0c0d0e0f").toArray();

    /** A sealed PDU on its way. */
    private record Sent(Bytes pdu, Bytes token) {}

    /** Each end writes with one thread and reads with another one, both at once: no direction disturbs the other. */
    @Test
    void oneWriterAndOneReaderMayWorkAtOnce() throws InterruptedException, ExecutionException {
        NtlmProtection client = NtlmProtection.ofClient(FLAGS, KEY);
        NtlmProtection server = NtlmProtection.ofServer(FLAGS, KEY);
        int pdus = 20_000;
        BlockingQueue<Sent> up = new ArrayBlockingQueue<>(16);
        BlockingQueue<Sent> down = new ArrayBlockingQueue<>(16);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> all = List.of(
                    threads.submit(() -> written(client, up, pdus)),
                    threads.submit(() -> written(server, down, pdus)),
                    threads.submit(() -> verified(server, up, pdus)),
                    threads.submit(() -> verified(client, down, pdus)));
            for (Future<Integer> each : all) {
                assertThat(each.get()).isEqualTo(pdus);
            }
        }
    }

    private static int written(NtlmProtection from, BlockingQueue<Sent> to, int pdus) throws InterruptedException {
        for (int n = 0; n < pdus; n++) {
            byte[] pdu = new byte[40];
            Arrays.fill(pdu, (byte) n);
            Bytes token = from.protect(pdu, 40, 8, 32, n % 3 != 0);
            to.put(new Sent(Bytes.of(pdu), token));
        }
        return pdus;
    }

    private static int verified(NtlmProtection to, BlockingQueue<Sent> from, int pdus) throws InterruptedException {
        int good = 0;
        for (int n = 0; n < pdus; n++) {
            Sent sent = from.take();
            byte[] pdu = sent.pdu().toArray();
            if (to.unprotect(pdu, 40, 8, 32, n % 3 != 0, sent.token()) && pdu[20] == (byte) n) {
                good++;
            }
        }
        return good;
    }

    /** Every bit of the PDU, in plain or sealed, and of the token counts. */
    @Test
    void noBitIsChangedUnnoticed() {
        byte[] plain = new byte[24];
        for (boolean seal : new boolean[] {false, true}) {
            for (int bit = 0; bit < (plain.length + 16) * Byte.SIZE; bit++) {
                byte[] pdu = plain.clone();
                byte[] token = NtlmProtection.ofClient(FLAGS, KEY)
                        .protect(pdu, pdu.length, 8, 16, seal)
                        .toArray();
                byte[] where = bit < plain.length * Byte.SIZE ? pdu : token;
                int at = bit < plain.length * Byte.SIZE ? bit : bit - plain.length * Byte.SIZE;
                where[at / Byte.SIZE] ^= (byte) (1 << at % Byte.SIZE);

                assertThat(NtlmProtection.ofServer(FLAGS, KEY).unprotect(pdu, pdu.length, 8, 16, seal, Bytes.of(token)))
                        .describedAs("bit %d", bit)
                        .isFalse();
            }
        }
    }

    @Test
    void tokenOfAnotherLengthIsRefused() {
        byte[] pdu = new byte[24];
        Bytes token = NtlmProtection.ofClient(FLAGS, KEY).protect(pdu, 24, 8, 16, false);
        for (int length : new int[] {0, 1, 15, 17}) {
            Bytes other = Bytes.of(Arrays.copyOf(token.toArray(), length));
            assertThat(NtlmProtection.ofServer(FLAGS, KEY).unprotect(pdu, 24, 8, 16, false, other))
                    .isFalse();
        }
    }

    /** A PDU left out, or sent back to who sent it. */
    @Test
    void orderAndDirectionCount() {
        NtlmProtection client = NtlmProtection.ofClient(FLAGS, KEY);
        byte[] first = new byte[24];
        byte[] second = new byte[24];
        Bytes firstToken = client.protect(first, 24, 8, 16, true);
        Bytes secondToken = client.protect(second, 24, 8, 16, true);

        assertThat(NtlmProtection.ofServer(FLAGS, KEY).unprotect(second, 24, 8, 16, true, secondToken))
                .isFalse();
        assertThat(NtlmProtection.ofClient(FLAGS, KEY).unprotect(first, 24, 8, 16, true, firstToken))
                .isFalse();
    }

    /** Also where the next one would fit again, because there is no key stream to lose the place in. */
    @Test
    void contextIsOverAfterOnePduThatDoesNotFit() {
        int signOnly = FLAGS & ~NtlmFlags.KEY_EXCHANGE;
        NtlmProtection client = NtlmProtection.ofClient(signOnly, KEY);
        NtlmProtection server = NtlmProtection.ofServer(signOnly, KEY);
        byte[] pdu = new byte[24];
        Bytes first = client.protect(pdu, 24, 8, 16, false);
        Bytes second = client.protect(pdu, 24, 8, 16, false);
        byte[] changed = pdu.clone();
        changed[3] = 1;

        assertThat(server.unprotect(changed, 24, 8, 16, false, first)).isFalse();
        assertThat(server.unprotect(pdu, 24, 8, 16, false, second)).isFalse();
    }

    /** Without a key exchanged the checksum is not encrypted, and so the same in every session of that key at that number. */
    @Test
    void checksumIsEncryptedWhereAKeyWasExchanged() {
        byte[] pdu = new byte[24];
        int without = FLAGS & ~NtlmFlags.KEY_EXCHANGE;
        byte[] open = Crypto.hmacMd5(
                NtlmKeys.signKey(KEY, NtlmKeys.Direction.CLIENT_TO_SERVER), new byte[Integer.BYTES], pdu);

        Bytes token = NtlmProtection.ofClient(without, KEY).protect(pdu.clone(), 24, 8, 16, false);
        Bytes encrypted = NtlmProtection.ofClient(FLAGS, KEY).protect(pdu.clone(), 24, 8, 16, false);

        assertThat(Arrays.copyOfRange(token.toArray(), 4, 12)).isEqualTo(Arrays.copyOf(open, 8));
        assertThat(Arrays.copyOfRange(encrypted.toArray(), 4, 12)).isNotEqualTo(Arrays.copyOf(open, 8));
    }
}
