/** What of the records is told to people elsewhere, when, and in which words. Pure. */
@NullMarked
package org.tandemopc.core.notify;

import org.jspecify.annotations.NullMarked;
