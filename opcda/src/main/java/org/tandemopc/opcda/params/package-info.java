/** How the parameters of OPC's methods travel, and the lists that they are: what the descriptions of all interfaces share. */
@NullMarked
package org.tandemopc.opcda.params;

import org.jspecify.annotations.NullMarked;
