/** The interfaces of COM and OLE that OPC uses: connection points, enumerators, data objects. */
@NullMarked
package org.tandemopc.opcda.ole;

import org.jspecify.annotations.NullMarked;
