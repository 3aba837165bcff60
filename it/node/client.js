// An OPC UA client on a stack of its own: subscribes to counters, reads, writes and calls until its standard input
// ends, and then prints what it saw as one JSON line. It is told the URL and nothing of redundancy.
//
// usage: node client.js <url> <items> <name> <security> <patience ms> <folder for keys> <publishing interval ms>...
// Each publishing interval is a subscription with as many items of its own. The patience is with a request.
"use strict";
const { AttributeIds, ClientMonitoredItemGroup, DataType, MonitoringMode, TimestampsToReturn } = require("node-opcua");
const { createClient, identityOf } = require("./connection");

const [url, itemsText, name, security, patienceText, pki, ...publishingTexts] = process.argv.slice(2);
const items = Number(itemsText);
const publishingMs = publishingTexts.map(Number);

// Part 4, 7.39.1: info type DataValue and the Overflow bit.
const OVERFLOW = 0x480;

// Int64 comes as [high, low].
const int64 = (value) => value[0] * 4294967296 + value[1];

class Stream {
    constructor() {
        this.samples = 0;
        this.lost = 0;
        this.marked = 0;
        this.doubled = 0;
        this.backwards = 0;
        this.notGood = 0;
        this.newest = null;
        this.details = [];
        this.seen = new Set();
    }

    tell(fault) {
        if (this.details.length < 10) {
            this.details.push(`${fault} at ${new Date().toISOString()}`);
        }
    }

    add(dataValue) {
        this.samples++;
        // The Overflow bit is no fault where something is missing.
        if ((dataValue.statusCode.value & 0xffff0000) !== 0) {
            this.notGood++;
            return;
        }
        const tick = int64(dataValue.value.value);
        if (this.seen.has(tick)) {
            this.doubled++;
            this.tell(`${tick} again`);
            return;
        }
        this.seen.add(tick);
        if (this.newest !== null && tick < this.newest) {
            this.backwards++;
            this.lost--;
            return;
        }
        if (this.newest !== null) {
            const missing = tick - this.newest - 1;
            this.lost += missing;
            if (missing > 0) {
                this.tell(`${missing} missing before ${tick} with 0x${dataValue.statusCode.value.toString(16)}`);
            }
            if (missing === 0 && (dataValue.statusCode.value & OVERFLOW) === OVERFLOW) {
                this.marked++;
            }
        }
        this.newest = tick;
    }

    report() {
        const { samples, lost, marked, doubled, backwards, notGood, newest, details } = this;
        return { samples, lost, marked, doubled, backwards, notGood, newest, details };
    }
}

const events = [];
const operations = [];
let working = true;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function operate(kind, token, request) {
    const start = Date.now();
    let status;
    let detail = "";
    try {
        status = (await request()).value;
    } catch (error) {
        status = 0x80000000;
        detail = error.message;
    }
    operations.push({ kind, token, status, tookMs: Date.now() - start, detail });
}

async function reading(session) {
    while (working) {
        await operate("READ", "", async () =>
            (await session.read({ nodeId: "ns=2;s=counter/0", attributeId: AttributeIds.Value })).statusCode
        );
        await pause(20);
    }
}

async function writing(session) {
    for (let token = 1; working; token++) {
        await operate("WRITE", `static/1=${token}.0`, () =>
            session.write({
                nodeId: "ns=2;s=static/1",
                attributeId: AttributeIds.Value,
                value: { value: { dataType: DataType.Double, value: token } },
            })
        );
        await pause(20);
    }
}

async function calling(session) {
    for (let token = 1; working; token++) {
        const text = `${name}-${token}`;
        await operate("CALL", text, async () => {
            const result = await session.call({
                objectId: "ns=2;s=methods",
                methodId: "ns=2;s=methods/record",
                inputArguments: [{ dataType: DataType.String, value: text }],
            });
            return result.statusCode;
        });
        await pause(50);
    }
}

