package org.tandemopc.simulator.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.ndr.FileTime;
import org.tandemopc.dcom.ndr.VarType;
import org.tandemopc.dcom.ndr.Variant;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCGroupStateMgt.StateChange;
import org.tandemopc.opcda.IOPCServer.NewGroup;
import org.tandemopc.opcda.OpcItemChange;
import org.tandemopc.opcda.OpcItemVqt;
import org.tandemopc.opcda.OpcResult;
import org.tandemopc.opcda.Quality;
import org.tandemopc.simulator.Ledger;

/** What a group's client hears and when, in time that the test makes. Ticks are 100 ms long. */
class DaGroupModelTest {
    private static final long START = 1_000_000;
    private static final int RATE = 1_000;

    private long now = START;
    private DaPlant plant;
    private DaAddressSpace space;
    private DaGroupModel group;

    @BeforeEach
    void make() throws IOException {
        space = DaAddressSpace.of(DaContents.of(2, 4));
        plant = new DaPlant(space, 100, new Ledger(null), () -> now);
        group = model(RATE);
    }

    private DaGroupModel model(long rateMs) {
        NewGroup made = new NewGroup(
                "a",
                true,
                rateMs,
                7,
                Optional.empty(),
                Optional.empty(),
                0,
                DaTestClient.newGroup("", 0).iid());
        return new DaGroupModel(plant, new DaRates(10, 10), made, "a", 1, 0);
    }

    private DaGroupItem add(String id) {
        return add(group, id, 0);
    }

    private DaGroupItem add(DaGroupModel to, String id, int type) {
        return to.add(space.item(id).orElseThrow(), to.size() + 1, true, type).orElseThrow();
    }

    private void write(String id, Variant value) {
        assertThat(plant.write(space.item(id).orElseThrow(), OpcItemVqt.of(value), "test"))
                .isZero();
    }

    /** What comes in so many ms, told every 10 ms. */
    private List<DaCallback> run(long ms) {
        List<DaCallback> all = new ArrayList<>();
        long end = now + ms;
        while (now < end) {
            now += 10;
            all.addAll(group.tick(now));
        }
        return all;
    }

    private static List<OpcItemChange> values(DaCallback callback) {
        assertThat(callback).isInstanceOf(DaCallback.Changed.class);
        return ((DaCallback.Changed) callback).items();
    }

