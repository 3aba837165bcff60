// A fixed sequence of requests, right and wrong ones, on a stack of its own; prints the answers by the name of the request,
// as one JSON line. Times of the present and identifiers that a server makes up are left out. What is notified rests on no
// time: whoever wants to know what came writes to a node that is always watched, and collects until that is notified.
//
// usage: node script.js <security> <folder for keys> <url>...
// The sequence is run at one server after the other, with a numbered report for each.
"use strict";
const opcua = require("node-opcua");
const { createClient, identityOf } = require("./connection");
const { AttributeIds, DataType, MonitoringMode, StatusCodes, TimestampsToReturn, Variant, VariantArrayType } = opcua;

const [security, pki, ...urls] = process.argv.slice(2);

const PUBLISHES_MAX = 100;
const UNKNOWN = 4000000000;
const MARKER = "static/Double";
const NARROW = "static/Int32";
const WIDE = "static/UInt32";
const FLOAT = "static/Float";
const WRITTEN_AT = new Date(Date.UTC(2026, 1, 2, 2, 2, 2));
const LIST = "static/Int32Array";
// Of the Server object: Tandem answers their Value, and says the same as a server that is well.
const STATE = "i=2259";
const SERVICE_LEVEL = "i=2267";
// And of this one if it is asked for whole.
const NAMESPACES = "i=2255";
// One of each class of nodes but variables.
const NODES = ["ns=2;s=methods", "ns=2;s=methods/add", "i=12", "i=31", "i=58", "i=63"];

const TYPES = [
    "Boolean", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Float", "Double", "String",
    "DateTime", "Guid", "ByteString",
];

const node = (id) => opcua.resolveNodeId(`ns=2;s=${id}`);
const names = (statuses) => (statuses ?? []).map((status) => status.name);

let answers = {};

function keep(name, answer) {
    if (name in answers) {
        throw new Error("two requests are named " + name);
    }
    answers[name] = JSON.stringify(answer) ?? "nothing";
}

async function step(name, request) {
    let answer;
    try {
        answer = await request();
    } catch (error) {
        if (!error.response) {
            throw error;
        }
        answer = "fault " + error.response.responseHeader.serviceResult.name;
    }
    keep(name, answer);
}

// The request as it is, past everything that the client would do of its own.
const send = (session, request) =>
    new Promise((resolve, reject) =>
        session.performMessageTransaction(request, (error, response) => (error ? reject(error) : resolve(response)))
    );

const dataValue = (value) => ({
    value: value.value?.toString(),
    status: value.statusCode.name,
    source: value.sourceTimestamp?.toISOString() ?? null,
    hasServerTime: value.serverTimestamp != null,
});

const int32s = (values) => ({ dataType: DataType.Int32, arrayType: VariantArrayType.Array, value: new Int32Array(values) });
const range = (text) => new opcua.NumericRange(text);

class Script {
    constructor(url, session, other) {
        this.url = url;
        this.session = session;
        this.other = other;
        this.subscriptionId = 0;
        this.marker = 0;
        this.sequence = 0;
        this.newest = "";
        this.largest = 0;
        this.acknowledgements = [];
    }

    send(request) {
        return send(this.session, request);
    }

    // What this script writes is the same at the beginning of each run.
    async settle() {
        await step("settle Int32", () => this.write(NARROW, DataType.Int32, 5));
        await step("settle UInt32", () => this.write(WIDE, DataType.UInt32, 6));
        await step("settle Float", () => this.write(FLOAT, DataType.Float, 7));
        await step("settle Double", () => this.write(MARKER, DataType.Double, 8));
        await step("settle Int32Array", async () => names(await this.put({ ...int32s([9, 9, 3]), id: LIST })));
    }

    // ---- view

