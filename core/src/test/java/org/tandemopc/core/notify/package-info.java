/** Tests of what is told of the records. */
@NullMarked
package org.tandemopc.core.notify;

import org.jspecify.annotations.NullMarked;
