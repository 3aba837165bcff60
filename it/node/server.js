// An OPC UA server on a stack of its own, with the counters, a few writable nodes and the recording method of the
// simulator, under the same node ids and with the same source times. Ends with its standard input, and in order when it is
// told to (SIGTERM).
//
// usage: node server.js <port> <counters> <period ms> <security> <ledger file> <file for emitted ticks> <folder for keys>
// The security is "None", or policy, mode, user and password with colons between them; then nobody else is let in.
"use strict";
const fs = require("node:fs");
const {
    DataType,
    MessageSecurityMode,
    OPCUACertificateManager,
    OPCUAServer,
    SecurityPolicy,
    StatusCodes,
    Variant,
    VariantArrayType,
} = require("node-opcua");

const [port, counters, periodMs] = process.argv.slice(2, 5).map(Number);
const [security, ledger, emitted, pki] = process.argv.slice(5);
const [policy, mode, userName, password] = security.split(":");
const isSecured = policy !== "None";

const int64 = (number) => [Math.floor(number / 4294967296), number % 4294967296];

function append(kind, node, value) {
    const line = JSON.stringify({ time: Date.now(), kind, node, value, session: "" });
    fs.appendFileSync(ledger, line + "\n");
}

function addCounters(namespace, parent) {
    const nodes = [];
    for (let i = 0; i < counters; i++) {
        nodes.push(
            namespace.addVariable({
                organizedBy: parent,
                nodeId: `s=counter/${i}`,
                browseName: `counter/${i}`,
                dataType: "Int64",
                accessLevel: "CurrentRead",
                userAccessLevel: "CurrentRead",
                minimumSamplingInterval: 0,
            })
        );
    }
    let last = Math.floor(Date.now() / periodMs) - 1;
    const tick = () => {
        const now = Math.floor(Date.now() / periodMs);
        while (last < now) {
            last++;
            const time = new Date(last * periodMs);
            fs.appendFileSync(emitted, last + "\n");
            for (const node of nodes) {
                node.setValueFromSource(
                    new Variant({ dataType: DataType.Int64, arrayType: VariantArrayType.Scalar, value: int64(last) }),
                    StatusCodes.Good,
                    time
                );
            }
        }
        setTimeout(tick, (last + 1) * periodMs - Date.now());
    };
    tick();
}

// Reports no fewer rights and no more than the simulator does.
function addStatics(namespace, parent) {
    for (let i = 0; i < 10; i++) {
        let value = 0;
        namespace.addVariable({
            organizedBy: parent,
            nodeId: `s=static/${i}`,
            browseName: `static/${i}`,
            dataType: "Double",
            minimumSamplingInterval: 100,
            value: {
                get: () => new Variant({ dataType: DataType.Double, value }),
                set: (variant) => {
                    value = variant.value;
                    // As Java prints it.
                    const text = Number.isInteger(value) ? value.toFixed(1) : String(value);
                    append("write", `ns=2;s=static/${i}`, text);
                    return StatusCodes.Good;
                },
            },
        });
    }
}

const SAMPLES = {
    Boolean: true,
    SByte: -8,
    Byte: 8,
    Int16: -1600,
    UInt16: 1600,
    Int32: -32000000,
    UInt32: 32000000,
    Int64: int64(64000000000),
    UInt64: int64(64000000000),
    Float: 3.25,
    Double: -2.718281828459045,
    String: "Grüße, 世界",
    DateTime: new Date(Date.UTC(2026, 0, 1)),
    Guid: "72962B91-FA75-4AE6-8D28-B404DC7DAF63",
    ByteString: Buffer.from([0, 1, 255, 127, 128]),
};

// Of each type one and three, writable, with times of their own; told to monitored items, never sampled.
function addTyped(namespace, parent) {
    for (const [type, sample] of Object.entries(SAMPLES)) {
        for (const isArray of [false, true]) {
            namespace.addVariable({
                organizedBy: parent,
                nodeId: `s=static/${type}${isArray ? "Array" : ""}`,
                browseName: `static/${type}${isArray ? "Array" : ""}`,
                dataType: type,
                valueRank: isArray ? 1 : -1,
                minimumSamplingInterval: 0,
                value: {
                    dataType: DataType[type],
                    arrayType: isArray ? VariantArrayType.Array : VariantArrayType.Scalar,
                    value: isArray ? [sample, sample, sample] : sample,
                },
            });
        }
    }
    const readOnly = namespace.addObject({ organizedBy: parent, nodeId: "s=access", browseName: "access" });
    namespace.addVariable({
        componentOf: readOnly,
        nodeId: "s=access/readOnly",
        browseName: "readOnly",
        dataType: "Int32",
        accessLevel: "CurrentRead",
        userAccessLevel: "CurrentRead",
        value: { dataType: DataType.Int32, value: 1 },
    });
}