    async browse() {
        const open = ["i=85", "i=22", "i=29", "i=2268"];
        const seen = new Set(open);
        while (open.length > 0 && seen.size < 500) {
            const next = open.shift();
            const response = await this.send(
                new opcua.BrowseRequest({
                    nodesToBrowse: [{ nodeId: next, browseDirection: 2, referenceTypeId: "i=31", includeSubtypes: true, resultMask: 63 }],
                })
            );
            const references = response.results[0].references ?? [];
            keep("browse " + next, [response.results[0].statusCode.name, references.map((each) => each.toString())]);
            for (const each of references) {
                const target = each.nodeId.toString();
                if (each.isForward && each.nodeId.namespace === 2 && !seen.has(target)) {
                    seen.add(target);
                    open.push(target);
                }
            }
        }
        const unknown = { nodeId: node("nowhere"), browseDirection: 2, referenceTypeId: "i=31", includeSubtypes: true, resultMask: 63 };
        await step("browse unknown", async () =>
            (await this.send(new opcua.BrowseRequest({ nodesToBrowse: [unknown] }))).results[0].statusCode.name
        );
        await step("browse nothing", () => this.send(new opcua.BrowseRequest({ nodesToBrowse: [] })));
        await step("browse in pages", async () => {
            const all = [];
            let result = (
                await this.send(
                    new opcua.BrowseRequest({
                        requestedMaxReferencesPerNode: 7,
                        nodesToBrowse: [{ nodeId: "i=2268", browseDirection: 0, referenceTypeId: "i=31", includeSubtypes: true, resultMask: 63 }],
                    })
                )
            ).results[0];
            for (let page = 0; page < 100; page++) {
                all.push(...result.references.map((each) => each.browseName.toString()));
                if (!result.continuationPoint || result.continuationPoint.length === 0) {
                    return all;
                }
                const next = new opcua.BrowseNextRequest({ continuationPoints: [result.continuationPoint] });
                result = (await this.send(next)).results[0];
            }
            return "too many pages";
        });
        await step("translate", async () => {
            const path = (...elements) =>
                new opcua.BrowsePath({
                    startingNode: "i=85",
                    relativePath: {
                        elements: elements.map((name) => ({
                            referenceTypeId: "i=33",
                            includeSubtypes: true,
                            targetName: { namespaceIndex: 2, name },
                        })),
                    },
                });
            const request = new opcua.TranslateBrowsePathsToNodeIdsRequest({
                browsePaths: [path("methods", "record"), path("Simulator", "methods", "record"), path("nowhere")],
            });
            return (await this.send(request)).results.map((each) => [
                each.statusCode.name,
                (each.targets ?? []).map((target) => target.targetId.toString()),
            ]);
        });
    }

    // ---- attributes and methods

    async read(id, attributeId = AttributeIds.Value, indexRange = undefined, timestampsToReturn = TimestampsToReturn.Source) {
        const request = new opcua.ReadRequest({
            timestampsToReturn,
            nodesToRead: [{ nodeId: node(id), attributeId, indexRange }],
        });
        return dataValue((await this.send(request)).results[0]);
    }

    async attributes() {
        for (const type of TYPES) {
            for (const id of [`static/${type}`, `static/${type}Array`]) {
                await step("read " + id, () => this.read(id));
            }
        }
        for (const id of ["structure/point", "enumeration/mode", "access/readOnly", "access/writeOnly", "access/userDenied"]) {
            await step("read " + id, () => this.read(id));
        }
        await step("read with both times", () =>
            this.read("static/Int32", AttributeIds.Value, undefined, TimestampsToReturn.Both)
        );
        for (let attribute = 1; attribute <= 27; attribute++) {
            await step("read attribute " + attribute, () => this.read("static/Int32", attribute));
        }
        await step("read range", () => this.read("static/Int32Array", AttributeIds.Value, new opcua.NumericRange("1:2")));
        await step("read range outside", () => this.read("static/Int32Array", AttributeIds.Value, new opcua.NumericRange("7:8")));
        await step("read unknown", () => this.read("nowhere"));
        await step("read nothing", () => this.send(new opcua.ReadRequest({ nodesToRead: [] })));
        await step("read with a negative age", () =>
            this.send(new opcua.ReadRequest({ maxAge: -1, nodesToRead: [{ nodeId: node(NARROW), attributeId: 13 }] }))
        );
        await step("write", () => this.write(NARROW, DataType.Int32, 5));
        await step("write a wrong type", () => this.write(NARROW, DataType.String, "five"));
        await step("write unknown", () => this.write("nowhere", DataType.Int32, 5));
        await step("write read-only", () => this.write("access/readOnly", DataType.Int32, 5));
        await step("write nothing", () => this.send(new opcua.WriteRequest({ nodesToWrite: [] })));
        await step("read back", () => this.read(NARROW));
        await step("call add", () => this.call("methods/add", [2, 0.5]));
        await step("call with too few", () => this.call("methods/add", [2]));
        await step("call with too many", () => this.call("methods/add", [2, 1, 1]));
        await step("call unknown", () => this.call("methods/nowhere", []));
    }

    async write(id, dataType, value) {
        return (await this.put({ id, dataType, value }))[0].name;
    }

    // Each of the writes is a node's id, perhaps a range, and a variant.
    async put(...writes) {
        const nodesToWrite = writes.map(({ id, indexRange, ...value }) => ({
            nodeId: node(id),
            attributeId: AttributeIds.Value,
            indexRange,
            value: { value, statusCode: StatusCodes.Good, sourceTimestamp: WRITTEN_AT },
        }));
        return (await this.send(new opcua.WriteRequest({ nodesToWrite }))).results;
    }

    async call(method, values, dataType = DataType.Double) {
        const request = new opcua.CallRequest({
            methodsToCall: [
                {
                    objectId: node("methods"),
                    methodId: node(method),
                    inputArguments: values.map((value) => ({ dataType, value })),
                },
            ],
        });
        const result = (await this.send(request)).results[0];
        return {
            status: result.statusCode.name,
            arguments: names(result.inputArgumentResults),
            outputs: (result.outputArguments ?? []).map((each) => each.toString()),
        };
    }

