package org.tandemopc.it.pair;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tandemopc.app.Wiring;
import org.tandemopc.core.config.ConfigReading;
import org.tandemopc.relay.RelaySnapshot;
import org.tandemopc.service.ConfigStore;
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

    private TandemHost(TandemRuntime runtime) {
        this.runtime = runtime;
    }

    public static void main(String[] arguments) throws IOException {
        Path config = Path.of(arguments[0]);
        Path data = Path.of(arguments[1]);
        try (DataFolder folder = DataFolder.hold(data)) {
            ConfigReading reading = new ConfigStore(config, data, Map.of()).load();
            reading.problems().forEach(problem -> System.err.println(problem.describe("tandem.yaml")));
            try (TandemRuntime runtime = Wiring.runtime(reading.config().orElseThrow(), folder, true)) {
                runtime.start();
                for (PairHandle pair : runtime.pairs()) {
                    System.out.println("URL " + pair.name() + " " + runtime.endpointUrl(pair));
                }
                System.out.println("READY");
                new TandemHost(runtime).serve();
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
            } catch (RuntimeException e) {
                System.out.println(number + " error " + e.getMessage());
            }
        }
    }

    private List<String> answer(List<String> words) {
        PairHandle pair = runtime.pair(words.get(1)).orElseThrow();
        return switch (words.get(0)) {
            case "status" -> List.of(status(pair.snapshot()));
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