    private static StateChange active(boolean isActive) {
        return new StateChange(
                Optional.empty(),
                Optional.of(isActive),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static StateChange deadband(float percent) {
        return new StateChange(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(percent),
                Optional.empty(),
                Optional.empty());
    }

    @Nested
    class Updates {
        @Test
        void allActiveItemsComeOnceAndThenOnlyWhatChanges() {
            add("static.1");
            add("static.2");
            group.activate(add("static.3"), false);
            group.heard(true);

            List<DaCallback> first = run(10);
            assertThat(first).hasSize(1);
            assertThat(values(first.getFirst()))
                    .extracting(OpcItemChange::clientHandle)
                    .containsExactly(1, 2);
            assertThat(run(3 * RATE)).isEmpty();
            write("static.2", new Variant.I4(99));
            List<DaCallback> later = run(RATE);
            assertThat(later).hasSize(1);
            assertThat(values(later.getFirst()))
                    .extracting(OpcItemChange::clientHandle)
                    .containsExactly(2);
        }

        /** Never faster than the group's rate, whatever changes between. */
        @Test
        void oneValueComesOfManyChangesWithinAnUpdate() {
            add("counter.0");
            group.heard(true);
            run(10);

            assertThat(run(5 * RATE))
                    .hasSize(5)
                    .allSatisfy(each -> assertThat(values(each)).hasSize(1));
        }

        @Test
        void nothingComesWithoutASink() {
            add("counter.0");

            assertThat(run(3 * RATE)).isEmpty();
            assertThat(group.item(1).orElseThrow().cache.quality()).isEqualTo(Quality.GOOD);
        }

        @Test
        void anUpdateThatIsLateLooksAtTheMomentWhenItWasDue() {
            add("counter.0");
            group.heard(true);
            run(10);
            now += 2 * RATE + 340;

            List<DaCallback> late = group.tick(now);

            assertThat(late).hasSize(1);
            long due = (START + 2L * RATE) / 100;
            assertThat(values(late.getFirst()).getFirst().value()).isEqualTo(new Variant.R8(due));
        }

        /** The process did not run for a moment: nothing is missing because of it. */
        @Test
        void updatesThatWereMissedAreMadeUpForInTheirOrder() {
            group = model(100);
            add("counter.0");
            group.heard(true);
            run(10);
            now += DaGroupModel.MADE_UP_MS_MAX - 100;

            List<DaCallback> late = group.tick(now);

            assertThat(late).hasSize(9);
            assertThat(late)
                    .extracting(each -> values(each).getFirst().value())
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, 9)
                            .mapToObj(i -> new Variant.R8(START / 100 + i))
                            .toList());
            assertThat(run(100)).hasSize(1);
        }

        @Test
        void afterALongPauseOneUpdateComes() {
            group = model(100);
            add("counter.0");
            group.heard(true);
            run(10);
            now += DaGroupModel.MADE_UP_MS_MAX + 100;

            assertThat(group.tick(now)).hasSize(1);
        }

        @Test
        void aNewItemComesAtTheNextUpdate() {
            add("static.1");
            group.heard(true);
            run(10);
            add("static.2");

            assertThat(run(RATE - 20)).isEmpty();
            assertThat(run(20)).hasSize(1);
        }

        /** DA 3.0 4.4.2.4: there is no callback for the end of activity. */
        @Test
        void anItemThatBecomesActiveComesAtTheNextUpdateAndOneThatEndsDoesNot() {
            DaGroupItem item = add("static.1");
            group.heard(true);
            run(10);

            group.activate(item, false);
            assertThat(run(2 * RATE)).isEmpty();
            group.activate(item, true);
            assertThat(run(RATE)).hasSize(1);
            group.activate(item, true);
            assertThat(run(2 * RATE)).as("it was active").isEmpty();
        }

        @Test
        void aGroupThatBecomesActiveTellsAllItsActiveItems() {
            add("static.1");
            group.activate(add("static.2"), false);
            group.heard(true);
            run(10);
            assertThat(group.change(active(false)).hresult()).isZero();
            assertThat(run(2 * RATE)).isEmpty();

            assertThat(group.change(active(true)).hresult()).isZero();

            List<DaCallback> told = run(10);
            assertThat(told).hasSize(1);
            assertThat(values(told.getFirst()))
                    .extracting(OpcItemChange::clientHandle)
                    .containsExactly(1);
        }

        @Test
        void aChangedQualityComesThoughTheValueIsTheSame() {
            add("static.1");
            group.heard(true);
            run(10);
            plant.setQuality(id -> id.equals("static.1"), Optional.of(Quality.COMM_FAILURE));

            List<DaCallback> told = run(RATE);

            assertThat(told).hasSize(1);
            assertThat(values(told.getFirst()).getFirst().quality()).isEqualTo(Quality.COMM_FAILURE);
        }

        @Test
        void whatIsNotToBeReadNeverComes() {
            add("rights.writeOnly");
            group.heard(true);

            assertThat(run(RATE)).isEmpty();
        }

        @Test
        void aRealThatIsNoNumberIsBad() {
            write("types.R8", new Variant.R8(Double.NaN));
            add("types.R8");
            group.heard(true);

            assertThat(values(run(10).getFirst()).getFirst().quality()).isEqualTo(Quality.BAD);
        }

        @Test
        void aDisabledSubscriptionIsSilentAndTellsThenWhatIsOtherwise() {
            add("static.1");
            add("static.2");
            group.heard(true);
            run(10);
            group.enable(false);
            write("static.1", new Variant.I4(5));
            assertThat(run(2 * RATE)).isEmpty();

            group.enable(true);

            List<DaCallback> told = run(RATE);
            assertThat(told).hasSize(1);
            assertThat(values(told.getFirst()))
                    .extracting(OpcItemChange::clientHandle)
                    .containsExactly(1);
        }
    }

    @Nested
    class Types {
        @Test
        void valuesComeInTheTypeThatWasAskedFor() {
            add(group, "types.I2", VarType.BSTR.code());
            group.heard(true);

            assertThat(values(run(10).getFirst()).getFirst().value()).isEqualTo(Variant.Str.of("-1600"));
        }

