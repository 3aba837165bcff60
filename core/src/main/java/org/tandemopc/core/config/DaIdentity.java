package org.tandemopc.core.config;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.tandemopc.core.config.DaNames.Remark;

/**
 * By what clients of OPC DA find a pair: its ProgID, which is its published name, and its class. Immutable, and pure: the same
 * settings have the same class on every machine, so that a Tandem that takes another one's place is found by the same clients (ALI-1).
 *
 * @param progId the alias where there is one, else the name of the pair; capitals make no difference
 * @param clsid by which clients activate it
 */
public record DaIdentity(String progId, UUID clsid) {
    /**
     * The namespace of classes that are made of names. It is Tandem's own and must never change: with it the classes of all pairs
     * without a configured one would change, and clients keep those.
     */
    public static final UUID NAMESPACE = UUID.fromString("5d4de284-fdbb-4d0d-823c-5810b725e348");

    /** OpcEnum's: Tandem serves it beside the pairs (OPC Common 1.10 8). */
    public static final UUID SERVER_LIST = UUID.fromString("13486d51-4821-11d2-a494-3cb306c10000");

    private static final UUID NONE = new UUID(0, 0);

    /**
     * The configured class of the pair; else that of its primary, so that clients that know the server's class find the pair under
     * it; else one made of the name. A pair with an alias has no use for the primary's class: that belongs to the pair without one.
     *
     * @param published the alias, or the name where there is none
     * @param hasAlias the pair is published under another name than its own
     * @param configured the class that the configuration gives the pair
     * @param primary the class of the first member as configured
     */
    public static DaIdentity of(String published, boolean hasAlias, Optional<UUID> configured, Optional<UUID> primary) {
        UUID clsid = configured
                .or(() -> hasAlias ? Optional.empty() : primary)
                .orElseGet(() -> nameBased(NAMESPACE, published.toLowerCase(Locale.ROOT)));
        return new DaIdentity(published, clsid);
    }

    /** The ProgID that stays when versions change: without its last part if that is a number; else the same (COM). */
    public String versionIndependentProgId() {
        String without = progId.replaceFirst("\\.[0-9]+$", "");
        return without.isEmpty() ? progId : without;
    }

    /** The name that people see in lists of servers. */
    public String userType() {
        return progId + " (redundant, Tandem)";
    }

    /**
     * Why a pair cannot have this identity beside the others; empty if it can (ADD-5).
     *
     * @param others of all other pairs
     */
    public Optional<Remark> clash(Collection<DaIdentity> others) {
        if (clsid.equals(SERVER_LIST) || clsid.equals(NONE)) {
            return Optional.of(Remark.error(
                    "'%s' cannot have the class %s: it is %s."
                            .formatted(progId, braced(), clsid.equals(NONE) ? "none" : "that of OpcEnum"),
                    "Give the pair another class, or none: then one is made of its name."));
        }
        return others.stream()
                .filter(other -> other.progId.equalsIgnoreCase(progId) || other.clsid.equals(clsid))
                .findFirst()
                .map(this::taken);
    }

    private Remark taken(DaIdentity other) {
        if (other.progId.equalsIgnoreCase(progId)) {
            return Remark.error(
                    "Another pair has the ProgID '%s', so clients could not tell them apart.".formatted(other.progId),
                    "Give one of them an alias, as '%s.Alias1'; capitals do not make a difference.".formatted(progId));
        }
        return Remark.error(
                "'%s' would have the class %s of '%s', so clients could not tell them apart."
                        .formatted(progId, braced(), other.progId),
                "Give one of them an alias, as '%s.Alias1', or a class of its own.".formatted(progId));
    }

    /** The class as registries and people write it. */
    public String braced() {
        return braced(clsid);
    }

    /** A GUID as registries and people write it. */
    public static String braced(UUID guid) {
        return "{" + guid.toString().toUpperCase(Locale.ROOT) + "}";
    }

    /** RFC 9562 5.5, version 5: of the SHA-1 of namespace and name. */
    static UUID nameBased(UUID namespace, String name) {
        MessageDigest sha1;
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
        sha1.update(ByteBuffer.allocate(16)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .flip());
        ByteBuffer digest = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        long high = (digest.getLong() & ~0xF000L) | 0x5000L;
        long low = (digest.getLong() & ~(0b11L << 62)) | 0b10L << 62;
        return new UUID(high, low);
    }
}
