package org.tandemopc.it.da;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.testkit.Await;
import org.tandemopc.testkit.Protocol;
import org.tandemopc.testkit.Requirement;

/**
 * Everything that a server and the way to it can do to the active member, one after the other, under a client that subscribes, reads and
 * writes without a pause. It is served by the other one each time, is told no error, and each write was done as it was told. What
 * happens to the standby it does not notice; and what happens to both it is told once, and served again when one is well.
 */
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
class DaFaultsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Faults of each kind, of the standby. */
    private static final List<DaHarm> OF_STANDBY =
            List.of(DaHarm.KILLED, DaHarm.HUNG, DaHarm.REFUSED, DaHarm.SILENT, DaHarm.NO_ANSWERS);

    private static final List<DaHarm> OF_BOTH = List.of(DaHarm.KILLED, DaHarm.HUNG, DaHarm.SILENT);
    /** Nobody is asked, and so nobody is waited for. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-2", "CON-7", "S1", "S3", "S4", "S7", "S8", "I1", "I2", "I3", "I7", "I11", "GAP-10"},
            protocol = Protocol.DA)
    void whateverHappensToTheActiveTheClientIsServedAndToldTheTruth(Mode mode) throws Exception {
        try (DaPair pair = new DaPair(mode);
                DaWatcher client = new DaWatcher(pair.front(), 1_000)) {
            awaitProgress(client);
            for (DaHarm harm : DaHarm.values()) {
                int active = pair.active();
                harm.strike(pair, active);
                try {
                    pair.awaitServing(1 - active);
                    awaitProgress(client);
                } catch (AssertionError e) {
                    throw new AssertionError(
                            "%s in mode %s: %s%n%s".formatted(harm, mode, e.getMessage(), client.errors()), e);
                }
                harm.heal(pair, active);
                pair.forgetFaults();
                pair.awaitStandbyReady(active);
            }
            client.stop();
            awaitAllEnded(client);

            System.out.printf(
                    Locale.ROOT,
                    "DA FAULTS %s: %d faults, %d values, %d reads, %d writes, of unknown outcome %d%n",
                    mode,
                    DaHarm.values().length,
                    client.values().size(),
                    client.reads(),
                    client.writes().size(),
                    client.unknown());
            assertThat(client.errors()).isEmpty();
            assertThat(DaVerdict.ofValues(mode, client.values())).isEmpty();
            assertThat(DaVerdict.ofWrites(client.writes(), DaVerdict.done(pair.ledgers())))
                    .isEmpty();
            assertThat(DaVerdict.ofMembers(client.writes(), pair.ledgers(), pair.tenures()))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-2", "CON-7", "S7", "S13", "I1", "I2", "I3", "I7", "I10", "I11"},
            protocol = Protocol.DA)
    void whateverHappensToTheStandbyTheClientNoticesNothing(Mode mode) throws Exception {
        try (DaPair pair = new DaPair(mode);
                DaWatcher client = new DaWatcher(pair.front(), 1_000)) {
            awaitProgress(client);
            int standby = 1 - pair.active();
            long epoch = pair.epoch();
            for (DaHarm harm : OF_STANDBY) {
                harm.strike(pair, standby);
                if (mode != Mode.COLD) {
                    pair.awaitStandbyLost(standby);
                }
                awaitProgress(client);
                harm.heal(pair, standby);
                pair.forgetFaults();
                pair.awaitStandbyReady(standby);
            }
            client.stop();
            awaitAllEnded(client);

            List<DaWatcher.Written> writes = client.writes();
            System.out.printf(
                    Locale.ROOT,
                    "DA FAULTS %s: %d of the standby, %d values, %d reads, %d writes%n",
                    mode,
                    OF_STANDBY.size(),
                    client.values().size(),
                    client.reads(),
                    writes.size());
            assertThat(client.errors()).isEmpty();
            // no member was left, so nothing may be missed in any mode
            assertThat(DaVerdict.ofValues(Mode.HOT, client.values())).isEmpty();
            assertThat(writes).allMatch(one -> one.error().equals(Optional.of(HResult.S_OK)));
            assertThat(DaVerdict.ofWrites(writes, DaVerdict.done(pair.ledgers())))
                    .isEmpty();
            assertThat(DaVerdict.ofMembers(writes, pair.ledgers(), pair.tenures()))
                    .isEmpty();
            assertThat(pair.epoch()).isEqualTo(epoch);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Requirement(
            value = {"CON-2", "S3", "S12", "S13", "I1", "I2", "I3", "I7", "I11"},
            protocol = Protocol.DA)
    void whateverHappensToBothTheClientIsToldOnceAndServedAgain(Mode mode) throws Exception {
        try (DaPair pair = new DaPair(mode);
                DaWatcher client = new DaWatcher(pair.front(), 1_000)) {
            awaitProgress(client);
            for (DaHarm harm : OF_BOTH) {
                Outage outage = client.outage();
                harm.strike(pair, 0);
                harm.strike(pair, 1);
                awaitToldOnceAndAnsweredAtOnce(pair, client, outage);
                harm.heal(pair, 0);
                harm.heal(pair, 1);
                pair.awaitPhase("serving");
                Await.until("all items are good again", PATIENCE, () -> outage.goodAgain() == DaWatcher.ITEMS);
                int reads = client.reads();
                Await.until("reads are good again", PATIENCE, () -> client.reads() > reads + 1);
                client.outageOver();
                assertThat(outage.bad().values()).as(harm.name()).containsOnly(1);
                pair.forgetFaults();
                awaitProgress(client);
                pair.awaitStandbyReady(1 - pair.active());
            }
            client.stop();
            awaitAllEnded(client);

            List<DaWatcher.Written> writes = client.writes();
            System.out.printf(
                    Locale.ROOT,
                    "DA FAULTS %s: %d of both, %d values, %d reads, %d writes, of unknown outcome %d%n",
                    mode,
                    OF_BOTH.size(),
                    client.values().size(),
                    client.reads(),
                    writes.size(),
                    client.unknown());
            assertThat(client.errors()).isEmpty();
            // what came while both were away is missed
            assertThat(DaVerdict.ofValues(Mode.COLD, client.values())).isEmpty();
            assertThat(DaVerdict.ofWrites(writes, DaVerdict.done(pair.ledgers())))
                    .isEmpty();
        }
    }

    /** S12: each item once, and nobody waits who asks: what is certain is that nothing was sent. */
    private static void awaitToldOnceAndAnsweredAtOnce(DaPair pair, DaWatcher client, Outage outage) {
        pair.awaitPhase("stranded");
        Await.until("all items are bad", PATIENCE, () -> outage.bad().size() == DaWatcher.ITEMS);
        outage.watchCalls();
        int reads = outage.reads();
        int writes = client.ended();
        int unknown = client.unknown();
        Await.until(
                "the client is answered",
                PATIENCE,
                () -> outage.reads() >= reads + 10 && client.ended() >= writes + 50);
        assertThat(outage.longest()).as("calls without a member").isLessThan(AT_ONCE);
        assertThat(client.unknown()).as("unknown outcomes").isEqualTo(unknown);
    }

    private static void awaitAllEnded(DaWatcher client) {
        try {
            Await.until("everything ended", PATIENCE, () -> client.ended() == client.begun());
        } catch (AssertionError e) {
            throw new AssertionError("open: " + client.open() + ", errors: " + client.errors(), e);
        }
    }

    private static void awaitProgress(DaWatcher client) {
        int values = client.values().size();
        int reads = client.reads();
        long writes = client.ended();
        Await.until(
                "the client goes on",
                PATIENCE,
                () -> client.values().size() >= values + 10
                        && client.reads() >= reads + 10
                        && client.ended() >= writes + 50);
    }
}