        @Test
        void aValueThatDoesNotFitIsEmptyAndBadAndSaysWhy() {
            DaGroupItem item = add(group, "types.UI4", VarType.I2.code());
            group.heard(true);

            OpcItemChange told = values(run(10).getFirst()).getFirst();
            assertThat(told.value()).isEqualTo(Variant.EMPTY);
            assertThat(told.quality()).isEqualTo(Quality.BAD);
            assertThat(told.error()).isEqualTo(OpcResult.DISP_E_OVERFLOW);
            assertThat(group.read(item, 0, now)).isEqualTo(Result.failure(OpcResult.DISP_E_OVERFLOW));
        }
    }

    @Nested
    class Deadbands {
        /** Of 200 mm, 10 percent are 20. */
        @Test
        void aChangeWithinTheDeadbandDoesNotComeButItsTimeIsKept() {
            DaGroupItem item = add("units.level");
            group.change(deadband(10));
            group.heard(true);
            run(10);
            FileTime before = item.cache.timestamp();

            write("units.level", new Variant.R8(70));
            assertThat(run(2 * RATE)).isEmpty();
            assertThat(item.cache.timestamp()).isNotEqualTo(before);
            write("units.level", new Variant.R8(70.5));
            assertThat(run(RATE)).hasSize(1);
            write("units.level", new Variant.R8(50.6));
            assertThat(run(RATE)).as("from what was told last").isEmpty();
        }

        @Test
        void theDeadbandOfAnItemComesBeforeThatOfTheGroup() {
            DaGroupItem item = add("units.level");
            group.change(deadband(10));
            item.deadband = 0f;
            group.heard(true);
            run(10);

            write("units.level", new Variant.R8(51));

            assertThat(run(RATE)).hasSize(1);
        }

        @Test
        void itemsWithoutARangeHaveNone() {
            add("static.1");
            group.change(deadband(100));
            group.heard(true);
            run(10);

            write("static.1", new Variant.I4(2));

            assertThat(run(RATE)).hasSize(1);
        }

        @Test
        void aPercentageThatIsNoneIsRefusedAndNothingIsChanged() {
            assertThat(group.change(deadband(101)).hresult()).isEqualTo(HResult.E_INVALIDARG);
            assertThat(group.change(deadband(-1)).hresult()).isEqualTo(HResult.E_INVALIDARG);
            assertThat(group.change(deadband(Float.NaN)).hresult()).isEqualTo(HResult.E_INVALIDARG);
            assertThat(group.state().percentDeadband()).isZero();
        }
    }

    @Nested
    class KeepAlive {
        @Test
        void aCallbackOfNothingComesWhenNoOtherDid() {
            add("static.1");
            group.keepAlive(300);
            group.heard(true);
            run(10);

            assertThat(run(290)).isEmpty();
            List<DaCallback> told = run(10);
            assertThat(told).hasSize(1);
            assertThat(values(told.getFirst())).isEmpty();
            assertThat(run(600)).hasSize(2);
        }

        @Test
        void anyOtherCallbackPutsItOff() {
            DaGroupItem item = add("static.1");
            group.keepAlive(300);
            group.heard(true);
            run(10);
            run(200);
            group.startRead(List.of(item), Optional.empty(), OptionalInt.empty(), 5, now);

            assertThat(run(10)).hasSize(1).first().isInstanceOf(DaCallback.ReadDone.class);
            assertThat(run(290)).isEmpty();
            assertThat(run(10)).hasSize(1);
        }

        @Test
        void aGroupWithoutItemsLivesTooAndOneThatIsNotActiveDoesNot() {
            group.keepAlive(100);
            group.heard(true);
            assertThat(run(100)).hasSize(1);

            group.change(active(false));
            assertThat(run(1_000)).isEmpty();
        }

        @Test
        void itIsRoundedUpLikeARateAndZeroIsNever() {
            assertThat(group.keepAlive(101)).isEqualTo(110);
            assertThat(group.keepAlive(0)).isZero();
            group.heard(true);
            assertThat(run(10 * RATE)).isEmpty();
        }

        @Test
        void itIsNoData() {
            add("static.1");
            group.keepAlive(300);
            group.heard(true);
            run(10);
            long updated = group.lastUpdateMs();
            assertThat(updated).isPositive();

            run(1_000);

            assertThat(group.lastUpdateMs()).isEqualTo(updated);
        }
    }

