package org.tandemopc.dcom.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.dcom.ByteWriter;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.MalformedException;

/** A stream that pauses anywhere gives the same PDUs: whoever asks again gets on from where it stopped. */
class FrameReaderTest {
    private static final Bytes SHORT = PduCodec.encode(new Pdu.CoCancel(PduHeader.whole(0, 7), Tail.NONE));
    private static final Bytes LONG = PduCodec.encode(RawPeer.whole(8, 3, TestServer.octets(9_000)));

    private int halfRead;

    /** Octets that come so many at a time, with a pause between. */
    private static final class Pausing extends InputStream {
        private final byte[] octets;
        private final int atOnce;
        private int at;
        private boolean pauses;

        Pausing(Bytes octets, int atOnce) {
            this.octets = octets.toArray();
            this.atOnce = atOnce;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            pauses = !pauses;
            if (pauses) {
                throw new SocketTimeoutException("of a test");
            }
            if (at == octets.length) {
                return -1;
            }
            int count = Math.min(Math.min(atOnce, length), octets.length - at);
            System.arraycopy(octets, at, into, from, count);
            at += count;
            return count;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("octet by octet");
        }
    }

    private static Bytes stream(List<Bytes> pdus) {
        ByteWriter all = new ByteWriter();
        pdus.forEach(all::bytes);
        return all.toBytes();
    }

    private FrameReader reader(InputStream in, Budget budget) {
        return new FrameReader(in, 64, 0xFFFF, budget, () -> halfRead++);
    }

    private static Bytes next(FrameReader frames) throws IOException, MalformedException {
        while (true) {
            try {
                Frame frame = frames.next();
                return frame == null ? Bytes.EMPTY : Bytes.of(frame.octets());
            } catch (SocketTimeoutException e) {
                // asked again
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 17, 50, 100_000})
    void pausesMakeNoDifference(int atOnce) throws Exception {
        Budget budget = new Budget(20_000);
        FrameReader frames = reader(new Pausing(stream(List.of(SHORT, LONG, SHORT, LONG)), atOnce), budget);

        assertThat(next(frames)).isEqualTo(SHORT);
        assertThat(next(frames)).isEqualTo(LONG);
        assertThat(budget.used()).isEqualTo(LONG.size());
        assertThat(next(frames)).isEqualTo(SHORT);
        assertThat(budget.used()).isZero();
        assertThat(next(frames)).isEqualTo(LONG);
        assertThat(next(frames)).isEqualTo(Bytes.EMPTY);
        frames.end();
        assertThat(budget.used()).isZero();
    }

    /** What trickles in has its time from the first octet, however often it is asked for. */
    @Test
    void theTimeForTheRestBeginsOnce() throws Exception {
        FrameReader frames = reader(new Pausing(stream(List.of(LONG, LONG)), 1), new Budget(20_000));

        next(frames);
        assertThat(halfRead).isEqualTo(1);
        next(frames);
        assertThat(halfRead).isEqualTo(2);
    }

    @Test
    void theEndWithinAPduIsNoEndBetweenTwo() throws Exception {
        byte[] octets = LONG.toArray();
        FrameReader frames = reader(new Pausing(Bytes.of(octets, 0, 40), 40), new Budget(20_000));

        assertThatThrownBy(() -> next(frames)).isInstanceOf(EOFException.class);
        assertThat(frames.callId()).isEqualTo(8);
    }

    @Test
    void itIsToldWhetherMoreHasCome() throws Exception {
        FrameReader frames = reader(new Pausing(stream(List.of(SHORT, SHORT)), 100), new Budget(1));

        next(frames);
        assertThat(frames.hasMore()).isTrue();
        next(frames);
        assertThat(frames.hasMore()).isFalse();
    }

    /** So that nothing waits for octets which are there, nor for such as are not. */
    @Test
    void itIsKnownWhetherTheNextHasComeWhole() throws Exception {
        Bytes bigEndian = Bytes.of(new byte[] {5, 0, 18, 3, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 7});
        for (int cut : List.of(0, 1, 15)) {
            byte[] all = stream(List.of(SHORT, bigEndian, SHORT)).toArray();
            FrameReader frames =
                    reader(new Pausing(Bytes.of(all, 0, all.length - SHORT.size() + cut), 100_000), new Budget(0));
            assertThat(frames.hasWhole()).isFalse();
            next(frames);
            assertThat(frames.hasWhole()).isTrue();
            next(frames);
            assertThat(frames.hasWhole()).isFalse();
            assertThat(frames.hasMore()).isEqualTo(cut > 0);
        }
        FrameReader frames = reader(new Pausing(stream(List.of(SHORT, SHORT)), 100_000), new Budget(0));
        next(frames);
        assertThat(frames.hasWhole()).isTrue();
    }
}