    // ---- several operations in one request

    // Right and wrong ones, and those that Tandem answers among those that it relays: each result is where its operation was.
    async batches() {
        for (const nodeId of NODES) {
            await step("all attributes of " + nodeId, () =>
                this.readAll(Array.from({ length: 27 }, (_, i) => ({ nodeId, attributeId: i + 1 })), TimestampsToReturn.Neither)
            );
        }
        await step("read several", () =>
            this.readAll(
                [
                    { nodeId: node(NARROW), attributeId: AttributeIds.Value },
                    { nodeId: STATE, attributeId: AttributeIds.Value },
                    { nodeId: node("nowhere"), attributeId: AttributeIds.Value },
                    { nodeId: node(LIST), attributeId: AttributeIds.Value, indexRange: range("1:2") },
                    { nodeId: STATE, attributeId: AttributeIds.BrowseName },
                    { nodeId: SERVICE_LEVEL, attributeId: AttributeIds.Value },
                    { nodeId: node(NARROW), attributeId: AttributeIds.Executable },
                ],
                TimestampsToReturn.Server
            )
        );
        await step("write several", async () =>
            names(
                await this.put(
                    { id: NARROW, dataType: DataType.Int32, value: 6 },
                    { id: "nowhere", dataType: DataType.Int32, value: 6 },
                    { id: NARROW, dataType: DataType.String, value: "six" },
                    { id: "access/readOnly", dataType: DataType.Int32, value: 6 },
                    { id: LIST, indexRange: range("0:1"), ...int32s([6, 7]) },
                    { id: LIST, indexRange: range("7:8"), ...int32s([6, 7]) },
                    { id: LIST, indexRange: range("0:1"), ...int32s([6]) },
                    { id: WIDE, dataType: DataType.UInt32, value: 6 }
                )
            )
        );
        await step("read what was written", async () => [await this.read(NARROW), await this.read(WIDE), await this.read(LIST)]);
        const add = (...inputs) => this.method(node("methods"), node("methods/add"), DataType.Double, ...inputs);
        // All of one namespace: Milo 1.1.2's server answers none that are of two.
        await step("call several", () => this.callAll(add(1, 2), add(1), this.method(node("methods"), node("methods/nowhere")), add(3, 4)));
        await step("translate wrongly", async () => {
            const element = (name) => ({ referenceTypeId: "i=33", includeSubtypes: true, targetName: { namespaceIndex: 2, name } });
            const path = (startingNode, ...names) => ({ startingNode, relativePath: { elements: names.map(element) } });
            const browsePaths = [path(node("nowhere"), "a"), path("i=85"), path("i=85", "methods")];
            const response = await this.send(new opcua.TranslateBrowsePathsToNodeIdsRequest({ browsePaths }));
            return response.results.map((each) => each.statusCode.name);
        });
        await this.pages();
    }

    async readAll(nodesToRead, timestampsToReturn) {
        return (await this.send(new opcua.ReadRequest({ timestampsToReturn, nodesToRead }))).results.map(dataValue);
    }

    method(objectId, methodId, dataType, ...inputs) {
        return { objectId, methodId, inputArguments: inputs.map((value) => ({ dataType, value })) };
    }

    async callAll(...methodsToCall) {
        return (await this.send(new opcua.CallRequest({ methodsToCall }))).results.map((each) => [
            each.statusCode.name,
            (each.outputArguments ?? []).map((output) => output.toString()),
        ]);
    }

    // What a server made up stays here; a point that nobody gave stands between two that it knows.
    async pages() {
        const asked = (nodeId) => ({ nodeId, browseDirection: 0, referenceTypeId: "i=31", includeSubtypes: true, resultMask: 63 });
        const browse = (nodesToBrowse) => this.send(new opcua.BrowseRequest({ requestedMaxReferencesPerNode: 2, nodesToBrowse }));
        const next = (releaseContinuationPoints, continuationPoints) =>
            this.send(new opcua.BrowseNextRequest({ releaseContinuationPoints, continuationPoints }));
        let points = [];
        const told = (response) => {
            points = (response.results ?? []).map((each) => each.continuationPoint).filter((each) => each?.length > 0);
            return (response.results ?? []).map((each) => [
                each.statusCode.name,
                (each.references ?? []).map((reference) => reference.browseName.toString()),
                each.continuationPoint?.length > 0,
            ]);
        };
        await step("browse several in pages", async () => told(await browse(["i=2268", node("nowhere"), "i=2253"].map(asked))));
        await step("next pages", async () => told(await next(false, [points[0], Buffer.from("a point that nobody gave"), points[1]])));
        const released = points;
        await step("release", async () => told(await next(true, released)));
        await step("pages that were released", async () => told(await next(false, released)));
        await step("next pages of nothing", async () => told(await next(false, [])));
    }

    // ---- subscriptions

