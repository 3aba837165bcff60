package org.tandemopc.bench.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine that figures were taken on, and how busy it is. Linux; elsewhere the gaps say "unknown" or NaN. */
public final class Machine {
    /** Above this share of stalled time (percent, 10 s average) extremes of a run say nothing. */
    public static final double PRESSURE_MAX = 20;

    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern SOME = Pattern.compile("some avg10=([0-9.]+).*", Pattern.DOTALL);
    private static final Pattern STALLED = Pattern.compile("some [^\\n]*total=(\\d+).*", Pattern.DOTALL);
    private static final Pattern MEMORY = Pattern.compile("MemTotal:\\s+(\\d+) kB.*", Pattern.DOTALL);

    private Machine() {}

    /** What it is, by field. */
    public static Map<String, String> describe() {
        return Map.of(
                "processor",
                processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores",
                "memory",
                memory(),
                "kernel",
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                "JVM",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    }

    private static String processor() {
        return read("/proc/cpuinfo")
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch", "unknown"));
    }

    private static String memory() {
        Matcher matcher = MEMORY.matcher(read("/proc/meminfo"));
        return matcher.matches()
                ? String.format(Locale.ROOT, "%.1f GiB", Double.parseDouble(matcher.group(1)) / 1024 / 1024)
                : "unknown";
    }

    /** Load average of a minute. */
    public static double load() {
        String text = read("/proc/loadavg");
        int space = text.indexOf(' ');
        return space < 0 ? Double.NaN : Double.parseDouble(text.substring(0, space));
    }

    /** Share of the last 10 s in which some task waited for a processor, in percent. */
    public static double pressure() {
        Matcher matcher = SOME.matcher(read("/proc/pressure/cpu"));
        return matcher.matches() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }

    /** How long some task has waited for a processor since the machine started, in microseconds. */
    public static double stalledMicros() {
        Matcher matcher = STALLED.matcher(read("/proc/pressure/cpu"));
        return matcher.matches() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }

    /** Processor time that a process has used, in microseconds; steps of 10 ms. */
    public static double cpuMicros(long pid) {
        String stat = read("/proc/" + pid + "/stat");
        int end = stat.lastIndexOf(')');
        if (end < 0) {
            return Double.NaN;
        }
        // After the name in brackets: state is the first field, utime the 12th, stime the 13th.
        String[] fields = stat.substring(end + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000_000 / TICKS_PER_SECOND;
    }

    static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "";
        }
    }
}
