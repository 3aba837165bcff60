package org.tandemopc.testkit.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** Signals without forking a shell, which takes milliseconds that a failover test would count. Linux and macOS. */
public final class Posix {
    /** The signals that tests send. */
    public enum Signal {
        KILL(9, 9),
        TERM(15, 15),
        STOP(19, 17),
        CONT(18, 19);

        private final int linux;
        private final int mac;

        Signal(int linux, int mac) {
            this.linux = linux;
            this.mac = mac;
        }

        int number() {
            boolean isMac =
                    System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
            return isMac ? mac : linux;
        }
    }

    @SuppressWarnings("restricted")
    private static final MethodHandle KILL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Posix() {}

    /** Sends the signal; fails when there is no such process or it is not ours. */
    public static void kill(long pid, Signal signal) {
        if (pid <= 1) {
            // 0, 1 and negative numbers mean groups and everybody.
            throw new IllegalArgumentException("not the id of one process: " + pid);
        }
        int result;
        try {
            result = (int) KILL.invokeExact(Math.toIntExact(pid), signal.number());
        } catch (Throwable e) {
            throw new IllegalStateException("kill(" + pid + ", " + signal + ")", e);
        }
        if (result != 0) {
            throw new IllegalStateException("kill(" + pid + ", " + signal + ") was refused");
        }
    }
}
