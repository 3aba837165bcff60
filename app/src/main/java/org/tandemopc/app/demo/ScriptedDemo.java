package org.tandemopc.app.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.PairSnapshot;

/** In each mode: kill the active server, revive it, hang the active server, let it go on; and count at the client. */
final class ScriptedDemo {
    private enum Fault {
        KILL,
        HANG
    }

    /**
     * Figures of a fault with everything that followed, the return of the server and of the pair included.
     *
     * @param gapMs longest time without a value around the fault, the usual distance of two values included
     * @param detectMs from the fault to the decision to leave the server
     */
    record Result(String mode, String fault, long lost, long doubled, long errors, long gapMs, long detectMs) {
        String json() {
            return ("{\"mode\":\"%s\",\"fault\":\"%s\",\"lost\":%d,\"doubled\":%d,\"errors\":%d,"
                            + "\"gapMs\":%d,\"detectMs\":%d}")
                    .formatted(mode, fault, lost, doubled, errors, gapMs, detectMs);
        }

        String line() {
            return "%-5s %-5s lost %3d  doubled %3d  errors %3d  longest gap %5d ms  detected after %4d ms"
                    .formatted(mode, fault, lost, doubled, errors, gapMs, detectMs);
        }
    }

    private static final long STEADY_MS = 1500;
    private static final long RECOVERY_MS_MAX = 30_000;
    private static final long BEHIND_MS_MAX = 500;
    private static final long FORGET_NANOS = 3_000_000_000L;

    private final DemoWorld world;
    private final PrintStream out;
    private final boolean json;

    ScriptedDemo(DemoWorld world, PrintStream out, boolean json) {
        this.world = world;
        this.out = out;
        this.json = json;
    }

    void run(List<Mode> modes) throws IOException, InterruptedException {
        for (Mode mode : modes) {
            world.select(mode);
            for (Fault fault : Fault.values()) {
                Result result = explained(mode, fault);
                out.println(json ? result.json() : result.line());
                out.flush();
            }
        }
    }

    /** A round that does not come to its end is no use without what led to it. */
    private Result explained(Mode mode, Fault fault) throws IOException, InterruptedException {
        try {
            return round(mode, fault);
        } catch (IllegalStateException e) {
            PairSnapshot pair = pair().snapshot();
            List<LoggedRecord> records = pair().records();
            String story = records.subList(Math.max(0, records.size() - 20), records.size()).stream()
                    .map(r -> r.at() + " " + r.record().text())
                    .collect(Collectors.joining("\n  "));
            throw new IllegalStateException(
                    "%s %s: %s%n  %s%n  %s%n  %s"
                            .formatted(
                                    DemoWorld.name(mode),
                                    fault.name().toLowerCase(Locale.ROOT),
                                    e.getMessage(),
                                    pair,
                                    world.tally().figures(),
                                    story),
                    e);
        }
    }

    private Result round(Mode mode, Fault fault) throws IOException, InterruptedException {
        awaitReady(mode);
        pass(STEADY_MS);
        Tally tally = world.tally();
        Tally.Figures before = tally.figures();
        int active = pair().snapshot().active();
        DemoServer victim = world.servers().get(active);
        tally.mark();
        long faultNanos = System.nanoTime();
        switch (fault) {
            case KILL -> victim.kill();
            case HANG -> victim.freeze();
        }
        DemoWorld.until("values flow again", RECOVERY_MS_MAX, () -> isServedBy(1 - active));
        pass(STEADY_MS);
        long gapMs = tally.figures().gapNanos() / 1_000_000;
        OptionalLong left = pair().leftActiveAfter(faultNanos);
        switch (fault) {
            case KILL -> victim.start();
            case HANG -> victim.thaw();
        }
        awaitReady(mode);
        pass(STEADY_MS);
        Tally.Figures after = tally.figures();
        return new Result(
                DemoWorld.name(mode),
                fault.name().toLowerCase(Locale.ROOT),
                after.lost() - before.lost(),
                after.doubled() - before.doubled(),
                after.errors() - before.errors(),
                gapMs,
                left.isPresent() ? (left.getAsLong() - faultNanos) / 1_000_000 : -1);
    }

    /**
     * Two faults in a minute look like a flapping server, to which the pair would return late; so does a machine so busy
     * that a server misses its 200 ms. The demo is about each fault by itself: it has them forgotten, again and again.
     */
    private void awaitReady(Mode mode) throws InterruptedException {
        long[] forgetNanos = {System.nanoTime()};
        DemoWorld.until("both servers are ready", 2 * RECOVERY_MS_MAX, () -> {
            long now = System.nanoTime();
            if (now - forgetNanos[0] >= 0) {
                forgetNanos[0] = now + FORGET_NANOS;
                DemoWorld.require(pair().resetDamping("demo"));
            }
            return isReady(mode);
        });
    }

    /** Cold: somebody serves. Else both are connected, the primary serves, and the other could take over. */
    private boolean isReady(Mode mode) {
        PairSnapshot pair = pair().snapshot();
        boolean whole = mode == Mode.COLD
                ? pair.phase().equals("serving")
                : pair.phase().equals("serving")
                        && pair.active() == 0
                        && pair.members().stream().allMatch(PairSnapshot.Member::isReady);
        return whole && isCurrent() && bothRun();
    }

    private boolean bothRun() {
        return world.servers().stream().allMatch(s -> s.health() == DemoServer.Health.RUNNING);
    }

    private boolean isServedBy(int member) {
        PairSnapshot pair = pair().snapshot();
        return pair.phase().equals("serving") && pair.active() == member && isCurrent();
    }

    /** The client has every counter nearly up to now. */
    private boolean isCurrent() {
        long now = System.currentTimeMillis() / DemoClient.PERIOD_MS;
        return now - world.tally().reached() <= BEHIND_MS_MAX / DemoClient.PERIOD_MS;
    }

    private PairHandle pair() {
        return world.pair().orElseThrow(() -> new IllegalStateException("no mode is selected"));
    }

    private static void pass(long ms) throws InterruptedException {
        long end = System.nanoTime() + ms * 1_000_000;
        DemoWorld.until("time passes", ms + 10_000, () -> System.nanoTime() - end >= 0);
    }
}
