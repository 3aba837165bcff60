/**
 * One file with all that a Tandem needs to run again: configuration, keys, trust lists, users, state of the machine. It is read
 * and checked whole before anything of it takes the place of what is there.
 */
@NullMarked
package org.tandemopc.service.backup;

import org.jspecify.annotations.NullMarked;
