package org.tandemopc.opcda;

/**
 * A property that an item has (DA 2.05a 4.4.6.2). Immutable.
 *
 * @param id see {@link OpcProperty}
 * @param type a VARTYPE, 0 to 65,535
 */
public record OpcPropertyInfo(int id, String description, int type) {}