    async item(id, clientHandle, queueSize, discardOldest, filter = null) {
        const request = new opcua.CreateMonitoredItemsRequest({
            subscriptionId: this.subscriptionId,
            timestampsToReturn: TimestampsToReturn.Both,
            itemsToCreate: [
                {
                    itemToMonitor: { nodeId: node(id), attributeId: AttributeIds.Value },
                    monitoringMode: MonitoringMode.Reporting,
                    requestedParameters: { clientHandle, samplingInterval: 0, filter, queueSize, discardOldest },
                },
            ],
        });
        const result = (await this.send(request)).results[0];
        keep("item " + clientHandle, [result.statusCode.name, result.revisedSamplingInterval, result.revisedQueueSize]);
        return result.statusCode.isGood() ? result.monitoredItemId : UNKNOWN;
    }

    async modify(monitoredItemId, clientHandle, queueSize, samplingInterval) {
        const request = new opcua.ModifyMonitoredItemsRequest({
            subscriptionId: this.subscriptionId,
            timestampsToReturn: TimestampsToReturn.Both,
            itemsToModify: [
                { monitoredItemId, requestedParameters: { clientHandle, samplingInterval, queueSize, discardOldest: true } },
            ],
        });
        const result = (await this.send(request)).results[0];
        return [result.statusCode.name, result.revisedSamplingInterval, result.revisedQueueSize];
    }

    async mode(monitoringMode, ...monitoredItemIds) {
        const request = new opcua.SetMonitoringModeRequest({
            subscriptionId: this.subscriptionId,
            monitoringMode,
            monitoredItemIds,
        });
        return names((await this.send(request)).results);
    }

    async triggering(triggeringItemId, linksToAdd, linksToRemove) {
        const request = new opcua.SetTriggeringRequest({
            subscriptionId: this.subscriptionId,
            triggeringItemId,
            linksToAdd,
            linksToRemove,
        });
        const response = await this.send(request);
        return [names(response.addResults), names(response.removeResults)];
    }

    async deleteItems(...monitoredItemIds) {
        const request = new opcua.DeleteMonitoredItemsRequest({ subscriptionId: this.subscriptionId, monitoredItemIds });
        return names((await this.send(request)).results);
    }

    async publishing(publishingEnabled, ...subscriptionIds) {
        const request = new opcua.SetPublishingModeRequest({ publishingEnabled, subscriptionIds });
        return names((await this.send(request)).results);
    }

    async publish(session = this.session) {
        const subscriptionAcknowledgements = this.acknowledgements;
        this.acknowledgements = [];
        return await send(session, new opcua.PublishRequest({ subscriptionAcknowledgements }));
    }

    static changes(message) {
        return (message.notificationData ?? []).flatMap((each) => each?.monitoredItems ?? []);
    }

    static text(value) {
        const source = value.sourceTimestamp;
        const at = !source ? "without a time" : source.getTime() === WRITTEN_AT.getTime() ? "when written" : "at another time";
        const server = value.serverTimestamp ? "with" : "without";
        return `${value.value.value} ${value.statusCode.name} 0x${value.statusCode.value.toString(16)} ${at}, ${server} a server time`;
    }

    static content(message) {
        return (message.notificationData ?? []).map((each) =>
            each.monitoredItems
                ? each.monitoredItems.map((item) => item.clientHandle + "=" + Script.text(item.value))
                : each.events
                  ? Script.events(message)
                  : "status " + (each.status ?? each.statusCode).name
        );
    }

    static events(message) {
        return (message.notificationData ?? [])
            .flatMap((each) => each?.events ?? [])
            .map(({ clientHandle, eventFields }) => ({ clientHandle, text: eventFields.map((field) => field.toString()).join() }));
    }

    // Everything up to a value that is written now, by handle: between items there is no order, so whoever knows how many
    // events or which other items must come names them.
    async collect(name, { session = this.session, events = 0, handles = [] } = {}) {
        await this.write(MARKER, DataType.Double, ++this.marker);
        await step(name, () => this.collected(session, events, handles));
    }

    async collected(session, eventsMin, handles) {
        const byHandle = {};
        let written = false;
        let complete = false;
        let eventsSeen = 0;
        let gapless = true;
        this.largest = 0;
        for (let i = 0; i < PUBLISHES_MAX && !complete; i++) {
            const response = await this.publish(session);
            const message = response.notificationMessage;
            const changes = Script.changes(message);
            const events = Script.events(message);
            if (changes.length + events.length === 0) {
                continue;
            }
            this.largest = Math.max(this.largest, changes.length + events.length);
            gapless &&= this.sequence === 0 || message.sequenceNumber === this.sequence + 1;
            this.sequence = message.sequenceNumber;
            this.newest = JSON.stringify(Script.content(message));
            this.acknowledgements.push({ subscriptionId: response.subscriptionId, sequenceNumber: message.sequenceNumber });
            for (const { clientHandle, value } of changes) {
                if (clientHandle === 1000) {
                    written ||= value.value.value === this.marker;
                } else {
                    (byHandle[clientHandle] ??= []).push(Script.text(value));
                }
            }
            for (const { clientHandle, text } of events) {
                (byHandle[clientHandle] ??= []).push(text);
                eventsSeen++;
            }
            complete = written && eventsSeen >= eventsMin && handles.every((each) => each in byHandle) && !response.moreNotifications;
        }
        return { complete, gapless, byHandle };
    }

