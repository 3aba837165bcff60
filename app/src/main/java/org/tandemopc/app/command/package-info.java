/**
 * The commands of {@code tandem}: {@link org.tandemopc.app.command.CommandTable} lists them; help, completion and
 * {@code docs/reference/commands.md} come from that table. Most of them talk to a running service over its REST interface
 * ({@link org.tandemopc.app.command.RestClient}).
 */
@NullMarked
package org.tandemopc.app.command;

import org.jspecify.annotations.NullMarked;
