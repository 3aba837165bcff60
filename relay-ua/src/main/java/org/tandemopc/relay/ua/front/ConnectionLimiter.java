package org.tandemopc.relay.ua.front;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;

/**
 * How many connections an address may open, and how fast. In place of Milo's own limiter, which is one for the whole
 * process, lets loopback pass and refuses real clients behind one address at the fifth connect in a second. Any thread;
 * time is an argument.
 */
final class ConnectionLimiter {
    private static final int ADDRESSES_MAX = 65_536;
    private static final int SWEEP_ABOVE = 1_024;

    private final Limits limits;
    private final Map<InetAddress, Guest> guests = new HashMap<>();
    private int open;
    private int sweepAbove = SWEEP_ABOVE;

    ConnectionLimiter(Limits limits) {
        this.limits = limits;
    }

    private static final class Guest {
        int open;
        double allowance;
        long nanos;
    }

    /** Whether this connection may stay; if so, {@link #release} is owed for it. */
    synchronized boolean admit(InetAddress address, long nowNanos) {
        sweep(nowNanos);
        if (guests.size() >= ADDRESSES_MAX && !guests.containsKey(address)) {
            return false;
        }
        Guest guest = guests.computeIfAbsent(address, a -> {
            Guest made = new Guest();
            made.allowance = limits.connectsBurst();
            made.nanos = nowNanos;
            return made;
        });
        refill(guest, nowNanos);
        if (guest.allowance < 1 || guest.open >= limits.connectionsPerAddress() || open >= limits.connections()) {
            return false;
        }
        guest.allowance -= 1;
        guest.open++;
        open++;
        return true;
    }

    synchronized void release(InetAddress address) {
        Guest guest = guests.get(address);
        if (guest != null && guest.open > 0) {
            guest.open--;
            open--;
        }
    }

    synchronized int open() {
        return open;
    }

    synchronized int addresses() {
        return guests.size();
    }

    private void refill(Guest guest, long nowNanos) {
        double earned = (nowNanos - guest.nanos) / 1e9 * limits.connectsPerSecond();
        guest.allowance = Math.min(limits.connectsBurst(), guest.allowance + Math.max(0, earned));
        guest.nanos = nowNanos;
    }

    /** Forgets addresses that owe nothing. Each sweep at least halves the table or raises the mark for the next one. */
    private void sweep(long nowNanos) {
        if (guests.size() < sweepAbove) {
            return;
        }
        guests.values().removeIf(guest -> {
            refill(guest, nowNanos);
            return guest.open == 0 && guest.allowance >= limits.connectsBurst();
        });
        sweepAbove = Math.max(SWEEP_ABOVE, 2 * guests.size());
    }
}