    async queues() {
        const response = await this.send(
            new opcua.CreateSubscriptionRequest({
                requestedPublishingInterval: 100,
                requestedLifetimeCount: 3000,
                requestedMaxKeepAliveCount: 20,
                publishingEnabled: true,
                priority: 3,
            })
        );
        this.subscriptionId = response.subscriptionId;
        keep("subscribe", [response.revisedPublishingInterval, response.revisedLifetimeCount, response.revisedMaxKeepAliveCount]);
        await this.write(MARKER, DataType.Double, 0);
        await this.write(NARROW, DataType.Int32, 0);
        await this.write(WIDE, DataType.UInt32, 0);
        await this.write(FLOAT, DataType.Float, 0);
        const marker = await this.item(MARKER, 1000, 1, true);
        // Of the marker, because a server may tell the value again.
        await step("modify the rate of an item", () => this.modify(marker, 1000, 1, 250));
        await step("modify it back", () => this.modify(marker, 1000, 1, 0));
        const narrow = await this.item(NARROW, 1, 1, true);
        const wide = await this.item(WIDE, 2, 3, true);
        const keeping = await this.item(WIDE, 3, 3, false);
        const shortest = await this.item(WIDE, 4, 0, false);
        const single = await this.item(WIDE, 5, 1, false);
        await this.collect("first values");
        await step("publishing off", () => this.publishing(false, this.subscriptionId, UNKNOWN));
        for (let value = 1; value <= 5; value++) {
            await this.write(NARROW, DataType.Int32, value);
            await this.write(WIDE, DataType.UInt32, value);
        }
        await step("publishing on", () => this.publishing(true, this.subscriptionId));
        await this.collect("what the queues kept");
        await step("modify an item", () => this.modify(wide, 20, 4, 0));
        await step("modify another item", () => this.modify(narrow, 10, 2, 0));
        await step("modify an unknown item", () => this.modify(UNKNOWN, 1, 1, 0));
        await this.collect("after items were modified");
        await this.write(WIDE, DataType.UInt32, 9);
        await this.write(NARROW, DataType.Int32, 9);
        await this.collect("a change under the new handles");
        await step("delete items", () => this.deleteItems(narrow, wide, keeping, keeping, shortest, single, UNKNOWN));
        await step("modify the subscription", async () => {
            const revised = await this.send(
                new opcua.ModifySubscriptionRequest({
                    subscriptionId: this.subscriptionId,
                    requestedPublishingInterval: 200,
                    requestedLifetimeCount: 600,
                    requestedMaxKeepAliveCount: 10,
                    maxNotificationsPerPublish: 5,
                    priority: 1,
                })
            );
            return [revised.revisedPublishingInterval, revised.revisedLifetimeCount, revised.revisedMaxKeepAliveCount];
        });
        await this.collect("after the subscription was modified");
    }

    async modesAndTriggers() {
        const item = await this.item(NARROW, 30, 3, true);
        await this.collect("before the modes");
        await step("disabled", () => this.mode(MonitoringMode.Disabled, item));
        await this.write(NARROW, DataType.Int32, 20);
        await this.collect("of a disabled item");
        await step("enabled", () => this.mode(MonitoringMode.Reporting, item));
        await this.collect("of an enabled item");
        await step("sampling", () => this.mode(MonitoringMode.Sampling, item));
        await this.write(NARROW, DataType.Int32, 22);
        await this.write(NARROW, DataType.Int32, 23);
        await this.collect("of a sampling item");
        await step("reporting", () => this.mode(MonitoringMode.Reporting, item, UNKNOWN));
        await this.collect("what was sampled");
        await step("delete after the modes", () => this.deleteItems(item));

        const trigger = await this.item(NARROW, 40, 1, true);
        const triggered = await this.item(WIDE, 41, 2, true);
        await this.collect("before the triggers");
        await step("sampling until triggered", () => this.mode(MonitoringMode.Sampling, triggered));
        await step("link", () => this.triggering(trigger, [triggered, UNKNOWN], []));
        await this.write(WIDE, DataType.UInt32, 50);
        await this.collect("not triggered");
        await this.write(NARROW, DataType.Int32, 50);
        await this.collect("triggered");
        await step("unlink", () => this.triggering(trigger, [], [triggered, UNKNOWN]));
        await this.write(WIDE, DataType.UInt32, 51);
        await this.write(NARROW, DataType.Int32, 51);
        await this.collect("no longer triggered");
        await step("link nothing", () => this.triggering(trigger, [], []));
        await step("link to an unknown item", () => this.triggering(UNKNOWN, [triggered], []));
        await step("delete after the triggers", () => this.deleteItems(trigger, triggered));
    }

