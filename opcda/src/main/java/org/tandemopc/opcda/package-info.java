/**
 * OPC Data Access 1.0, 2.05a and 3.0 over DCOM: its interfaces, each described once for servers and clients, and its structures,
 * qualities, property ids and result codes. Clauses are those of the Data Access Custom Interface Standard 2.05a and 3.0.
 */
@NullMarked
package org.tandemopc.opcda;

import org.jspecify.annotations.NullMarked;
