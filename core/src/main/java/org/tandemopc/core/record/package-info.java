/** The catalogue of diagnostics records. */
@NullMarked
package org.tandemopc.core.record;

import org.jspecify.annotations.NullMarked;
