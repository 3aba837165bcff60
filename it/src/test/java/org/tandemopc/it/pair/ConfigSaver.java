package org.tandemopc.it.pair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.tandemopc.service.ConfigStore;

/** Saves one configuration after the other until it is killed. */
public final class ConfigSaver {
    private static final String PAIR = """
              - name: pair%d
                mode: hot # number %d
                members:
                  - url: opc.tcp://10.0.0.1:4840
                  - url: opc.tcp://10.0.0.2:4840
            """;

    private ConfigSaver() {}

    public static void main(String[] arguments) throws IOException {
        ConfigStore store = new ConfigStore(Path.of(arguments[0]), Path.of(arguments[1]), Map.of());
        store.load();
        int number = Integer.parseInt(arguments[2]);
        // The first save loads classes for longer than any kill waits.
        store.save(text(number), "saver");
        System.out.println("READY");
        while (true) {
            store.save(text(++number), "saver");
        }
    }

    /** The text with this number: of a length of its own, and its number on many lines. */
    public static String text(int number) {
        StringBuilder text = new StringBuilder("# " + number + "\nversion: 1\npairs:\n");
        for (int i = 0; i <= number % 50; i++) {
            text.append(PAIR.formatted(i, number));
        }
        return text.toString();
    }
}