    async filters() {
        const filter = (deadbandType, deadbandValue) => new opcua.DataChangeFilter({ trigger: 1, deadbandType, deadbandValue });
        const band = await this.item(FLOAT, 50, 5, true, filter(1, 10));
        await this.collect("before the filters");
        for (const value of [5, 20, 25, 31]) {
            await this.write(FLOAT, DataType.Float, value);
        }
        await this.collect("beyond the dead band");
        await this.item(FLOAT, 52, 5, true, filter(2, 10));
        await this.item("static/String", 54, 5, true, filter(1, 1));
        await this.collect("after filters that were refused");
        await step("delete after the filters", () => this.deleteItems(band));
    }

    // Several items in one request: of a part, of nothing, of Tandem's own, with other times, silent at first.
    async wishes() {
        const create = async (name, timestampsToReturn, ...items) => {
            const request = new opcua.CreateMonitoredItemsRequest({
                subscriptionId: this.subscriptionId,
                timestampsToReturn,
                itemsToCreate: items.map(({ handle, sampling = 0, mode = MonitoringMode.Reporting, ...itemToMonitor }) => ({
                    itemToMonitor: { attributeId: AttributeIds.Value, ...itemToMonitor },
                    monitoringMode: mode,
                    requestedParameters: { clientHandle: handle, samplingInterval: sampling, queueSize: 5, discardOldest: true },
                })),
            });
            const ids = [];
            await step(name, async () =>
                (await this.send(request)).results.map((each) => {
                    ids.push(...(each.statusCode.isGood() ? [each.monitoredItemId] : []));
                    return [each.statusCode.name, each.revisedSamplingInterval, each.revisedQueueSize];
                })
            );
            return ids;
        };
        const nodeId = node(NARROW);
        const items = [
            ...(await create("items with a source time", TimestampsToReturn.Source, { handle: 80, nodeId })),
            ...(await create("items with a server time", TimestampsToReturn.Server, { handle: 81, nodeId })),
            ...(await create(
                "several items",
                TimestampsToReturn.Neither,
                { handle: 82, nodeId },
                { handle: 83, nodeId: node(LIST), indexRange: range("1:2") },
                { handle: 84, nodeId: node("nowhere") },
                { handle: 85, nodeId: STATE, sampling: 1000 },
                { handle: 79, nodeId: NAMESPACES, indexRange: range("0"), sampling: 1000 },
                { handle: 86, nodeId, mode: MonitoringMode.Disabled },
                { handle: 87, nodeId, attributeId: AttributeIds.DisplayName },
                { handle: 88, nodeId, attributeId: AttributeIds.Executable }
            )),
        ];
        await this.collect("values with those times", { handles: [79, 85] });
        await this.write(NARROW, DataType.Int32, 80);
        await step("write the watched part", async () => names(await this.put({ id: LIST, indexRange: range("1:2"), ...int32s([80, 81]) })));
        await this.collect("changes with those times");
        await step("another part is written", async () => names(await this.put({ id: LIST, ...int32s([82, 80, 81]) })));
        await this.collect("no change in the watched part");
        await this.smallMessages();
        await step("delete these items", () => this.deleteItems(...items));
    }

    // More than fits waits; nothing is lost, and no message is larger than the client wants.
    async smallMessages() {
        const modified = (maxNotificationsPerPublish) =>
            this.send(
                new opcua.ModifySubscriptionRequest({
                    subscriptionId: this.subscriptionId,
                    requestedPublishingInterval: 100,
                    requestedLifetimeCount: 600,
                    requestedMaxKeepAliveCount: 10,
                    maxNotificationsPerPublish,
                    priority: 1,
                })
            );
        await step("two values in a message", async () => (await modified(2)).revisedPublishingInterval);
        await this.publishing(false, this.subscriptionId);
        for (let value = 90; value < 93; value++) {
            await this.write(NARROW, DataType.Int32, value);
        }
        await this.publishing(true, this.subscriptionId);
        await this.collect("in small messages");
        await step("largest message", () => this.largest);
        await step("any number of values in a message", async () => (await modified(0)).revisedPublishingInterval);
    }

