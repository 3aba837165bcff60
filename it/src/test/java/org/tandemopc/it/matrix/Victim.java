package org.tandemopc.it.matrix;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;
import org.tandemopc.it.pair.PairUnderTest;
import org.tandemopc.testkit.process.ServerProcess;
import org.tandemopc.testkit.proxy.Direction;
import org.tandemopc.testkit.proxy.Fault;
import org.tandemopc.testkit.proxy.FaultProxy;

/**
 * A member, and what can be done to it.
 *
 * @param stranger a server that is not of the pair
 * @param chance seeded for each cell
 * @param requests messages to this member that a fault is to hit
 * @param answers messages from it
 */
record Victim(
        ServerProcess server,
        FaultProxy network,
        ServerProcess stranger,
        Random chance,
        Predicate<ByteBuffer> requests,
        Predicate<ByteBuffer> answers) {
    /** To a member. */
    interface Deed {
        void to(Victim victim);
    }

    void restart() {
        server.awaitEnd(PairUnderTest.LONG);
        server.restart();
    }

    void shut(Fault.Door door) {
        network.set(door);
        network.strike(Fault.Strike.RESET);
    }

    void silence() {
        network.set(Fault.Door.SILENCE);
        network.setBoth(new Fault.Hold());
    }

    /** Another server answers at the address. */
    void replace() {
        network.moveTo(stranger.port());
        network.strike(Fault.Strike.RESET);
    }

    void putBack() {
        network.moveTo(server.port());
        network.strike(Fault.Strike.RESET);
    }

    void vanishSlowly() {
        network.setBoth(new Fault.SlowClose(Duration.ofSeconds(1)));
        server.command("vanish");
    }

    void revive() {
        server.command("revive");
        network.heal();
    }

    /** For faults that happen once. */
    void once(Direction direction, Fault.Line line) {
        network.set(direction, line);
    }

    /** Whether a fault that happens once has happened. */
    boolean isHit() {
        return Arrays.stream(Direction.values()).anyMatch(network::hasFired);
    }

    Fault.Delay delay(long leastMs, long jitterMs) {
        return new Fault.Delay(Duration.ofMillis(leastMs), Duration.ofMillis(jitterMs), chance.nextLong());
    }

    void healNetwork() {
        network.heal();
    }

    /** TCP loses no bytes in the middle of a connection that lives on. */
    void healWithNewConnections() {
        network.strike(Fault.Strike.RESET);
        network.heal();
    }
}