// What comes while there is no connection or no server: half a minute and more.
const QUEUE_SIZE = 500;

// After a break node-opcua asks for messages again (Republish) while Publish requests of its own wait already, and hands on a
// message that is answered to both twice. It is once what it has asked for; a message that came twice without that counts.
function handOnOnce(session, subscription) {
    const had = new Set();
    const askedAgain = new Set();
    const republish = session.republish.bind(session);
    session.republish = (request, callback) => {
        if (request.subscriptionId === subscription.subscriptionId) {
            askedAgain.add(request.retransmitSequenceNumber);
        }
        return republish(request, callback);
    };
    const handOn = subscription.onNotificationMessage.bind(subscription);
    subscription.onNotificationMessage = (message) => {
        const number = message.sequenceNumber;
        if ((message.notificationData ?? []).length !== 0) {
            if (had.has(number) && askedAgain.has(number)) {
                events.push(`message ${number} both published and republished`);
                return;
            }
            had.add(number);
        }
        handOn(message);
    };
}

async function subscribe(session, streams, publishing) {
    const subscription = await session.createSubscription2({
        requestedPublishingInterval: publishing,
        requestedLifetimeCount: 3000,
        requestedMaxKeepAliveCount: 20,
        maxNotificationsPerPublish: 0,
        publishingEnabled: true,
        priority: 1,
    });
    // A sign of life has the number of the message that comes next (Part 4, 5.14.1.1). node-opcua takes it for one that it has
    // got, and after a break it would not ask for the message that really has that number.
    subscription.on("raw_notification", (message) => {
        if ((message.notificationData ?? []).length === 0) {
            subscription.lastSequenceNumber = message.sequenceNumber - 1;
        }
    });
    handOnOnce(session, subscription);
    subscription.on("terminated", () => events.push("subscription terminated"));
    subscription.on("status_changed", (status) => events.push("subscription status " + status.toString()));
    const nodes = streams.map((_, i) => ({ nodeId: `ns=2;s=counter/${i}`, attributeId: AttributeIds.Value }));
    const group = ClientMonitoredItemGroup.create(
        subscription,
        nodes,
        { samplingInterval: 0, queueSize: QUEUE_SIZE, discardOldest: true },
        TimestampsToReturn.Both,
        MonitoringMode.Reporting
    );
    group.on("changed", (item, dataValue, index) => streams[index].add(dataValue));
    await new Promise((resolve) => group.on("initialized", resolve));
}

async function main() {
    const client = createClient(name, security, pki, Number(patienceText));
    for (const event of ["connection_lost", "connection_reestablished", "start_reconnection", "abort"]) {
        client.on(event, () => events.push(event));
    }
    await client.connect(url);
    const session = await client.createSession(identityOf(security));
    for (const event of ["session_closed", "session_restored", "keepalive_failure"]) {
        session.on(event, () => events.push(event));
    }
    const streams = [];
    for (const publishing of publishingMs) {
        const own = Array.from({ length: items }, () => new Stream());
        await subscribe(session, own, publishing);
        streams.push(...own);
    }
    const loops = [reading(session), writing(session), calling(session)];
    console.log("READY");
    process.stdin.on("data", (data) => {
        // Each line of input is a question for the sample count of the slowest stream.
        for (const line of data.toString().split("\n")) {
            if (line !== "") {
                console.log("SAMPLES " + Math.min(...streams.map((stream) => stream.samples)));
            }
        }
    });
    await new Promise((resolve) => process.stdin.on("end", resolve));
    working = false;
    await Promise.all(loops);
    const seenEvents = [...events];
    await session.close();
    await client.disconnect();
    const report = { events: seenEvents, operations, streams: streams.map((stream) => stream.report()) };
    // A pipe takes a long line in pieces: end when the last one is through.
    process.stdout.write("REPORT " + JSON.stringify(report) + "\n", () => process.exit(0));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