    // Not every server has something to raise: the others say so.
    async events() {
        const filter = opcua.constructEventFilter(["EventType", "SourceName", "Message", "Severity"]);
        const items = [];
        for (const [name, nodeId, attributeId, given] of [
            ["events", "i=2253", AttributeIds.EventNotifier, filter],
            ["events without a filter", "i=2253", AttributeIds.EventNotifier, null],
            ["values with a filter for events", node(NARROW), AttributeIds.Value, filter],
            ["events of a variable", node(NARROW), AttributeIds.EventNotifier, filter],
        ]) {
            await step(name, async () => {
                const request = new opcua.CreateMonitoredItemsRequest({
                    subscriptionId: this.subscriptionId,
                    timestampsToReturn: TimestampsToReturn.Both,
                    itemsToCreate: [
                        {
                            itemToMonitor: { nodeId, attributeId },
                            monitoringMode: MonitoringMode.Reporting,
                            requestedParameters: { clientHandle: 60 + items.length, samplingInterval: 0, filter: given, queueSize: 20 },
                        },
                    ],
                });
                const result = (await this.send(request)).results[0];
                if (result.statusCode.isGood()) {
                    items.push(result.monitoredItemId);
                }
                return [result.statusCode.name, result.revisedSamplingInterval, result.revisedQueueSize, result.filterResult?.toString()];
            });
        }
        // A server that takes an item without a filter may stumble over it when there is an event.
        const [told, ...others] = items;
        await step("delete all but the first", () => this.deleteItems(...others));
        await this.collect("before any event");
        let raised = 0;
        for (const text of ["one", "two"]) {
            await step("raise " + text, async () => {
                const said = await this.call("methods/raise", [text], DataType.String);
                raised += said.status === "Good" ? 1 : 0;
                return said;
            });
        }
        await this.collect("two events", { events: raised });
        await step("delete after the events", () => this.deleteItems(told));
    }

    async messages() {
        await this.collect("before messages are asked for again");
        const published = this.newest;
        const retransmitSequenceNumber = this.sequence;
        const subscriptionId = this.subscriptionId;
        this.acknowledgements = [];
        const again = (id) => this.send(new opcua.RepublishRequest({ subscriptionId: id, retransmitSequenceNumber }));
        await step("republish", async () => {
            const message = (await again(subscriptionId)).notificationMessage;
            return [message.sequenceNumber === retransmitSequenceNumber, JSON.stringify(Script.content(message)) === published];
        });
        this.acknowledgements = [
            { subscriptionId, sequenceNumber: retransmitSequenceNumber },
            { subscriptionId, sequenceNumber: retransmitSequenceNumber },
            { subscriptionId, sequenceNumber: UNKNOWN },
            { subscriptionId: UNKNOWN, sequenceNumber: retransmitSequenceNumber },
        ];
        await this.write(MARKER, DataType.Double, ++this.marker);
        await step("acknowledge", async () => names((await this.publish()).results));
        await step("republish what was acknowledged", () => again(subscriptionId));
        await step("republish of an unknown subscription", () => again(UNKNOWN));
    }

    async transferAndDelete() {
        const item = await this.item(NARROW, 70, 2, true);
        await this.collect("before the transfer");
        this.acknowledgements = [];
        const subscriptionIds = [this.subscriptionId, UNKNOWN];
        await step("transfer", async () => {
            const request = new opcua.TransferSubscriptionsRequest({ subscriptionIds, sendInitialValues: true });
            return (await send(this.other, request)).results.map((each) => each.statusCode.name);
        });
        await this.write(MARKER, DataType.Double, ++this.marker);
        await step("who had it is told", async () => Script.content((await this.publish()).notificationMessage));
        await step("nor has it the items", () => this.deleteItems(item));
        await this.collect("after the transfer", { session: this.other });
        this.acknowledgements = [];
        await step("delete the subscription there", async () =>
            names((await send(this.other, new opcua.DeleteSubscriptionsRequest({ subscriptionIds }))).results)
        );
        await step("publish without a subscription", () => this.publish(this.other));
        await step("delete the subscription here", async () =>
            names((await this.send(new opcua.DeleteSubscriptionsRequest({ subscriptionIds }))).results)
        );
    }

    // ---- the server as a whole

    // Not every server has a history: the others say so.
    async history() {
        const historyReadDetails = new opcua.ReadRawModifiedDetails({
            startTime: new Date(Date.UTC(2020, 0, 1)),
            endTime: new Date(Date.UTC(2020, 0, 2)),
            numValuesPerNode: 4,
        });
        const read = async (continuationPoint, releaseContinuationPoints = false) => {
            const nodesToRead = [{ nodeId: node("history/0"), continuationPoint }];
            const request = new opcua.HistoryReadRequest({ historyReadDetails, releaseContinuationPoints, nodesToRead });
            return (await this.send(request)).results[0];
        };
        const told = (result) => [
            result.statusCode.name,
            (result.historyData?.dataValues ?? []).map((each) => each.value.value + " of " + each.sourceTimestamp?.toISOString()),
            result.continuationPoint?.length > 0,
        ];
        let point;
        for (let page = 0; page < 3; page++) {
            await step("history, page " + page, async () => {
                const result = await read(point);
                point = result.continuationPoint;
                return told(result);
            });
        }
        await step("history of a point that nobody gave", async () => told(await read(Buffer.from("a point that nobody gave"))));
        await step("history whose point is released", async () => {
            const first = await read();
            const released = await read(first.continuationPoint, true);
            return [told(first), released.statusCode.name, told(await read(first.continuationPoint))];
        });
    }

