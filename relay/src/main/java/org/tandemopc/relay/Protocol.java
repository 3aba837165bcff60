package org.tandemopc.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.tandemopc.core.config.DoorConfig;
import org.tandemopc.core.config.PairConfig;

/**
 * What one protocol offers to the service: a front door for clients, and per pair the data plane and the control links.
 * Made by the wiring; {@link #start} after the first pairs are there, {@link #close} last.
 */
public interface Protocol extends AutoCloseable {
    /**
     * Makes a pair: nothing connects to a member until its relay and links are ordered to. Clients that come before the
     * pair is enabled are refused. May be called before or after {@link #start}.
     *
     * @throws IllegalArgumentException when a pair of this path exists, or none can have it; nothing is kept of it
     */
    Plane pair(PairConfig pair, RelayListener listener);

    /**
     * Opens the front door.
     *
     * @throws IOException with a message for people, naming the address: port in use, no such address, no key material
     */
    void start() throws IOException;

    /**
     * Opens the front door anew with other settings, for the same pairs. All client sessions are closed cleanly, because
     * what their clients were told no longer holds. On another port the new door opens before the old one closes; on the
     * same port there is a moment without one. Blocks for some seconds at most.
     *
     * @param frontDoor of this protocol
     * @throws FrontDoorLostException neither the new door nor the old one could be opened, and none is open; to be called
     *     again until one is
     * @throws IOException with a message for people: the new door could not be opened, and the old one is open
     */
    void reopen(DoorConfig frontDoor) throws IOException;

    /** The address that clients connect to, as bound. Only after {@link #start}. */
    InetSocketAddress boundAddress();

    /** The URL under which clients find the pair, for people. Only after {@link #start}. */
    String endpointUrl(PairConfig pair);

    /** The certificates of both sides, for people; empty: this protocol has accounts instead. At any time. */
    Optional<Certificates> certificates();

    /**
     * Walks the way to a member leg by leg, with connections of its own, and tells each leg as it ends; stops at the first
     * that fails. Blocks until then, for at most a few seconds a leg; not for event loops. The pair need not be one that
     * was made here, and nothing need be started: a check comes before anything runs. The namespaces are compared with
     * those of the pair's other members that were checked before.
     *
     * @throws InterruptedException the thread was interrupted: the walk was given up
     */
    void check(PairConfig pair, int member, Consumer<LegResult> legs) throws InterruptedException;

    /** Looks for servers and items of this protocol. Nothing need be started; not after {@link #close}. */
    Discovery discovery();

    /**
     * Closes the front door, then what is left of sessions and links (cleanly, within a few seconds). Idempotent;
     * blocks.
     */
    @Override
    void close();

    /** One pair of this protocol. */
    interface Plane {
        Relay relay();

        /**
         * The control link to a member, closed at first. Called once for each member.
         *
         * @param member index in the pair's list
         */
        ControlLink control(int member, ControlLink.Listener listener);

        /** Takes the pair off the front door and frees what it holds; idempotent, returns at once. */
        void remove();
    }
}
