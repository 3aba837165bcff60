package org.tandemopc.service;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tandemopc.core.config.SecurityChoice;
import org.tandemopc.core.pair.Mode;

/**
 * Changes of the configuration's text that keep what a person wrote: comments, order and layout of everything else stay
 * byte for byte. Pure; any thread. What comes out is planned and applied like a text that a person edited.
 */
public interface ConfigEdits {
    /** One change. */
    sealed interface Edit {
        /**
         * @param urls of the members, the primary first
         * @param security towards both; null: the default
         */
        record AddPair(
                String name,
                List<String> urls,
                Mode mode,
                @Nullable SecurityChoice security) implements Edit {}

        /**
         * A pair of OPC DA servers.
         *
         * @param alias under which it is published; null: its name
         * @param members the primary first
         */
        record AddDaPair(String name, @Nullable String alias, List<NewDaMember> members, Mode mode) implements Edit {
            public AddDaPair {
                members = List.copyOf(members);
            }
        }

        /** @param pair published name */
        record RemovePair(String pair) implements Edit {}

        /**
         * @param pair published name
         * @param alias null: the next free one of {@code <name>.Alias1}, {@code <name>.Alias2} … (ALI-2)
         */
        record SetAlias(String pair, @Nullable String alias) implements Edit {}

        /** Back to the original name; refused while another pair is published under it (UNA-2). */
        record RemoveAlias(String pair) implements Edit {}
    }

    /** @param what what was done, a sentence that names the published name */
    record Edited(String text, String what) {}

    /** There is no pair of the published name. The message is a sentence for people. */
    final class NoSuchPair extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        public NoSuchPair(String message) {
            super(message);
        }
    }

    /**
     * @throws NoSuchPair there is nothing to be changed
     * @throws IllegalArgumentException with a sentence for people: it cannot be done with this text, and why
     */
    Edited edit(String text, Edit edit);
}
