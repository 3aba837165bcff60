package org.tandemopc.service;

import java.util.Map;
import java.util.Optional;

/** A member of a pair that is added to the text of a configuration. Immutable. */
public interface NewMemberSettings {
    /** By their keys, in the order in which they are written; the first one is there, empty ones are left out. */
    Map<String, Optional<String>> settings();
}
