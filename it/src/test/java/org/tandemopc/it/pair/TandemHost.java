package org.tandemopc.it.pair;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tandemopc.app.Wiring;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.relay.RelaySnapshot;
import org.tandemopc.service.ConfigStore;
import org.tandemopc.service.Configurations;
import org.tandemopc.service.DataFolder;
import org.tandemopc.service.LoggedRecord;
import org.tandemopc.service.OrderAnswer;
import org.tandemopc.service.PairHandle;
import org.tandemopc.service.PairSnapshot;
import org.tandemopc.service.RecordExport;
import org.tandemopc.service.RecordQuery;
import org.tandemopc.service.TandemRuntime;

/**
 * Tandem as {@code tandem run} starts it, with orders and questions of a test on standard input: a number and a
 * command; answers carry the number. Ends with its input.
 */
final class TandemHost {
    private static final String BY = "test";

    private final TandemRuntime runtime;
    private final Configurations configurations;

    private TandemHost(TandemRuntime runtime, Configurations configurations) {
        this.runtime = runtime;
        this.configurations = configurations;
    }

    public static void main(String[] arguments) throws IOException {
        Path config = Path.of(arguments[0]);
        Path data = Path.of(arguments[1]);
        try (DataFolder folder = DataFolder.hold(data)) {
            ConfigStore store = new ConfigStore(config, data, Map.of());
            ConfigReading reading = store.load();
            reading.problems().forEach(problem -> System.err.println(problem.describe("tandem.yaml")));
            try (TandemRuntime runtime = Wiring.runtime(reading.config().orElseThrow(), folder, true)) {
                runtime.start();
                for (PairHandle pair : runtime.pairs()) {
                    System.out.println("URL " + pair.name() + " " + runtime.endpointUrl(pair));
                }
                System.out.println("READY");
                new TandemHost(runtime, Wiring.configurations(store, runtime)).serve();
            }
        }
        System.exit(0);
    }

    private void serve() throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            List<String> words = List.of(line.split(" "));
            String number = words.get(0);
            try {
                for (String each : answer(words.subList(1, words.size()))) {
                    System.out.println(number + " | " + each.replace('\n', ' '));
                }
                System.out.println(number + " ok");
            } catch (IOException | RuntimeException e) {
                System.out.println(number + " error " + e.getMessage());
            }
        }
    }

    private List<String> answer(List<String> words) throws IOException {
        return switch (words.get(0)) {
            case "text" -> configurations.text().lines().toList();
            case "plan" -> steps(configurations.plan(text(words)));
            case "apply" -> outcome(configurations.apply(text(words), null, BY));
            case "rollback" -> outcome(configurations.rollback(null, null, BY));
            default -> answerOfPair(words);
        };
    }

    private static String text(List<String> words) throws IOException {
        return Files.readString(Path.of(words.get(1)));
    }

    private static List<String> steps(Configurations.Plan plan) {
        return plan.steps().stream()
                .map(s -> s.kind() + " " + s.pair() + " " + s.dropsClients())
                .toList();
    }

    private static List<String> outcome(Configurations.Outcome outcome) {
        return switch (outcome) {
            case Configurations.Outcome.Applied a -> steps(a.plan());
            case Configurations.Outcome.Refused r ->
                throw new IllegalStateException("refused: " + r.plan().problems());
            case Configurations.Outcome.Conflict c -> throw new IllegalStateException("conflict");
            case Configurations.Outcome.Failed f -> throw new IllegalStateException("failed: " + f.why());
        };
    }

    private List<String> answerOfPair(List<String> words) {
        PairHandle pair = runtime.pair(words.get(1)).orElseThrow();
        return switch (words.get(0)) {
            case "status" -> List.of(status(pair.snapshot()));
            case "url" -> List.of(runtime.endpointUrl(pair));
            case "memory" -> List.of(String.valueOf(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory()));
            case "records" -> pair.records().stream().map(TandemHost::text).toList();
            case "json" -> json(pair, Integer.parseInt(words.get(2)));
            case "reset-records" -> {
                pair.resetRecords(BY);
                yield List.of();
            }
            case "heap" -> List.of(String.valueOf(heapInUse()));
            case "switch" -> order(pair.switchTo(Integer.parseInt(words.get(2)), BY));
            case "pin" -> order(pair.pin(Integer.parseInt(words.get(2)), BY));
            case "unpin" -> order(pair.unpin(BY));
            case "reset" -> order(pair.resetDamping(BY));
            case "enable" -> order(pair.enable(BY));
            case "disable" -> order(pair.disable(BY));
            default -> throw new IllegalArgumentException("unknown command " + words);
        };
    }

    private static List<String> order(OrderAnswer answer) {
        return switch (answer) {
            case OrderAnswer.Accepted accepted -> List.of();
            case OrderAnswer.Refused refused -> throw new IllegalStateException(refused.reason());
        };
    }

    private static String status(PairSnapshot snapshot) {
        RelaySnapshot relay = snapshot.relay();
        return "phase=" + snapshot.phase()
                + " active=" + snapshot.active()
                + " epoch=" + snapshot.epoch()
                + " ready="
                + snapshot.members().stream()
                        .map(member -> member.isReady() ? "1" : "0")
                        .collect(Collectors.joining())
                + " monitor="
                + snapshot.members().stream()
                        .map(member -> member.monitor().result().name().substring(0, 1))
                        .collect(Collectors.joining())
                + " proposed="
                + snapshot.members().stream()
                        .flatMap(member -> member.monitor().items().stream())
                        .map(item -> String.valueOf(item.proposedTimeMs()))
                        .collect(Collectors.joining(",", "[", "]"))
                + " sessions=" + relay.sessions()
                + " subscriptions=" + relay.subscriptions()
                + " items=" + relay.items()
                + " delivered=" + relay.valuesDelivered()
                + " bridged=" + relay.valuesBridged()
                + " dropped=" + relay.valuesDropped()
                + " done=" + relay.requestsDone()
                + " repeated=" + relay.requestsRepeated()
                + " unknown=" + relay.requestsUnknown();
    }

    private static List<String> json(PairHandle pair, int newest) {
        return RecordExport.jsonLines(pair.records(RecordQuery.newest(newest)).records())
                .lines()
                .toList();
    }

    /** After what nobody holds any more is gone. */
    private static long heapInUse() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static String text(LoggedRecord logged) {
        return logged.at() + " " + logged.record().kind() + " "
                + logged.record().text() + " " + logged.record().fields();
    }
}
