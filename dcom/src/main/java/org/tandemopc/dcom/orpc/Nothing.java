package org.tandemopc.dcom.orpc;

/** The parameters of a method that has none in that direction. */
public enum Nothing {
    NOTHING;

    public static final Codec<Nothing> CODEC = Codec.of(in -> NOTHING, (out, nothing) -> {});
}
