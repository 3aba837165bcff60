/** Tests of the catalogue of records. */
@NullMarked
package org.tandemopc.core.record;

import org.jspecify.annotations.NullMarked;