// The only node with a history: ten values, one a minute, of a day long ago.
function addHistory(namespace, parent) {
    const node = namespace.addVariable({
        organizedBy: parent,
        nodeId: "s=history/0",
        browseName: "history/0",
        dataType: "Double",
    });
    namespace.addressSpace.installHistoricalDataNode(node);
    for (let minute = 0; minute < 10; minute++) {
        const value = new Variant({ dataType: DataType.Double, value: minute });
        node.setValueFromSource(value, StatusCodes.Good, new Date(Date.UTC(2020, 0, 1, 0, minute)));
    }
}

function addMethods(namespace, parent) {
    const methods = namespace.addObject({ organizedBy: parent, nodeId: "s=methods", browseName: "methods" });
    const record = namespace.addMethod(methods, {
        nodeId: "s=methods/record",
        browseName: "record",
        inputArguments: [{ name: "text", dataType: DataType.String, description: { text: "what to record" } }],
        outputArguments: [],
    });
    record.bindMethod((inputs, context, callback) => {
        append("call", "ns=2;s=methods/record", inputs[0].value);
        callback(null, { statusCode: StatusCodes.Good, outputArguments: [] });
    });
    addSum(namespace, methods);
    addEvents(namespace, methods);
}

function addEvents(namespace, methods) {
    const server = namespace.addressSpace.rootFolder.objects.server;
    const raise = namespace.addMethod(methods, {
        nodeId: "s=methods/raise",
        browseName: "raise",
        inputArguments: [{ name: "text", dataType: DataType.String, description: { text: "message of the event" } }],
        outputArguments: [],
    });
    raise.bindMethod((inputs, context, callback) => {
        server.raiseEvent("BaseEventType", {
            message: { dataType: DataType.LocalizedText, value: { text: inputs[0].value } },
            severity: { dataType: DataType.UInt16, value: 700 },
            sourceName: { dataType: DataType.String, value: "methods" },
        });
        callback(null, { statusCode: StatusCodes.Good, outputArguments: [] });
    });
}

function addSum(namespace, methods) {
    const add = namespace.addMethod(methods, {
        nodeId: "s=methods/add",
        browseName: "add",
        inputArguments: ["a", "b"].map((name) => ({ name, dataType: DataType.Double, description: { text: name } })),
        outputArguments: [{ name: "sum", dataType: DataType.Double, description: { text: "sum" } }],
    });
    add.bindMethod((inputs, context, callback) => {
        const sum = new Variant({ dataType: DataType.Double, value: inputs[0].value + inputs[1].value });
        callback(null, { statusCode: StatusCodes.Good, outputArguments: [sum] });
    });
}

async function main() {
    const server = new OPCUAServer({
        host: "127.0.0.1",
        port,
        resourcePath: "/sim",
        hostname: "127.0.0.1",
        securityModes: [MessageSecurityMode[isSecured ? mode : "None"]],
        securityPolicies: [SecurityPolicy[policy]],
        allowAnonymous: !isSecured,
        userManager: { isValidUser: (name, secret) => isSecured && name === userName && secret === password },
        serverCertificateManager: new OPCUACertificateManager({ rootFolder: pki, automaticallyAcceptUnknownCertificate: true }),
        userCertificateManager: new OPCUACertificateManager({ rootFolder: pki + "-users" }),
        // Whoever is to come over a secured channel must find out about it first.
        disableDiscovery: !isSecured,
        buildInfo: { productName: "node-opcua peer" },
        // Else it would tell only the newest of what changes within 50 ms, as after a pause of the machine.
        serverCapabilities: { maxSessions: 100, minSupportedSampleRate: 0 },
    });
    await server.initialize();
    const namespace = server.engine.addressSpace.registerNamespace("urn:tandemopc:simulator");
    const root = server.engine.addressSpace.rootFolder.objects;
    addCounters(namespace, root);
    addStatics(namespace, root);
    addTyped(namespace, root);
    addHistory(namespace, root);
    addMethods(namespace, root);
    await server.start();
    console.log(`READY url=opc.tcp://127.0.0.1:${port}/sim pid=${process.pid}`);
    process.stdin.resume();
    process.stdin.on("end", () => process.exit(0));
    // Says Shutdown for that long, and then closes everything.
    process.on("SIGTERM", () => server.shutdown(1000).then(() => process.exit(0)));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