    // What few clients ask for: views, encodings, subscriptions of zeros, numbers and ids that there are not.
    async seldom() {
        for (const viewId of ["ns=2;s=nowhere", "i=87"]) {
            await step("browse in view " + viewId, async () => {
                const nodesToBrowse = [{ nodeId: "i=85", browseDirection: 0, referenceTypeId: "i=31", includeSubtypes: true, resultMask: 63 }];
                return (await this.send(new opcua.BrowseRequest({ view: { viewId }, nodesToBrowse }))).results.map((each) => each.statusCode.name);
            });
        }
        for (const name of ["Default Binary", "Default XML", "Default Nonsense"]) {
            await step("read as " + name, () =>
                this.readAll([{ nodeId: node(NARROW), attributeId: AttributeIds.Value, dataEncoding: { name } }], TimestampsToReturn.Neither)
            );
        }
        for (const requestedPublishingInterval of [0, -1, 73.5]) {
            await step(`subscribe every ${requestedPublishingInterval} ms`, async () => {
                const made = await this.send(new opcua.CreateSubscriptionRequest({ requestedPublishingInterval, publishingEnabled: true }));
                const { subscriptionId } = made;
                const again = await Promise.allSettled([this.send(new opcua.RepublishRequest({ subscriptionId, retransmitSequenceNumber: UNKNOWN }))]);
                await this.send(new opcua.DeleteSubscriptionsRequest({ subscriptionIds: [subscriptionId] }));
                return [made.revisedPublishingInterval, again[0].reason?.response?.responseHeader.serviceResult.name];
            });
        }
        const nothing = { subscriptionId: UNKNOWN, monitoredItemIds: [] };
        await step("delete no items", () => this.send(new opcua.DeleteMonitoredItemsRequest(nothing)));
        await step("publish nothing", () => this.send(new opcua.SetPublishingModeRequest({ publishingEnabled: true, subscriptionIds: [] })));
        await step("transfer nothing", () => this.send(new opcua.TransferSubscriptionsRequest({ subscriptionIds: [] })));
    }

    async others() {
        await step("endpoints", async () => {
            const response = await this.send(new opcua.GetEndpointsRequest({ endpointUrl: this.url, profileUris: ["urn:nowhere"] }));
            return (response.endpoints ?? []).length;
        });
        await step("find servers", async () => {
            const response = await this.send(new opcua.FindServersRequest({ endpointUrl: this.url }));
            return response.servers.map((each) => each.applicationType);
        });
        await step("read through a registered id", async () => {
            const registered = (await this.send(new opcua.RegisterNodesRequest({ nodesToRegister: [node(NARROW)] }))).registeredNodeIds;
            const request = new opcua.ReadRequest({ nodesToRead: [{ nodeId: registered[0], attributeId: AttributeIds.Value }] });
            const value = (await this.send(request)).results[0];
            await this.send(new opcua.UnregisterNodesRequest({ nodesToUnregister: registered }));
            return value.value.toString();
        });
        await step("register nothing", () => this.send(new opcua.RegisterNodesRequest({ nodesToRegister: [] })));
        const raw = new opcua.ReadRawModifiedDetails({
            startTime: new Date(Date.UTC(2020, 0, 1)),
            endTime: new Date(Date.UTC(2020, 0, 2)),
            numValuesPerNode: 10,
        });
        await step("history", async () => {
            const nodesToRead = [{ nodeId: node("counter/0") }, { nodeId: node("nowhere") }];
            const request = new opcua.HistoryReadRequest({ historyReadDetails: raw, nodesToRead });
            return (await this.send(request)).results.map((each) => each.statusCode.name);
        });
        await this.history();
        await this.seldom();
        await step("add no nodes", () => this.send(new opcua.AddNodesRequest({ nodesToAdd: [] })));
        await step("delete a node", () =>
            this.send(new opcua.DeleteNodesRequest({ nodesToDelete: [{ nodeId: node("nowhere"), deleteTargetReferences: true }] }))
        );
        await step("query", () => this.send(new opcua.QueryFirstRequest({})));
        await step("cancel", async () => (await this.send(new opcua.CancelRequest({ requestHandle: UNKNOWN }))).cancelCount);
        await step("servers on the network", () => this.send(new opcua.FindServersOnNetworkRequest({})));
    }
}

async function run(number, url) {
    answers = {};
    const client = createClient("script", security, pki);
    await client.connect(url);
    const session = await client.createSession(identityOf(security));
    const other = await client.createSession(identityOf(security));
    const script = new Script(url, session, other);
    await script.settle();
    await script.browse();
    await script.attributes();
    await script.batches();
    await script.queues();
    await script.modesAndTriggers();
    await script.filters();
    await script.wishes();
    await script.events();
    await script.messages();
    await script.transferAndDelete();
    await script.others();
    await session.close();
    await other.close();
    await client.disconnect();
    // A pipe takes a long line in pieces.
    await new Promise((resolve) => process.stdout.write(`REPORT ${number} ${JSON.stringify(answers)}\n`, resolve));
}

async function main() {
    for (const [number, url] of urls.entries()) {
        await run(number, url);
    }
    process.exit(0);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
