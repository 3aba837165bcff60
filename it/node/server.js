// An OPC UA server on a stack of its own, with the counters, a few writable nodes and the recording method of the
// simulator, under the same node ids and with the same source times. Ends with its standard input, and in order when it is
// told to (SIGTERM).
//
// usage: node server.js <port> <counters> <period ms> <ledger file> <folder for keys>
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
const [ledger, pki] = process.argv.slice(5);

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
}

async function main() {
    const server = new OPCUAServer({
        host: "127.0.0.1",
        port,
        resourcePath: "/sim",
        hostname: "127.0.0.1",
        securityModes: [MessageSecurityMode.None],
        securityPolicies: [SecurityPolicy.None],
        serverCertificateManager: new OPCUACertificateManager({ rootFolder: pki, automaticallyAcceptUnknownCertificate: true }),
        userCertificateManager: new OPCUACertificateManager({ rootFolder: pki + "-users" }),
        disableDiscovery: true,
        buildInfo: { productName: "node-opcua peer" },
        serverCapabilities: { maxSessions: 100 },
    });
    await server.initialize();
    const namespace = server.engine.addressSpace.registerNamespace("urn:tandemopc:simulator");
    const root = server.engine.addressSpace.rootFolder.objects;
    addCounters(namespace, root);
    addStatics(namespace, root);
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
