/** What other implementations sent: the recorded octets under {@code src/test/resources/vectors}, and their one loader. */
@NullMarked
package org.tandemopc.dcom.vectors;

import org.jspecify.annotations.NullMarked;
