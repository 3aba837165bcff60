package org.tandemopc.core.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names and aliases of pairs (ALI-2, UNA-2). Capitals make no difference anywhere. Pure. */
public final class ConfigNames {
    /** One of so many is free, since there are fewer pairs. */
    private static final int NUMBERS_MAX = 10_000;

    private static final Pattern DEVICE = Pattern.compile("(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

    private static final String DISCOVERY = "discovery";

    private ConfigNames() {}

    /** Whether a pair of this name would be at the path that OPC UA keeps for discovery. */
    static boolean isDiscovery(String name) {
        return lower(name).equals(DISCOVERY);
    }

    /**
     * Whether Windows takes a file or folder of this name for a device, whatever comes after a point: there would be no
     * place for the records of such a pair. The same on every system, for a configuration is copied from one to another.
     */
    static boolean isDevice(String name) {
        return DEVICE.matcher(name).matches();
    }

    /**
     * The first of {@code name.Alias1}, {@code name.Alias2} ... that is free.
     *
     * @param name original name of the pair
     * @param published names of all pairs
     */
    public static String nextAlias(String name, Collection<String> published) {
        Set<String> taken = published.stream().map(ConfigNames::lower).collect(Collectors.toSet());
        for (int i = 1; i <= NUMBERS_MAX; i++) {
            String alias = name + ".Alias" + i;
            if (!taken.contains(lower(alias))) {
                return alias;
            }
        }
        throw new IllegalStateException("no alias of " + name + " is free");
    }

    /**
     * Why a pair cannot be published under its original name again; empty if it can.
     *
     * @param alias its published name
     * @param others published names of the other pairs
     */
    public static Optional<String> whyNotUnalias(String name, String alias, Collection<String> others) {
        if (alias.equals(name)) {
            return Optional.of("'%s' has no alias.".formatted(alias));
        }
        return others.stream().anyMatch(o -> lower(o).equals(lower(name)))
                ? Optional.of(("'%s' cannot go back to its original name '%s': another pair is published under it."
                                + " Remove that pair, or give it an alias.")
                        .formatted(alias, name))
                : Optional.empty();
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
