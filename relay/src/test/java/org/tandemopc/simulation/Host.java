package org.tandemopc.simulation;

import java.util.ArrayDeque;

/** Tandem's own process: everything of it stands still during a pause of our own (S35), and then comes at once. */
final class Host {
    private final VirtualTime time;
    private final ArrayDeque<Runnable> timers = new ArrayDeque<>();
    private final ArrayDeque<Runnable> arrivals = new ArrayDeque<>();
    private boolean paused;

    Host(VirtualTime time) {
        this.time = time;
    }

    boolean paused() {
        return paused;
    }

    /** Something of Tandem's that is due then, or when the pause ends. */
    void at(long nanos, Runnable what) {
        time.at(nanos, () -> {
            if (paused) {
                timers.add(what);
            } else {
                what.run();
            }
        });
    }

    void after(long nanos, Runnable what) {
        at(time.now() + nanos, what);
    }

    /** Something that came over the network. */
    void network(Runnable what) {
        if (paused) {
            arrivals.add(what);
        } else {
            what.run();
        }
    }

    void pause() {
        paused = true;
    }

    /**
     * @param timersFirst what was due runs before what arrived, as the worst operating system would have it
     * @param noticed runs before both
     */
    void resume(boolean timersFirst, Runnable noticed) {
        paused = false;
        noticed.run();
        ArrayDeque<Runnable> first = timersFirst ? timers : arrivals;
        ArrayDeque<Runnable> second = timersFirst ? arrivals : timers;
        while (!first.isEmpty()) {
            first.remove().run();
        }
        while (!second.isEmpty()) {
            second.remove().run();
        }
    }
}
