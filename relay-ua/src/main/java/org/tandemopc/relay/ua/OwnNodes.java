package org.tandemopc.relay.ua;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.util.List;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.DateTime;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ServerState;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BuildInfo;
import org.eclipse.milo.opcua.stack.core.types.structured.ServerStatusDataType;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of namespace 0 that describe the server itself. Tandem answers their Value attribute, so that the client
 * sees one steady server whatever member is active: StartTime never jumps, State stays Running during a switch, and the
 * namespace array is the one that all node ids of the session rest on. All other attributes are relayed.
 *
 * @param startTime when the pair was started
 * @param buildInfo of the first member that served, kept since
 */
record OwnNodes(
        DateTime startTime,
        BuildInfo buildInfo,
        String serverUri,
        String currentServerId,
        List<String> namespaces,
        int serviceLevel,
        boolean serving) {

    static final int SERVER_ARRAY = 2254;
    static final int NAMESPACE_ARRAY = 2255;
    static final int SERVER_STATUS = 2256;
    static final int START_TIME = 2257;
    static final int CURRENT_TIME = 2258;
    static final int STATE = 2259;
    static final int BUILD_INFO = 2260;
    static final int PRODUCT_NAME = 2261;
    static final int PRODUCT_URI = 2262;
    static final int MANUFACTURER_NAME = 2263;
    static final int SOFTWARE_VERSION = 2264;
    static final int BUILD_NUMBER = 2265;
    static final int BUILD_DATE = 2266;
    static final int SERVICE_LEVEL = 2267;
    static final int SECONDS_TILL_SHUTDOWN = 2992;
    static final int SHUTDOWN_REASON = 2993;
    /** Who else is logged in, and how: for nobody, however open the members are with it (Part 5, 6.3.5). */
    static final int SESSION_SECURITY_DIAGNOSTICS = 3708;

    static final int REDUNDANCY_SUPPORT = 3709;
    static final int CURRENT_SERVER_ID = 11312;

    private static final QualifiedName BINARY = new QualifiedName(0, "Default Binary");

    /** RedundancySupport Transparent (Part 5, 12.5). */
    private static final int TRANSPARENT = 4;

    /** Whether Tandem answers the Value of this namespace-0 node. */
    static boolean owns(int id) {
        return switch (id) {
            case SERVER_ARRAY,
                    NAMESPACE_ARRAY,
                    SERVER_STATUS,
                    START_TIME,
                    CURRENT_TIME,
                    STATE,
                    BUILD_INFO,
                    PRODUCT_NAME,
                    PRODUCT_URI,
                    MANUFACTURER_NAME,
                    SOFTWARE_VERSION,
                    BUILD_NUMBER,
                    BUILD_DATE,
                    SERVICE_LEVEL,
                    SECONDS_TILL_SHUTDOWN,
                    SHUTDOWN_REASON,
                    SESSION_SECURITY_DIAGNOSTICS,
                    REDUNDANCY_SUPPORT,
                    CURRENT_SERVER_ID -> true;
            default -> false;
        };
    }

    /**
     * Whether a value can be given in the encoding that was asked for: only structures have any, and Tandem's are binary
     * (Part 4, 7.29).
     *
     * @return Good, or why not
     */
    static StatusCode encodingOf(int id, QualifiedName wanted) {
        String name = wanted.name();
        if (name == null || name.isEmpty() || wanted.equals(BINARY)) {
            return StatusCode.GOOD;
        }
        return new StatusCode(
                id == SERVER_STATUS || id == BUILD_INFO
                        ? StatusCodes.Bad_DataEncodingUnsupported
                        : StatusCodes.Bad_DataEncodingInvalid);
    }

    /** The value of an own node now, with the timestamps that were asked for. */
    DataValue value(int id, TimestampsToReturn timestamps, EncodingContext context) {
        DateTime now = DateTime.now();
        boolean source = timestamps == TimestampsToReturn.Both || timestamps == TimestampsToReturn.Source;
        boolean server = timestamps == TimestampsToReturn.Both || timestamps == TimestampsToReturn.Server;
        StatusCode status =
                id == SESSION_SECURITY_DIAGNOSTICS ? new StatusCode(StatusCodes.Bad_UserAccessDenied) : StatusCode.GOOD;
        return new DataValue(variant(id, now, context), status, source ? now : null, server ? now : null);
    }

    /**
     * Whether Tandem answers a part of an array, too. Of the namespaces, for a member may have other ones or another order;
     * the security diagnostics are for nobody.
     */
    static boolean ownsParts(int id) {
        return id == NAMESPACE_ARRAY || id == SESSION_SECURITY_DIAGNOSTICS;
    }

    /**
     * As {@link #value(int, TimestampsToReturn, EncodingContext)}, of a part of an array.
     *
     * @param range of a node that {@link #ownsParts}; null or empty for all of any node
     */
    DataValue value(int id, @Nullable String range, TimestampsToReturn timestamps, EncodingContext context) {
        DataValue whole = value(id, timestamps, context);
        if (range == null || range.isEmpty() || id != NAMESPACE_ARRAY) {
            return whole;
        }
        ArrayPart part = ArrayPart.parse(range);
        if (part == null) {
            return noPart(StatusCodes.Bad_IndexRangeInvalid, whole);
        }
        String[] entries = part.of(namespaces.toArray(new String[0]));
        return entries == null
                ? noPart(StatusCodes.Bad_IndexRangeNoData, whole)
                : new DataValue(Variant.of(entries), StatusCode.GOOD, whole.sourceTime(), whole.serverTime());
    }

    private static DataValue noPart(long status, DataValue whole) {
        return new DataValue(Variant.NULL_VALUE, new StatusCode(status), whole.sourceTime(), whole.serverTime());
    }

    private Variant variant(int id, DateTime now, EncodingContext context) {
        return switch (id) {
            case SERVER_ARRAY -> Variant.of(new String[] {serverUri});
            case NAMESPACE_ARRAY -> Variant.of(namespaces.toArray(new String[0]));
            case SERVER_STATUS ->
                Variant.of(ExtensionObject.encode(
                        context,
                        new ServerStatusDataType(
                                startTime, now, state(), buildInfo, uint(0), LocalizedText.NULL_VALUE)));
            case START_TIME -> Variant.of(startTime);
            case CURRENT_TIME -> Variant.of(now);
            case STATE -> Variant.of(state().getValue());
            case BUILD_INFO -> Variant.of(ExtensionObject.encode(context, buildInfo));
            case PRODUCT_NAME -> ofNullable(buildInfo.getProductName());
            case PRODUCT_URI -> ofNullable(buildInfo.getProductUri());
            case MANUFACTURER_NAME -> ofNullable(buildInfo.getManufacturerName());
            case SOFTWARE_VERSION -> ofNullable(buildInfo.getSoftwareVersion());
            case BUILD_NUMBER -> ofNullable(buildInfo.getBuildNumber());
            case BUILD_DATE -> Variant.of(buildInfo.getBuildDate());
            case SERVICE_LEVEL -> Variant.of(ubyte(serviceLevel));
            case SECONDS_TILL_SHUTDOWN -> Variant.of(uint(0));
            case SHUTDOWN_REASON -> Variant.of(LocalizedText.NULL_VALUE);
            case SESSION_SECURITY_DIAGNOSTICS -> Variant.NULL_VALUE;
            case REDUNDANCY_SUPPORT -> Variant.of(TRANSPARENT);
            case CURRENT_SERVER_ID -> Variant.of(currentServerId);
            default -> throw new IllegalArgumentException("not an own node: i=" + id);
        };
    }

    private static Variant ofNullable(@Nullable String text) {
        return Variant.of(text == null ? "" : text);
    }

    /** Running, also during a switch; CommunicationFault once no member is usable (GAP-11). */
    private ServerState state() {
        return serving ? ServerState.Running : ServerState.CommunicationFault;
    }

    OwnNodes withServiceLevel(int level) {
        return new OwnNodes(startTime, buildInfo, serverUri, currentServerId, namespaces, level, serving);
    }

    OwnNodes withServing(boolean now, String serverId) {
        return new OwnNodes(startTime, buildInfo, serverUri, serverId, namespaces, serviceLevel, now);
    }

    OwnNodes withNamespaces(List<String> canonical) {
        return new OwnNodes(
                startTime, buildInfo, serverUri, currentServerId, List.copyOf(canonical), serviceLevel, serving);
    }

    OwnNodes withBuildInfo(BuildInfo info) {
        return new OwnNodes(startTime, info, serverUri, currentServerId, namespaces, serviceLevel, serving);
    }
}
