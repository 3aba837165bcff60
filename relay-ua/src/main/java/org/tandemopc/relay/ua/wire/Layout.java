package org.tandemopc.relay.ua.wire;

/**
 * Where operations and results stand in message bodies. All these services are built alike: a request ends with an
 * array of operations, a response is an array of results, one per operation, and an array of DiagnosticInfos, one per
 * operation or none (OPC UA Part 4, 5.3).
 *
 * <pre>
 * service         before the operations                 operation             result
 * Read            maxAge, timestampsToReturn            ReadValueId           DataValue
 * Write           -                                     WriteValue            StatusCode
 * Call            -                                     CallMethodRequest     CallMethodResult
 * Browse          view, requestedMaxReferencesPerNode   BrowseDescription     BrowseResult
 * BrowseNext      releaseContinuationPoints             ByteString            BrowseResult
 * Translate...    -                                     BrowsePath            BrowsePathResult
 * HistoryRead     details, timestamps, release          HistoryReadValueId    HistoryReadResult
 * HistoryUpdate   -                                     ExtensionObject       HistoryUpdateResult
 * </pre>
 */
final class Layout {
    private Layout() {}

    static void skipToOperations(RawType type, Walker in) {
        switch (type) {
            case READ -> in.skip(8 + 4, "maxAge, timestampsToReturn");
            case WRITE, CALL, TRANSLATE, HISTORY_UPDATE -> {}
            case BROWSE -> {
                in.skipNodeId("view");
                in.skip(8 + 4 + 4, "view, requestedMaxReferencesPerNode");
            }
            case BROWSE_NEXT -> in.skip(1, "releaseContinuationPoints");
            case HISTORY_READ -> {
                in.skipExtensionObject("historyReadDetails");
                in.skip(4 + 1, "timestampsToReturn, releaseContinuationPoints");
            }
            case PUBLISH -> throw noOperations();
        }
    }

    static int operationBytesMin(RawType type) {
        return switch (type) {
            case READ, HISTORY_READ -> 16;
            case WRITE -> 11;
            case CALL -> 8;
            case BROWSE -> 17;
            case BROWSE_NEXT -> 4;
            case TRANSLATE -> 6;
            case HISTORY_UPDATE -> 3;
            case PUBLISH -> throw noOperations();
        };
    }

    static void skipOperation(RawType type, Walker in) {
        switch (type) {
            case READ -> {
                in.skipNodeId("nodeId");
                in.skip(4, "attributeId");
                in.skipString("indexRange");
                in.skipQualifiedName("dataEncoding");
            }
            case WRITE -> {
                in.skipNodeId("nodeId");
                in.skip(4, "attributeId");
                in.skipString("indexRange");
                in.skipDataValue("value");
            }
            case CALL -> {
                in.skipNodeId("objectId");
                in.skipNodeId("methodId");
                skipVariants(in, "inputArguments");
            }
            case BROWSE -> {
                in.skipNodeId("nodeId");
                in.skip(4, "browseDirection");
                in.skipNodeId("referenceTypeId");
                in.skip(1 + 4 + 4, "includeSubtypes, nodeClassMask, resultMask");
            }
            case BROWSE_NEXT -> in.skipByteString("continuationPoint");
            case TRANSLATE -> {
                in.skipNodeId("startingNode");
                skipRelativePath(in);
            }
            case HISTORY_READ -> {
                skipToContinuationPoint(in);
                in.skipByteString("continuationPoint");
            }
            case HISTORY_UPDATE -> in.skipExtensionObject("historyUpdateDetails");
            case PUBLISH -> throw noOperations();
        }
    }

    /** Of a HistoryReadValueId. */
    static void skipToContinuationPoint(Walker in) {
        in.skipNodeId("nodeId");
        in.skipString("indexRange");
        in.skipQualifiedName("dataEncoding");
    }

    private static void skipRelativePath(Walker in) {
        int elements = in.count("relativePath", 2 + 1 + 1 + 6);
        for (int i = 0; i < elements; i++) {
            in.skipNodeId("referenceTypeId");
            in.skip(1 + 1, "isInverse, includeSubtypes");
            in.skipQualifiedName("targetName");
        }
    }

    static int resultBytesMin(RawType type) {
        return switch (type) {
            case READ -> 1;
            case WRITE -> 4;
            case CALL -> 16;
            case BROWSE, BROWSE_NEXT, HISTORY_UPDATE -> 12;
            case TRANSLATE -> 8;
            case HISTORY_READ -> 11;
            case PUBLISH -> throw noOperations();
        };
    }

    static void skipResult(RawType type, Walker in) {
        if (type == RawType.READ) {
            in.skipDataValue("results");
            return;
        }
        in.skip(4, "statusCode");
        switch (type) {
            case READ, WRITE -> {}
            case CALL -> {
                in.skipArrayOf(4, "inputArgumentResults");
                skipDiagnosticInfos(in, "inputArgumentDiagnosticInfos");
                skipVariants(in, "outputArguments");
            }
            case BROWSE, BROWSE_NEXT -> {
                in.skipByteString("continuationPoint");
                skipReferences(in);
            }
            case TRANSLATE -> skipTargets(in);
            case HISTORY_READ -> {
                in.skipByteString("continuationPoint");
                in.skipExtensionObject("historyData");
            }
            case HISTORY_UPDATE -> {
                in.skipArrayOf(4, "operationResults");
                skipDiagnosticInfos(in, "diagnosticInfos");
            }
            case PUBLISH -> throw noOperations();
        }
    }

    private static void skipReferences(Walker in) {
        int references = in.count("references", 2 + 1 + 2 + 6 + 1 + 4 + 2);
        for (int i = 0; i < references; i++) {
            in.skipNodeId("referenceTypeId");
            in.skip(1, "isForward");
            in.skipExpandedNodeId("nodeId");
            in.skipQualifiedName("browseName");
            in.skipLocalizedText("displayName");
            in.skip(4, "nodeClass");
            in.skipExpandedNodeId("typeDefinition");
        }
    }

    private static void skipTargets(Walker in) {
        int targets = in.count("targets", 2 + 4);
        for (int i = 0; i < targets; i++) {
            in.skipExpandedNodeId("targetId");
            in.skip(4, "remainingPathIndex");
        }
    }

    static void skipDiagnosticInfos(Walker in, String field) {
        int count = in.count(field, 1);
        for (int i = 0; i < count; i++) {
            in.skipDiagnosticInfo(field);
        }
    }

    private static void skipVariants(Walker in, String field) {
        int count = in.count(field, 1);
        for (int i = 0; i < count; i++) {
            in.skipVariant(field);
        }
    }

    /** A result that says nothing but its status. */
    static void writeResult(RawType type, LeWriter out, int status) {
        if (type == RawType.READ) {
            out.u8(DataValues.STATUS).i32(status);
            return;
        }
        out.i32(status);
        switch (type) {
            case READ, WRITE -> {}
            // null arrays and null strings; null historyData: a null NodeId and no body
            case CALL -> out.i32(-1).i32(-1).i32(-1);
            case BROWSE, BROWSE_NEXT, HISTORY_UPDATE -> out.i32(-1).i32(-1);
            case TRANSLATE -> out.i32(-1);
            case HISTORY_READ -> out.i32(-1).u16(0).u8(0);
            case PUBLISH -> throw noOperations();
        }
    }

    private static IllegalArgumentException noOperations() {
        return new IllegalArgumentException("Publish has no operations");
    }
}
