package org.tandemopc.it.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Another machine, as far as the network goes: a network namespace with one cable to this one. Nothing here is loopback,
 * so no limit that spares loopback spares anybody. Needs root and {@code ip}, as CI has them.
 */
public final class Netns implements AutoCloseable {
    private static final int TRIES_MAX = 5;

    private final String name;
    private final String net;

    private Netns(String name, String net) {
        this.name = name;
        this.net = net;
    }

    public static Netns create() {
        AssertionError last = null;
        for (int i = 0; i < TRIES_MAX; i++) {
            int number = ThreadLocalRandom.current().nextInt(1, 250);
            Netns made = new Netns("tandem" + ProcessHandle.current().pid() + "x" + number, "10.231." + number + ".");
            try {
                made.lay(number);
                return made;
            } catch (AssertionError taken) {
                made.close();
                last = taken;
            }
        }
        throw new AssertionError("no network namespace can be made (root and iproute2 are needed)", last);
    }

    private void lay(int number) {
        String here = "tdm" + number + "a";
        String there = "tdm" + number + "b";
        ip("netns", "add", name);
        ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
        ip("addr", "add", here() + "/24", "dev", here);
        ip("link", "set", here, "up");
        ip("-n", name, "addr", "add", there() + "/24", "dev", there);
        ip("-n", name, "link", "set", there, "up");
        ip("-n", name, "link", "set", "lo", "up");
    }

    /** The address of this machine on the cable. */
    public String here() {
        return net + "1";
    }

    /** The address of the other machine. */
    public String there() {
        return net + "2";
    }

    /** The command, as run on the other machine. */
    public List<String> within(List<String> command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        return all;
    }

    /** The cable goes with it. */
    @Override
    public void close() {
        try {
            ip("netns", "del", name);
        } catch (AssertionError neverMade) {
            // Nothing is left of it then.
        }
    }

    private static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
