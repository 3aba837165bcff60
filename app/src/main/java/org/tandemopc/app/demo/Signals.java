package org.tandemopc.app.demo;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** Stops and continues a process of ours, as a hanging server would be. Linux and macOS. */
final class Signals {
    private static final boolean IS_MAC =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
    private static final int SIGSTOP = IS_MAC ? 17 : 19;
    private static final int SIGCONT = IS_MAC ? 19 : 18;

    private Signals() {}

    static void freeze(Process process) {
        send(process, SIGSTOP);
    }

    static void thaw(Process process) {
        send(process, SIGCONT);
    }

    @SuppressWarnings("restricted") // kill(2): Java has no way to stop a process
    private static void send(Process process, int signal) {
        if (!process.isAlive()) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        MethodHandle kill = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            int result = (int) kill.invokeExact(Math.toIntExact(process.pid()), signal);
            if (result != 0) {
                throw new IllegalStateException("signal " + signal + " to process " + process.pid() + " was refused");
            }
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("signal " + signal + " to process " + process.pid(), e);
        }
    }
}
