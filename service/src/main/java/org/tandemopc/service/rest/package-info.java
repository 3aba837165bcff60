/**
 * The service's only way in for commands and consoles: HTTP and JSON on loopback, with a token that lies in the data folder
 * for the service's own user. {@link org.tandemopc.service.rest.RestServer} holds the door,
 * {@link org.tandemopc.service.rest.Router} the table of routes; the contract is {@code docs/reference/openapi.yaml}.
 *
 * <p>Each request has a virtual thread of its own. It reads published snapshots and puts orders into mailboxes; it never
 * runs on an event loop or on a pair's actor.
 */
@NullMarked
package org.tandemopc.service.rest;

import org.jspecify.annotations.NullMarked;
