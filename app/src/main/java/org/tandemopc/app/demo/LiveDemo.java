package org.tandemopc.app.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.tandemopc.core.pair.Mode;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.PairHandle;
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

    private static final String CHANGING = "changing the mode";

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private final Stage world;
    private final PrintStream out;
    /** Does what takes longer than a drawing, one thing after the other. */
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("demo-worker").factory());

    private final AtomicReference<String> busy = new AtomicReference<>("");
    private volatile Mode mode = Mode.HOT;
    private volatile String lastFault = "none yet: press a key";
    private volatile long faultNanos;

    LiveDemo(Stage world, PrintStream out) {
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

    /** One thread presses and draws. */
    void press(int key) {
        switch (key) {
            case 'r' -> work("reviving", this::revive);
            case 'm' -> work(CHANGING, this::changeMode);
            default -> usedPair().ifPresent(pair -> pressFor(pair, key));
        }
    }

    private void pressFor(PairHandle pair, int key) {
        int active = Math.max(0, pair.snapshot().active());
        DemoServer activeServer = world.servers().get(active);
        switch (key) {
            case 'k' -> fault("kill -9 of the active server", activeServer, DemoServer::kill);
            case 'K' -> fault("kill -9 of the standby server", world.servers().get(1 - active), DemoServer::kill);
            case 'f' -> freezeOrThaw(activeServer);
            case 's' -> {
                mark("switch by hand");
                pair.switchTo(1 - active, "demo");
            }
            default -> {}
        }
    }

    /** None while the mode changes, although there is one at times: what is done to it would soon be forgotten. */
    private Optional<PairHandle> usedPair() {
        return busy.get().equals(CHANGING) ? Optional.empty() : world.pair();
    }

    private void changeMode() throws IOException, InterruptedException {
        Mode[] all = Mode.values();
        int next = (List.of(all).indexOf(mode) + 1) % all.length;
        mode = all[next];
        lastFault = "none yet in this mode";
        faultNanos = 0;
        world.select(mode);
    }

    private interface OnServer {
        void apply(DemoServer server);
    }

    private void fault(String what, DemoServer server, OnServer action) {
        mark(what + " (" + server.name() + ")");
        action.apply(server);
    }

    private void freezeOrThaw(DemoServer active) {
        for (DemoServer server : world.servers()) {
            if (server.health() == DemoServer.Health.FROZEN) {
                fault("thaw", server, DemoServer::thaw);
                return;
            }
        }
        fault("freeze of the active server", active, DemoServer::freeze);
    }

    private void revive() throws IOException {
        for (DemoServer server : world.servers()) {
            switch (server.health()) {
                case DEAD -> server.start();
                case FROZEN -> server.thaw();
                case STARTING, RUNNING -> {}
            }
        }
        // Else the pair would return late to a server that fails so often.
        world.pair().ifPresent(pair -> pair.resetDamping("demo"));
    }

    private void mark(String what) {
        lastFault = what;
        faultNanos = System.nanoTime();
        world.tally().mark();
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

    void draw() {
        StringBuilder text = new StringBuilder(CLEAR);
        line(text, BOLD + "Tandem demo" + PLAIN + "   mode " + mode.label());
        usedPair()
                .ifPresentOrElse(
                        pair -> {
                            pair(text, pair);
                            client(text, pair);
                            records(text, pair);
                        },
                        () -> line(text, busy.get().isEmpty() ? "  last: " + lastFault : CHANGING + " ..."));
        line(text, "");
        line(text, "k kill the active   K kill the standby   f freeze / thaw   r revive   s switch by hand");
        line(text, "m next mode   q quit" + (busy.get().isEmpty() ? "" : "        " + busy.get() + " ..."));
        out.print(text);
        out.flush();
    }

    private void pair(StringBuilder text, PairHandle of) {
        PairSnapshot pair = of.snapshot();
        line(text, "the client is connected to " + world.endpointUrl(of) + " and knows of one server only");
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
                                    shortened(server.url()),
                                    color(server.health()),
                                    server.health().name().toLowerCase(Locale.ROOT),
                                    PLAIN,
                                    role));
        }
        line(text, "  pair is " + pair.phase() + ", epoch " + pair.epoch());
        line(text, "");
    }

    /** The class that a server of OPC DA has besides its name would take the rest of the line. */
    private static String shortened(String url) {
        return url.replaceFirst("/\\{.*", "");
    }

    private void client(StringBuilder text, PairHandle pair) {
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
        line(text, "  last: " + lastFault + since(figures, pair));
        line(text, "");
    }

    private String since(Tally.Figures figures, PairHandle pair) {
        if (faultNanos == 0) {
            return "";
        }
        OptionalLong left = pair.leftActiveAfter(faultNanos);
        return ", longest gap %d ms".formatted(figures.gapNanos() / 1_000_000)
                + (left.isPresent()
                        ? ", decided after %d ms".formatted((left.getAsLong() - faultNanos) / 1_000_000)
                        : "");
    }

    private void records(StringBuilder text, PairHandle pair) {
        List<LoggedRecord> all = new ArrayList<>(pair.records());
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
            case STARTING, FROZEN -> YELLOW;
            case DEAD -> RED;
        };
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
