package org.tandemopc.relay.ua.front;

import java.util.HashMap;
import java.util.Map;
import org.tandemopc.relay.ua.front.FrontDoorConfig.Limits;

/**
 * How many wrong passwords an address may send. An attempt is paid for in advance and paid back when it was right, so
 * that attempts side by side count as well. Any thread; time is an argument.
 */
final class RefusalLimiter {
    private static final int ADDRESSES_MAX = 65_536;
    private static final int SWEEP_ABOVE = 1_024;

    private final double burst;
    private final double perNano;
    private final Map<String, Account> accounts = new HashMap<>();
    private int sweepAbove = SWEEP_ABOVE;

    RefusalLimiter(Limits limits) {
        burst = limits.refusalsBurst();
        perNano = limits.refusalsPerMinute() / 60e9;
    }

    private static final class Account {
        double attempts;
        long nanos;
    }

    /** Whether this attempt may be made. */
    synchronized boolean take(String address, long nowNanos) {
        sweep(nowNanos);
        if (accounts.size() >= ADDRESSES_MAX && !accounts.containsKey(address)) {
            return false;
        }
        Account account = accounts.computeIfAbsent(address, a -> {
            Account made = new Account();
            made.attempts = burst;
            made.nanos = nowNanos;
            return made;
        });
        earn(account, nowNanos);
        if (account.attempts < 1) {
            return false;
        }
        account.attempts -= 1;
        return true;
    }

    /** The attempt was not a wrong password. */
    synchronized void giveBack(String address) {
        Account account = accounts.get(address);
        if (account != null) {
            account.attempts = Math.min(burst, account.attempts + 1);
        }
    }

    synchronized int addresses() {
        return accounts.size();
    }

    private void earn(Account account, long nowNanos) {
        account.attempts = Math.min(burst, account.attempts + Math.max(0, nowNanos - account.nanos) * perNano);
        account.nanos = nowNanos;
    }

    private void sweep(long nowNanos) {
        if (accounts.size() < sweepAbove) {
            return;
        }
        accounts.values().removeIf(account -> {
            earn(account, nowNanos);
            return account.attempts >= burst;
        });
        sweepAbove = Math.max(SWEEP_ABOVE, 2 * accounts.size());
    }
}
