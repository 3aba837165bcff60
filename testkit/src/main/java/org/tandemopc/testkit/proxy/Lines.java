package org.tandemopc.testkit.proxy;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The faults that are set on both directions; who must wait for one to end waits here. Thread-safe. */
final class Lines {
    private final Map<Direction, Stage.Armed> armed = new EnumMap<>(Direction.class);

    Lines() {
        for (Direction direction : Direction.values()) {
            armed.put(direction, Stage.Armed.of(new Fault.Pass()));
        }
    }

    synchronized void set(Direction direction, Fault.Line line) {
        armed.put(direction, Stage.Armed.of(line));
        notifyAll();
    }

    synchronized Stage.Armed of(Direction direction) {
        return Objects.requireNonNull(armed.get(direction));
    }

    synchronized void awaitNotHeld(Direction direction) throws InterruptedException {
        while (of(direction).line() instanceof Fault.Hold) {
            wait();
        }
    }
}
