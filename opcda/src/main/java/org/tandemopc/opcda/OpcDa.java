package org.tandemopc.opcda;

import org.tandemopc.dcom.Guid;

/** The categories and classes by which OPC servers are found (DA 3.0 7, OPC Common 1.10 7). */
public final class OpcDa {
    /** A server of DA 1.0. */
    public static final Guid CATID_OPCDASERVER10 = Guid.of("63d5f430-cfe4-11d1-b2c8-0060083ba1fb");

    /** A server of DA 2.0. */
    public static final Guid CATID_OPCDASERVER20 = Guid.of("63d5f432-cfe4-11d1-b2c8-0060083ba1fb");

    /** A server of DA 3.0. */
    public static final Guid CATID_OPCDASERVER30 = Guid.of("cc603642-66d7-48f1-b69a-b625e73652d7");

    /** A server of XML-DA 1.0. */
    public static final Guid CATID_XMLDASERVER10 = Guid.of("3098eda4-a006-48b2-a27f-247453959408");

    /** OpcEnum, which lists the servers of a machine. */
    public static final Guid CLSID_OPCSERVERLIST = Guid.of("13486d51-4821-11d2-a494-3cb306c10000");

    public static final String PROGID_OPCSERVERLIST = "OPC.ServerList.1";

    /** Bits of access rights: of items, of item attributes, of property 5 (DA 3.0 6.7.6). */
    public static final int READABLE = 1;

    public static final int WRITEABLE = 2;

    private OpcDa() {}
}
