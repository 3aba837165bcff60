package org.tandemopc.relay.ua.wire;

import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;

/**
 * The services whose messages pass through undecoded. The numbers are the data type ids and the binary encoding ids in
 * namespace 0 (OPC UA Part 6, 5.2.9 and NodeIds.csv).
 */
public enum RawType {
    READ("Read", 629, 631, 632, 634),
    WRITE("Write", 671, 673, 674, 676),
    CALL("Call", 710, 712, 713, 715),
    BROWSE("Browse", 525, 527, 528, 530),
    BROWSE_NEXT("BrowseNext", 531, 533, 534, 536),
    TRANSLATE("TranslateBrowsePathsToNodeIds", 552, 554, 555, 557),
    HISTORY_READ("HistoryRead", 662, 664, 665, 667),
    HISTORY_UPDATE("HistoryUpdate", 698, 700, 701, 703),
    /** Only the response is raw; requests stay typed. */
    PUBLISH("Publish", 824, 826, 827, 829);

    private final String serviceName;
    private final int requestTypeId;
    private final int requestEncodingId;
    private final int responseTypeId;
    private final int responseEncodingId;

    RawType(String serviceName, int requestTypeId, int requestEncodingId, int responseTypeId, int responseEncodingId) {
        this.serviceName = serviceName;
        this.requestTypeId = requestTypeId;
        this.requestEncodingId = requestEncodingId;
        this.responseTypeId = responseTypeId;
        this.responseEncodingId = responseEncodingId;
    }

    /** The service's name as in OPC UA Part 4, e.g. {@code Read}. */
    public String serviceName() {
        return serviceName;
    }

    /** Namespace-0 id of the request's binary encoding. */
    public int requestEncodingId() {
        return requestEncodingId;
    }

    /** Namespace-0 id of the response's binary encoding. */
    public int responseEncodingId() {
        return responseEncodingId;
    }

    /** Whether requests of this service are raw too. */
    public boolean hasRawRequest() {
        return this != PUBLISH;
    }

    ExpandedNodeId requestType() {
        return ExpandedNodeId.of(requestTypeId);
    }

    ExpandedNodeId requestEncoding() {
        return ExpandedNodeId.of(requestEncodingId);
    }

    ExpandedNodeId responseType() {
        return ExpandedNodeId.of(responseTypeId);
    }

    ExpandedNodeId responseEncoding() {
        return ExpandedNodeId.of(responseEncodingId);
    }
}
