/**
 * Who may ask the service for what: users with roles, their passwords (as slow hashes only), sessions, the throttle of logins,
 * and the audit log. {@link org.tandemopc.service.users.Accounts} joins them; it knows nothing of HTTP.
 */
@NullMarked
package org.tandemopc.service.users;

import org.jspecify.annotations.NullMarked;
