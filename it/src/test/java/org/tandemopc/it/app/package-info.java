/** The tandem command as a process. */
@NullMarked
package org.tandemopc.it.app;

import org.jspecify.annotations.NullMarked;
