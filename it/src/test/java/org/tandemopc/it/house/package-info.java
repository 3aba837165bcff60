/** The rules of the house that a machine can check: which module may use which, and what must be pure. */
@NullMarked
package org.tandemopc.it.house;

import org.jspecify.annotations.NullMarked;
