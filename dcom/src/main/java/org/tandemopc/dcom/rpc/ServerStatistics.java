package org.tandemopc.dcom.rpc;

/** What a server has done. A server calls nobody, so that there are no calls out. */
public record ServerStatistics(long callsIn, long pdusIn, long pdusOut) {}
