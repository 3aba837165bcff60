package org.tandemopc.service.users;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes guessing slow without locking anybody out. Counted is by what came together: this user from this address, this address,
 * and this user from addresses from which he never logged in. From some failures on each further one doubles the wait, up to a
 * minute; while it lasts, nothing is compared, and a right password is not found out either. So one who guesses a
 * user's password from elsewhere does not keep him from his own console. Names are counted whether there is such a user or
 * not. Bounded: beyond {@link #KEPT_MAX} the one that failed longest ago is forgotten. Not for several threads at once.
 */
final class LoginThrottle {
    static final int OF_BOTH_FREE = 5;
    static final int OF_ADDRESS_FREE = 20;
    static final int OF_USER_FREE = 20;
    static final Duration WAIT_MAX = Duration.ofMinutes(1);
    /** After so long without a failure it is forgotten. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);

    static final int KEPT_MAX = 4_000;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static final class Count {
        int failures;
        long lastFailure;
        long waitUntil;
    }

    private record Key(String key, int free) {}

    /** In the order of their last failures. */
    private final LinkedHashMap<String, Count> counts = new LinkedHashMap<>();
    /** Where users have logged in from, oldest login first. */
    private final LinkedHashMap<String, Boolean> known = new LinkedHashMap<>();

    /**
     * How long a login must wait.
     *
     * @param now monotonic
     * @return nanoseconds; 0: it may be tried
     */
    long waitNanos(InetAddress address, String user, long now) {
        long wait = 0;
        for (Key key : keys(address, user)) {
            Count count = counts.get(key.key());
            if (count != null) {
                wait = Math.max(wait, count.waitUntil - now);
            }
        }
        return wait;
    }

    /** Before the password is looked at, so that many at once are as slow as one after another. */
    void begins(InetAddress address, String user, long now) {
        for (Key key : keys(address, user)) {
            Count count = counts.remove(key.key());
            if (count == null || now - count.lastFailure >= FORGOTTEN_AFTER.toNanos()) {
                count = new Count();
            }
            count.failures++;
            count.lastFailure = now;
            int over = count.failures - key.free();
            count.waitUntil = over < 0 ? now : now + Math.min(WAIT_MAX.toNanos(), SECOND << Math.min(over, 30));
            counts.put(key.key(), count);
        }
        trim(counts);
    }

    /** It was no failure: what {@link #begins} counted for it is taken back, and this user is known from here. */
    void succeeded(InetAddress address, String user) {
        for (Key key : keys(address, user)) {
            Count count = counts.get(key.key());
            if (count != null) {
                count.failures--;
                count.waitUntil = count.lastFailure;
            }
        }
        String both = both(address, user);
        counts.remove(both);
        known.remove(both);
        known.put(both, true);
        trim(known);
    }

    private List<Key> keys(InetAddress address, String user) {
        String both = both(address, user);
        Key ofBoth = new Key(both, OF_BOTH_FREE);
        if (known.containsKey(both)) {
            return List.of(ofBoth);
        }
        return List.of(
                ofBoth,
                new Key("address " + network(address), OF_ADDRESS_FREE),
                new Key("user " + user.toLowerCase(Locale.ROOT), OF_USER_FREE));
    }

    private static String both(InetAddress address, String user) {
        return network(address) + " " + user.toLowerCase(Locale.ROOT);
    }

    /** Of IPv6 the first half: who has one address there has all of the second half. */
    private static String network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
    }

    private static void trim(Map<String, ?> map) {
        var oldest = map.entrySet().iterator();
        while (map.size() > KEPT_MAX && oldest.hasNext()) {
            oldest.next();
            oldest.remove();
        }
    }

    int kept() {
        return counts.size() + known.size();
    }
}
