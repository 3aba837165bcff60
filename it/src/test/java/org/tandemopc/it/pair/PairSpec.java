package org.tandemopc.it.pair;

import java.util.List;
import java.util.Locale;
import org.tandemopc.core.pair.Mode;

/** A pair in the configuration file of a Tandem under test. */
public record PairSpec(
        String name, Mode mode, boolean failback, int intervalMs, int timeoutMs, int holdMs, List<String> urls) {
    /**
     * Quick to notice, yet patient enough for a machine whose cores are shared; without failback, so that a test decides
     * when a switch happens.
     */
    public static PairSpec of(String name, Mode mode, String... urls) {
        return new PairSpec(name, mode, false, 500, 1500, 5000, List.of(urls));
    }

    public PairSpec withFailback() {
        return new PairSpec(name, mode, true, intervalMs, timeoutMs, holdMs, urls);
    }

    public PairSpec withHold(int ms) {
        return new PairSpec(name, mode, failback, intervalMs, timeoutMs, ms, urls);
    }

    public PairSpec withStatus(int interval, int timeout) {
        return new PairSpec(name, mode, failback, interval, timeout, holdMs, urls);
    }

    String yaml() {
        StringBuilder out = new StringBuilder()
                .append("  - name: ")
                .append(name)
                .append("\n    mode: ")
                .append(mode.name().toLowerCase(Locale.ROOT))
                .append("\n    failback: ")
                .append(failback)
                .append("\n    statusInterval: ")
                .append(intervalMs)
                .append("ms\n    statusTimeout: ")
                .append(timeoutMs)
                .append("ms\n    holdTimeout: ")
                .append(holdMs)
                .append("ms\n    members:\n");
        for (String url : urls) {
            out.append("      - url: ").append(url).append("\n        security: None\n");
        }
        return out.toString();
    }
}