    @Nested
    class Refreshes {
        @Test
        void allActiveItemsComeWithTheTransactionAndCountAsTold() {
            add("static.1");
            group.activate(add("static.2"), false);
            group.heard(true);
            run(10);
            write("static.1", new Variant.I4(8));

            assertThat(group.startRefresh(0, OptionalInt.empty(), 42, now).isSuccess())
                    .isTrue();

            List<DaCallback> told = run(10);
            assertThat(told).hasSize(1);
            assertThat(((DaCallback.Changed) told.getFirst()).transactionId()).isEqualTo(42);
            assertThat(values(told.getFirst())).extracting(OpcItemChange::value).containsExactly(new Variant.I4(8));
            assertThat(run(2 * RATE)).as("it was told").isEmpty();
        }

        @Test
        void theUpdatesComeWhenTheyWouldHaveComeAnyhow() {
            add("counter.0");
            group.heard(true);
            run(RATE - 100);
            group.startRefresh(0, OptionalInt.empty(), 42, now);
            run(10);

            assertThat(run(80)).isEmpty();
            assertThat(run(10)).hasSize(1);
        }

        @Test
        void thereIsNoneWhereNothingIsActive() {
            assertThat(group.startRefresh(0, OptionalInt.empty(), 1, now)).isEqualTo(Result.failure(HResult.E_FAIL));
            DaGroupItem item = add("static.1");
            assertThat(group.startRefresh(0, OptionalInt.empty(), 1, now).isSuccess())
                    .isTrue();
            group.activate(item, false);
            assertThat(group.startRefresh(0, OptionalInt.empty(), 1, now)).isEqualTo(Result.failure(HResult.E_FAIL));
            group.activate(item, true);
            group.change(active(false));
            assertThat(group.startRefresh(0, OptionalInt.empty(), 1, now)).isEqualTo(Result.failure(HResult.E_FAIL));
        }

        @Test
        void itComesThoughTheSubscriptionIsDisabled() {
            add("static.1");
            group.heard(true);
            run(10);
            group.enable(false);

            group.startRefresh(DaRates.CACHE, OptionalInt.empty(), 3, now);

            assertThat(run(10)).hasSize(1);
        }
    }

    @Nested
    class Transactions {
        @Test
        void whatIsCancelledInTimeIsNotDoneAndTheClientIsTold() {
            DaGroupItem item = add("static.1");
            group.heard(true);
            run(10);
            int id = group.startWrite(
                            List.of(item),
                            List.of(OpcItemVqt.of(new Variant.I4(9))),
                            OptionalInt.empty(),
                            6,
                            now + 100,
                            "test")
                    .value();

            assertThat(group.cancel(id)).contains(new DaCallback.Cancelled(6, 7));
            assertThat(group.cancel(id)).isEmpty();
            assertThat(run(2 * RATE)).isEmpty();
            assertThat(plant.read(item.item, now).value()).isEqualTo(new Variant.I4(1));
        }

        @Test
        void whatIsDoneIsTooLateToCancel() {
            DaGroupItem item = add("static.1");
            group.heard(true);
            run(10);
            int id = group.startRead(List.of(item), Optional.empty(), OptionalInt.empty(), 6, now)
                    .value();

            assertThat(run(10)).hasSize(1);
            assertThat(group.cancel(id)).isEmpty();
        }

        @Test
        void cancelIdsAreNeverTheSame() {
            DaGroupItem item = add("static.1");

            int a = group.startRead(List.of(item), Optional.empty(), OptionalInt.empty(), 6, now)
                    .value();
            int b = group.startRead(List.of(item), Optional.empty(), OptionalInt.empty(), 6, now)
                    .value();

            assertThat(a).isNotEqualTo(b);
        }

        @Test
        void tooManyAtOnceAreRefused() {
            DaGroupItem item = add("static.1");
            for (int i = 0; i < DaGroupModel.PENDING_MAX; i++) {
                assertThat(group.startRead(List.of(item), Optional.empty(), OptionalInt.empty(), i, now)
                                .isSuccess())
                        .isTrue();
            }

            assertThat(group.startRead(List.of(item), Optional.empty(), OptionalInt.empty(), 0, now))
                    .isEqualTo(Result.failure(OpcResult.CONNECT_E_ADVISELIMIT));
        }

