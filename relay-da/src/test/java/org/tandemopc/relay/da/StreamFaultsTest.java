package org.tandemopc.relay.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.core.record.RecordKind;
import org.tandemopc.dcom.Bytes;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.Started;
import org.tandemopc.opcda.params.Ints;
import org.tandemopc.opcda.stream.StreamFormat;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/** Members of DA 1.0 that are cut off in the middle, and that send what is no stream. */
@Timeout(180)
class StreamFaultsTest {
    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // each test begins with begin
    private Rig rig;

    @SuppressWarnings("NullAway.Init")
    private TestClient client;

    private StreamGroup begin(Mode mode) throws Exception {
        rig = Rig.ofFirstVersion(mode, folder);
        rig.awaitServing(0);
        client = new TestClient(rig.host());
        return new StreamGroup(client, "One");
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        rig.close();
    }

    /** The call itself is cut off: that nobody knows is told by its answer or by the stream, whichever way the loss is learned of. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"SYS-5", "SYS-6", "S3", "S4", "I1"},
            protocol = Protocol.DA)
    void aWriteUnderACutIsUnknownOnceAndNotRepeated(Mode mode) throws Exception {
        StreamGroup group = begin(mode);
        Ints handles = group.add("Boiler.Level", "Boiler.Valve");
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);
        if (mode != Mode.COLD) {
            rig.awaitStandbyReady(1);
        }
        rig.primary.holdWrites();
        CompletableFuture<Result<Started>> write = new CompletableFuture<>();
        var unused = Thread.ofVirtual().start(() -> {
            try {
                write.complete(group.io.write(writes, handles, List.of(number(5), number(6))));
            } catch (Exception e) {
                write.completeExceptionally(e);
            }
        });
        Await.until("carried out", Rig.PATIENCE, () -> rig.primary.ledger().size() == 2);

        rig.primary.kill();

        requireUnknownOnce(group, write.get(20, TimeUnit.SECONDS), 1, 2);
        group.completed.clear();
        rig.awaitServing(1);
        Result<Started> next = group.io.write(writes, handles, List.of(number(7), number(8)));
        group.awaitCompleted(next.value().id() + " written 0 [1:00000000, 2:00000000]");
        assertThat(group.completed).hasSize(1);
        assertThat(rig.secondary.ledger()).containsExactly("Boiler.Level=" + number(7), "Boiler.Valve=" + number(8));
        Await.until("recorded", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_UNKNOWN) == 1);
    }

    private static void requireUnknownOnce(StreamGroup group, Result<Started> answer, int... items) {
        if (answer.hresult() == HResult.S_OK) {
            group.awaitCompleted(answer.value().id() + " written 1 ["
                    + IntStream.of(items).mapToObj(item -> item + ":800706BE").collect(Collectors.joining(", "))
                    + "]");
            assertThat(group.completed).hasSize(1);
        } else {
            assertThat(answer).isEqualTo(Result.partly(new Started(0, Ints.repeat(HResult.CALL_FAILED, items.length))));
            assertThat(group.completed).isEmpty();
        }
    }

    private static Variant number(int value) {
        return new Variant.R8(value);
    }

    /**
     * What was begun and not ended has its line and its record, and the end that comes after all goes to the log alone (S8), before or
     * after the late answer of the call that began it.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Requirement(
            value = {"S3", "S8", "I1"},
            protocol = Protocol.DA)
    void writesAreAuditedAndALateEndOfOneIsRecorded(boolean endsFirst) throws Exception {
        StreamGroup group = begin(Mode.HOT);
        rig.primary.endsFirst = endsFirst;
        Ints handles = group.add("Boiler.Level", "Boiler.Valve");
        int writes = group.advise(StreamFormat.WRITE_COMPLETE);
        rig.awaitStandbyReady(1);
        try (AuditLog audit = new AuditLog()) {
            Result<Started> done = group.io.write(writes, Ints.of(handles.at(0)), List.of(number(5)));
            group.awaitCompleted(done.value().id() + " written 0 [1:00000000]");
            group.completed.clear();
            rig.primary.hang();
            CompletableFuture<Result<Started>> lost = new CompletableFuture<>();
            var unused = Thread.ofVirtual().start(() -> {
                try {
                    lost.complete(group.io.write(writes, Ints.of(handles.at(1)), List.of(number(6))));
                } catch (Exception e) {
                    lost.completeExceptionally(e);
                }
            });
            requireUnknownOnce(group, lost.get(20, TimeUnit.SECONDS), 2);
            int told = group.completed.size();
            rig.awaitServing(1);
            assertThat(rig.records(RecordKind.OUTCOME_UNKNOWN)).isEqualTo(1);
            rig.primary.thaw();

            Await.until("resolved", Rig.PATIENCE, () -> rig.records(RecordKind.OUTCOME_RESOLVED) == 1);
            assertThat(audit.lines()).hasSize(2);
            assertThat(audit.lines().getFirst())
                    .startsWith("AsyncIO.Write by")
                    .endsWith("1 items [Boiler.Level]: done");
            assertThat(audit.lines().getLast())
                    .startsWith("AsyncIO.Write by")
                    .endsWith("1 items [Boiler.Valve]: unknown");
            assertThat(group.completed).hasSize(told);
            assertThat(rig.secondary.ledger()).isEmpty();
        }
    }

    /** Too short; more octets than there are; more items than fit; a value behind the end. */
    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void aStreamThatCannotBeReadIsLeftOutAndTheRestGoesOn() throws Exception {
        StreamGroup group = begin(Mode.HOT);
        group.add("Boiler.Level");
        group.advise(StreamFormat.DATA_TIME);
        group.awaitTold("1=1 C0");
        rig.awaitStandbyReady(1);
        long epoch = rig.pair().snapshot().epoch();

        for (String hex : List.of(
                "",
                "14 00 00 00 01",
                "FF 00 00 00 00 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00",
                "14 00 00 00 FF FF 00 00 07 00 00 00 00 00 00 00 00 00 00 00",
                "28 00 00 00 01 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00"
                        + " 01 00 00 00 99 00 00 00 C0 00 00 00 00 00 00 00 00 00 00 00")) {
            rig.primary.sendRaw(Bytes.ofHex(hex.replace(" ", "")));
            rig.secondary.sendRaw(Bytes.ofHex(hex.replace(" ", "")));
        }
        rig.tick("Boiler.Level", number(2));

        group.awaitTold("1=2 C0");
        assertThat(group.told).containsExactly("1=1 C0", "1=2 C0");
        assertThat(rig.pair().snapshot().epoch()).isEqualTo(epoch);
        assertThat(rig.pair().snapshot().members()).allMatch(member -> member.isConnected());
        assertThat(rig.primary.log).noneMatch(line -> line.startsWith("stream of "));
    }

    /** Then what comes counts as of when it came. */
    @Test
    @Requirement(value = "SYS-5", protocol = Protocol.DA)
    void aMemberThatHasNoFormatWithTimesIsTakenWithoutThem() throws Exception {
        StreamGroup group = begin(Mode.COLD);
        rig.primary.refusesTimes = true;
        FileTime before = FileTime.of(java.time.Instant.now());
        group.add("Boiler.Level");

        group.advise(StreamFormat.DATA_TIME);

        group.awaitTold("1=1 C0");
        assertThat(group.times).allMatch(time -> time.ticks() >= before.ticks());
    }
}
