/** Tests of monitor items. */
@NullMarked
package org.tandemopc.core.monitor;

import org.jspecify.annotations.NullMarked;
