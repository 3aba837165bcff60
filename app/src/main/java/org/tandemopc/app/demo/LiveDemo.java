package org.tandemopc.app.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairSnapshot;

/** The demo for a person: a screen that is drawn ten times a second at most, and keys. */
final class LiveDemo {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final int RECORDS_SHOWN = 8;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final String CLEAR = "\u001b[H\u001b[J";
    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private final DemoWorld world;
    private final PrintStream out;
    /** Does what takes longer than a drawing, one thing after the other. */
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("demo-worker").factory());

    private final AtomicReference<String> busy = new AtomicReference<>("");
    private volatile Mode mode = Mode.HOT;
    private volatile String lastFault = "none yet: press a key";
    private volatile long faultNanos;

    LiveDemo(DemoWorld world, PrintStream out) {
        this.world = world;
        this.out = out;
    }

    void run(Mode first) throws IOException, InterruptedException {
        mode = first;
        world.select(first);
        try (Terminal _ = Terminal.open()) {
            long drawn = System.nanoTime() - REDRAW_NANOS;
            for (int key = Terminal.key(); key != 'q' && key != 'Q'; key = Terminal.key()) {
                press(key);
                if (System.nanoTime() - drawn >= REDRAW_NANOS) {
                    drawn = System.nanoTime();
                    draw();
                }
            }
        } finally {
            worker.shutdownNow();
        }
    }

    private void press(int key) {
        switch (key) {
            case 'k' -> fault("kill -9 of the active server", active(), DemoServer::kill);
            case 'K' -> fault("kill -9 of the standby server", standby(), DemoServer::kill);
            case 'f' -> freezeOrThaw();
            case 'r' -> work("reviving", this::revive);
            case 's' -> {
                int target = 1 - Math.max(0, world.pair().snapshot().active());
                mark("switch by hand");
                world.pair().switchTo(target, "demo");
            }
            case 'm' ->
                work("changing the mode", () -> {
                    Mode[] all = Mode.values();
                    int next = (List.of(all).indexOf(mode) + 1) % all.length;
                    mode = all[next];
                    lastFault = "none yet in this mode";
                    faultNanos = 0;
                    world.select(mode);
                });
            default -> {}
        }
    }

    private interface OnServer {
        void apply(DemoServer server);
    }

    private void fault(String what, DemoServer server, OnServer action) {
        mark(what + " (" + server.name() + ")");
        action.apply(server);
    }

    private void freezeOrThaw() {
        for (DemoServer server : world.servers()) {
            if (server.health() == DemoServer.Health.FROZEN) {
                fault("thaw", server, DemoServer::thaw);
                return;
            }
        }
        fault("freeze of the active server", active(), DemoServer::freeze);
    }

    private void revive() throws IOException {
        for (DemoServer server : world.servers()) {
            switch (server.health()) {
                case DEAD -> server.start();
                case FROZEN -> server.thaw();
                case RUNNING -> {}
            }
        }
        // Else the pair would return late to a server that fails so often.
        world.pair().resetDamping("demo");
    }

    private void mark(String what) {
        lastFault = what;
        faultNanos = System.nanoTime();
        world.tally().mark();
    }

    private DemoServer active() {
        return world.servers().get(Math.max(0, world.pair().snapshot().active()));
    }

    private DemoServer standby() {
        return world.servers().get(1 - Math.max(0, world.pair().snapshot().active()));
    }

    private void work(String what, Work work) {
        if (!busy.compareAndSet("", what)) {
            return;
        }
        worker.execute(() -> {
            try {
                work.run();
            } catch (IOException | IllegalStateException e) {
                lastFault = e.getMessage() == null ? e.toString() : e.getMessage();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                busy.set("");
            }
        });
    }

    private void draw() {
        StringBuilder text = new StringBuilder(CLEAR);
        line(text, BOLD + "Tandem demo" + PLAIN + "   mode " + mode.label());
        if (busy.get().equals("changing the mode")) {
            line(text, "changing the mode ...");
        } else {
            pair(text);
            client(text);
            records(text);
        }
        line(text, "");
        line(text, "k kill the active   K kill the standby   f freeze / thaw   r revive   s switch by hand");
        line(text, "m next mode   q quit" + (busy.get().isEmpty() ? "" : "        " + busy.get() + " ..."));
        out.print(text);
        out.flush();
    }

    private void pair(StringBuilder text) {
        PairSnapshot pair = world.pair().snapshot();
        line(text, "the client is connected to " + world.endpointUrl() + " and knows of one server only");
        line(text, "");
        for (int i = 0; i < world.servers().size(); i++) {
            DemoServer server = world.servers().get(i);
            PairSnapshot.Member member = pair.members().get(i);
            String role = i == pair.active()
                    ? GREEN + "active" + PLAIN
                    : member.isReady() ? "ready" : member.isConnected() ? "connected" : "not connected";
            line(
                    text,
                    "  %s %-9s  %-30s %s%s%s   %s"
                            .formatted(
                                    server.name(),
                                    i == 0 ? "primary" : "secondary",
                                    server.url(),
                                    color(server.health()),
                                    server.health().name().toLowerCase(Locale.ROOT),
                                    PLAIN,
                                    role));
        }
        line(text, "  pair is " + pair.phase() + ", epoch " + pair.epoch());
        line(text, "");
    }

    private void client(StringBuilder text) {
        Tally.Figures figures = world.tally().figures();
        line(
                text,
                "  value %s%d%s   received %d   lost %s   doubled %s   errors %s"
                        .formatted(
                                BOLD,
                                figures.latest(),
                                PLAIN,
                                figures.received(),
                                count(figures.lost()),
                                count(figures.doubled()),
                                count(figures.errors())));
        if (!figures.lastError().isEmpty()) {
            line(text, "  last error: " + figures.lastError());
        }
        line(text, "  last: " + lastFault + since(figures));
        line(text, "");
    }

    private String since(Tally.Figures figures) {
        if (faultNanos == 0) {
            return "";
        }
        OptionalLong left = world.pair().leftActiveAfter(faultNanos);
        return ", longest gap %d ms".formatted(figures.gapNanos() / 1_000_000)
                + (left.isPresent()
                        ? ", decided after %d ms".formatted((left.getAsLong() - faultNanos) / 1_000_000)
                        : "");
    }

    private void records(StringBuilder text) {
        List<LoggedRecord> all = new ArrayList<>(world.pair().records());
        for (LoggedRecord record : all.subList(Math.max(0, all.size() - RECORDS_SHOWN), all.size())) {
            line(text, "  " + TIME.format(record.at()) + "  " + record.record().text());
        }
    }

    private static String count(long number) {
        return (number == 0 ? GREEN : RED) + number + PLAIN;
    }

    private static String color(DemoServer.Health health) {
        return switch (health) {
            case RUNNING -> GREEN;
            case FROZEN -> YELLOW;
            case DEAD -> RED;
        };
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
