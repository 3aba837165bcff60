package org.tandemopc.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Each fault of a line, in time that the test makes. */
class StageTest {
    private static final long MS = 1_000_000;
    private static final Predicate<ByteBuffer> BEGINS_WITH_B = message -> message.get(0) == 'b';

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(ByteBuffer content) {
        return StandardCharsets.ISO_8859_1.decode(content.duplicate()).toString();
    }

    private static Stage of(Fault.Line line) {
        return new Stage(Stage.Armed.of(line), 0);
    }

    /** What becomes of messages that all come at 0 ms, as "12:text" for bytes due at 12 ms. */
    private static List<String> pass(Stage stage, String... messages) {
        List<String> out = new ArrayList<>();
        for (String message : messages) {
            stage.message(bytes(message), 0).forEach(parcel -> out.add(show(parcel)));
        }
        return out;
    }

    private static String show(Parcel parcel) {
        return parcel.dueNanos() / MS + ":"
                + switch (parcel) {
                    case Parcel.Bytes bytes -> text(bytes.content());
                    case Parcel.NothingMore _ -> "-";
                    case Parcel.End end -> end.how().name();
                };
    }

    @Test
    void withoutAFaultEverythingPassesAtOnce() {
        assertThat(pass(of(new Fault.Pass()), "ab", "c")).containsExactly("0:ab", "0:c");
        assertThat(of(new Fault.Pass()).end(7 * MS)).containsExactly(new Parcel.NothingMore(7 * MS));
    }

    @Test
    void whatIsDroppedIsGone() {
        assertThat(pass(of(new Fault.Drop()), "ab", "c")).isEmpty();
    }

    @Test
    void aDelayWithoutJitterMovesEverythingByTheSame() {
        Stage stage = of(new Fault.Delay(Duration.ofMillis(30), Duration.ZERO, 1));
        assertThat(pass(stage, "a", "b")).containsExactly("30:a", "30:b");
        assertThat(show(stage.message(bytes("c"), 5 * MS).getFirst())).isEqualTo("35:c");
        assertThat(show(stage.end(6 * MS).getFirst()))
                .as("never before the bytes")
                .isEqualTo("35:-");
    }

    @Test
    void jitterKeepsTheOrderIsBoundedAndIsTheSameForTheSameSeed() {
        Fault.Delay delay = new Fault.Delay(Duration.ofMillis(10), Duration.ofMillis(50), 42);
        List<Long> first = dues(of(delay));
        assertThat(first).isSorted().allSatisfy(due -> assertThat(due).isBetween(10 * MS, 60 * MS));
        assertThat(first).hasSizeGreaterThan(1).doesNotHaveDuplicates();
        assertThat(dues(of(delay))).isEqualTo(first);
        assertThat(dues(of(new Fault.Delay(delay.least(), delay.jitter(), 43)))).isNotEqualTo(first);
    }

