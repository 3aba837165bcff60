package org.tandemopc.service.rest;

import org.jspecify.annotations.Nullable;
import org.tandemopc.service.users.Role;
import org.tandemopc.service.users.Sessions;

/**
 * Who asks, as far as it was proved.
 *
 * @param session of a browser; null: whoever can read the token in the data folder
 */
record Caller(String name, Role role, Sessions.@Nullable Session session) {}
