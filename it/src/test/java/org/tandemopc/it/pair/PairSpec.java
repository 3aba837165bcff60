package org.tandemopc.it.pair;

import java.util.List;
import java.util.Locale;
import org.tandemopc.core.pair.Mode;

/**
 * A pair in the configuration file of a Tandem under test.
 *
 * @param security policy and mode of the links to the members, with a blank between them; empty: none
 * @param trust whose certificates among the members: {@code all} or {@code listed}
 */
public record PairSpec(
        String name,
        Mode mode,
        boolean failback,
        int intervalMs,
        int timeoutMs,
        int holdMs,
        List<String> urls,
        String security,
        String trust,
        String monitor) {
    /**
     * Quick to notice, yet patient enough for a machine whose cores are shared; without failback, so that a test decides
     * when a switch happens.
     */
    public static PairSpec of(String name, Mode mode, String... urls) {
        return new PairSpec(name, mode, false, 500, 1500, 5000, List.of(urls), "", "all", "");
    }

    public PairSpec withFailback() {
        return new PairSpec(name, mode, true, intervalMs, timeoutMs, holdMs, urls, security, trust, monitor);
    }

    /** Basic256Sha256 with SignAndEncrypt to the members, and only users with a password in front. */
    public PairSpec withSecurity() {
        return withSecurity("Basic256Sha256 SignAndEncrypt");
    }

    /** Another policy and mode, with a blank between them. */
    public PairSpec withSecurity(String policyAndMode) {
        return new PairSpec(name, mode, failback, intervalMs, timeoutMs, holdMs, urls, policyAndMode, trust, monitor);
    }

    /** Only members whose certificates somebody has trusted. */
    public PairSpec withTrustListed() {
        return new PairSpec(name, mode, failback, intervalMs, timeoutMs, holdMs, urls, security, "listed", monitor);
    }

    boolean trustsListed() {
        return trust.equals("listed");
    }

    boolean secured() {
        return !security.isEmpty();
    }

    public PairSpec withHold(int ms) {
        return new PairSpec(name, mode, failback, intervalMs, timeoutMs, ms, urls, security, trust, monitor);
    }

    public PairSpec withStatus(int interval, int timeout) {
        return new PairSpec(name, mode, failback, interval, timeout, holdMs, urls, security, trust, monitor);
    }

    /** With monitor items: the lines of the {@code monitor} section. */
    public PairSpec withMonitor(String yaml) {
        return new PairSpec(name, mode, failback, intervalMs, timeoutMs, holdMs, urls, security, trust, yaml);
    }

    /** With its members at other addresses. */
    public PairSpec withUrls(List<String> others) {
        return new PairSpec(
                name, mode, failback, intervalMs, timeoutMs, holdMs, List.copyOf(others), security, trust, monitor);
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
                .append("ms\n");
        if (!monitor.isEmpty()) {
            out.append("    monitor:\n").append(monitor.indent(6));
        }
        out.append("    members:\n");
        for (String url : urls) {
            out.append("      - url: ").append(url);
            out.append(
                    secured()
                            ? "\n        security: " + security.replace(" ", "\n        mode: ") + "\n        trust: "
                                    + trust + "\n        user: operator\n        password: secret\n"
                            : "\n        security: None\n        trust: all\n");
        }
        return out.toString();
    }
}