    /** Each message comes when the one before is gone, so that what holds the order back does not hide the chance. */
    private static List<Long> dues(Stage stage) {
        List<Long> dues = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long now = i * 100 * MS;
            dues.add(stage.message(bytes("x"), now).getFirst().dueNanos() - now);
        }
        return dues.stream().sorted().toList();
    }

    @Test
    void aTrickleComesInPieces() {
        Stage stage = of(new Fault.Trickle(2, Duration.ofMillis(10)));
        assertThat(pass(stage, "abcde", "f")).containsExactly("10:ab", "20:cd", "30:e", "40:f");
    }

    @Test
    void aBandwidthIsKept() {
        List<Parcel> parcels = of(new Fault.Bandwidth(1000)).message(ByteBuffer.allocate(500), 0);
        assertThat(parcels.getLast().dueNanos()).isEqualTo(500 * MS);
        assertThat(parcels).hasSizeGreaterThan(5);
    }

    @Test
    void aSlowCloseComesLateAndTheBytesBeforeItDoNot() {
        Stage stage = of(new Fault.SlowClose(Duration.ofMillis(70)));
        assertThat(pass(stage, "a")).containsExactly("0:a");
        assertThat(show(stage.end(1 * MS).getFirst())).isEqualTo("71:-");
        assertThat(show(stage.reset(1 * MS).getFirst())).isEqualTo("71:RESET");
    }

    @Test
    void oneByteIsCorruptedOnce() {
        Stage.Armed armed = Stage.Armed.of(new Fault.Corrupt(3, 1));
        assertThat(pass(new Stage(armed, 0), "ab", "cde", "f")).containsExactly("0:ab", "0:cee", "0:f");
        assertThat(pass(new Stage(armed, 0), "ab", "cde"))
                .as("another connection")
                .containsExactly("0:ab", "0:cde");
    }

    @Test
    void aMessageComesTwiceOnce() {
        assertThat(pass(of(new Fault.Duplicate(BEGINS_WITH_B)), "a", "b1", "b2"))
                .containsExactly("0:a", "0:b1", "0:b1", "0:b2");
    }

    @Test
    void aConnectionIsCutAtEachByte() {
        for (int at = 0; at <= 5; at++) {
            List<String> out = pass(of(new Fault.CutAt(at, Ending.RESET)), "ab", "cde");
            assertThat(out).contains("0:RESET");
            String passed = String.join("", out.subList(0, out.indexOf("0:RESET")));
            assertThat(passed.replace("0:", "")).isEqualTo("abcde".substring(0, at));
        }
    }

    @Test
    void aMessageIsCutInTheMiddleOrBeforeIt() {
        assertThat(pass(of(new Fault.CutInside(BEGINS_WITH_B, Ending.CLOSE)), "aa", "bcde"))
                .containsExactly("0:aa", "0:bc", "0:CLOSE");
        assertThat(pass(of(new Fault.CutBefore(BEGINS_WITH_B, Ending.RESET_ALL)), "aa", "bcde"))
                .containsExactly("0:aa", "0:", "0:RESET_ALL");
        assertThat(pass(of(new Fault.CutWithin(BEGINS_WITH_B, 3, Ending.RESET)), "aa", "bcde"))
                .containsExactly("0:aa", "0:bcd", "0:RESET");
        assertThat(pass(of(new Fault.CutWithin(BEGINS_WITH_B, 9, Ending.RESET)), "bcde"))
                .containsExactly("0:bcde", "0:RESET");
    }

    @Test
    void aFaultThatFollowsAnotherDoesNotOvertakeIt() {
        Stage before = of(new Fault.Delay(Duration.ofMillis(30), Duration.ZERO, 1));
        assertThat(pass(before, "a")).containsExactly("30:a");
        Stage after = new Stage(Stage.Armed.of(new Fault.Pass()), before.lastDueNanos());
        assertThat(pass(after, "b")).containsExactly("30:b");
    }

    @Test
    void messagesOfOpcUaAreFoundHoweverTheyCome() {
        ByteBuffer write = chunk("MSGF", UaMessages.WRITE_RESPONSE);
        ByteBuffer read = chunk("MSGF", UaMessages.READ_RESPONSE);
        byte[] all = ByteBuffer.allocate(write.remaining() + read.remaining())
                .put(read.duplicate())
                .put(write.duplicate())
                .array();
        for (int piece = 1; piece <= all.length; piece++) {
            Splitter splitter = new Splitter(UaMessages.FRAMER);
            List<ByteBuffer> messages = new ArrayList<>();
            for (int at = 0; at < all.length; at += piece) {
                int count = Math.min(piece, all.length - at);
                messages.addAll(splitter.feed(java.util.Arrays.copyOfRange(all, at, at + count), count));
            }
            assertThat(messages).containsExactly(read, write);
            assertThat(messages.stream().map(UaMessages.ofType(UaMessages.WRITE_RESPONSE)::test))
                    .containsExactly(false, true);
        }
        assertThat(UaMessages.ofType(UaMessages.WRITE_RESPONSE).test(chunk("OPNF", UaMessages.WRITE_RESPONSE)))
                .isFalse();
    }

    private static ByteBuffer chunk(String header, int typeId) {
        ByteBuffer chunk = ByteBuffer.allocate(30).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        chunk.put(header.getBytes(StandardCharsets.ISO_8859_1)).putInt(30);
        return chunk.put(UaMessages.BODY_AT, new byte[] {1, 0})
                .putShort(UaMessages.BODY_AT + 2, (short) typeId)
                .rewind();
    }
}