        @Test
        void oneCallbackHasTheResultsOfAllItemsOfAWrite() {
            DaGroupItem good = add("units.clamped");
            DaGroupItem refused = add("units.refused");
            List<OpcItemVqt> values = List.of(OpcItemVqt.of(new Variant.R8(500)), OpcItemVqt.of(new Variant.R8(500)));
            group.startWrite(List.of(good, refused), values, OptionalInt.empty(), 6, now, "test");

            List<DaCallback> told = run(10);

            assertThat(told).hasSize(1);
            var result = ((DaCallback.WriteDone) told.getFirst()).result();
            assertThat(result.clientHandles()).containsExactly(1, 2);
            assertThat(result.errors()).containsExactly(OpcResult.OPC_S_CLAMP, OpcResult.OPC_E_RANGE);
            assertThat(result.masterError()).isEqualTo(HResult.S_FALSE);
            assertThat(plant.read(good.item, now).value()).isEqualTo(new Variant.R8(200));
            assertThat(plant.read(refused.item, now).value()).isEqualTo(new Variant.R8(50));
        }
    }

    @Nested
    class Sampling {
        private DaGroupItem buffered(long everyMs) {
            DaGroupItem item = add("counter.0");
            item.samplingMs = everyMs;
            item.isBuffered = true;
            return item;
        }

        @Test
        void allTicksOfABufferedItemComeInOrderWithTheUpdate() {
            buffered(100);
            group.heard(true);
            run(RATE);

            List<DaCallback> told = run(RATE);

            assertThat(told).hasSize(1);
            assertThat(values(told.getFirst())).hasSize(10);
            assertThat(values(told.getFirst()))
                    .extracting(change -> change.timestamp().toInstant())
                    .isSorted()
                    .doesNotHaveDuplicates();
        }

        @Test
        void theFirstAfterALossSaysSo() {
            DaGroupItem item = buffered(100);
            group.change(new StateChange(
                    Optional.of(200_000L),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
            group.heard(true);
            run(10);

            List<DaCallback> told = run(200_000);

            assertThat(told).hasSize(1);
            assertThat(values(told.getFirst())).hasSize(DaGroupItem.SAMPLES_MAX);
            assertThat(values(told.getFirst()).getFirst().error()).isEqualTo(OpcResult.OPC_S_DATAQUEUEOVERFLOW);
            assertThat(values(told.getFirst()).get(1).error()).isZero();
            assertThat(item.takeSamples()).isEmpty();
        }

        @Test
        void withoutABufferTheNewestSampleComes() {
            DaGroupItem item = buffered(500);
            item.isBuffered = false;
            group.heard(true);
            run(RATE);

            List<DaCallback> told = run(RATE);

            assertThat(told).hasSize(1);
            assertThat(values(told.getFirst())).hasSize(1);
        }
    }

    /** Two servers look at the same moments, even when one of them comes late. */
    @Test
    void groupsOfTheSameRateShowTheSameTicks() {
        DaGroupModel other = model(500);
        group = model(500);
        add("counter.0");
        add(other, "counter.0", 0);
        group.heard(true);
        other.heard(true);
        List<OpcItemChange> punctual = new ArrayList<>();
        List<OpcItemChange> late = new ArrayList<>();
        run(10);
        other.tick(now);
        for (int i = 0; i < 400; i++) {
            run(10).forEach(each -> punctual.addAll(values(each)));
            if (i % 7 == 0) {
                other.tick(now).forEach(each -> late.addAll(values(each)));
            }
        }

        assertThat(late).hasSizeGreaterThan(5);
        assertThat(punctual.subList(0, late.size())).isEqualTo(late);
    }

    @Test
    void theSameRequestGetsTheSameRate() {
        DaRates rates = new DaRates(250, 500);

        assertThat(rates.revised(0)).isEqualTo(500);
        assertThat(rates.revised(500)).isEqualTo(500);
        assertThat(rates.revised(501)).isEqualTo(750);
        assertThat(rates.revised(750)).isEqualTo(750);
        assertThat(rates.revised(0xFFFF_FFFFL)).isEqualTo(0xFFFF_FFFFL / 250 * 250);
    }

    @Test
    void aCloneHasTheSameItemsAndIsNotActive() {
        DaGroupItem item = add("static.1");
        group.heard(true);

        DaGroupModel clone = group.cloned("b", 2);

        assertThat(clone.state().isActive()).isFalse();
        assertThat(clone.name()).isEqualTo("b");
        assertThat(clone.state().serverHandle()).isEqualTo(2);
        assertThat(clone.items()).singleElement().satisfies(copy -> {
            assertThat(copy).isNotSameAs(item);
            assertThat(copy.item).isEqualTo(item.item);
            assertThat(copy.clientHandle).isEqualTo(item.clientHandle);
            assertThat(copy.isActive).isTrue();
        });
    }
}
