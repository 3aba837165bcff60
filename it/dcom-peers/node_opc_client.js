// An OPC DA client on node-opc-da: status, groups, browsing, synchronous reads and writes; prints what came of each. With "watch" it
// then reads one item again and again until its input ends.
//
// usage: NODE_OPTIONS=--openssl-legacy-provider node node_opc_client.js <host> <user> <password> <clsid> [watch]
"use strict";
const { Clsid, ComServer, Session } = require("node-dcom");
const { OPCServer } = require("node-opc-da");

const [host, user, password, clsid, watch] = process.argv.slice(2);

const CACHE = 1;
const DEVICE = 2;
const TIMEOUT_MS = 20000;
const EVERY_MS = 50;

const say = (name, value) => console.log(`${name}: ${value}`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function browse(server) {
    const browser = await server.getBrowser();
    const flat = await browser.browseAllFlat();
    say("flat", `${flat.length}, among them ${flat.includes("counter.0")}`);
    await browser.end();
}

async function group(server) {
    const made = await server.addGroup("node", { updateRate: 100, active: true });
    // its getState is broken, whatever the server
    say("group", "made");
    const manager = await made.getItemManager();
    const added = await manager.add([
        { itemID: "static.1", clientHandle: 1 },
        { itemID: "no.such.item", clientHandle: 2 },
    ]);
    say("added", added.map(([code]) => "0x" + (code >>> 0).toString(16)).join(" "));
    return { made, sync: await made.getSyncIO(), handle: added[0][1].serverHandle };
}

async function read(sync, source, handle) {
    const [state] = await sync.read(source, [handle]);
    return `${state.value} ${state.quality} 0x${(state.errorCode >>> 0).toString(16)}`;
}

async function main() {
    const session = new Session().createSession("PLANT", user, password);
    session.setGlobalSocketTimeout(TIMEOUT_MS);
    const com = new ComServer(new Clsid(clsid), host, session);
    await com.init();
    const server = new OPCServer();
    await server.init(await com.createInstance());
    say("state", (await server.getStatus()).serverState);
    await browse(server);
    const { made, sync, handle } = await group(server);
    say("read", await read(sync, DEVICE, handle));
    say("read of the cache", await read(sync, CACHE, handle));
    if (watch) {
        await readOn(sync, handle);
    }
    await made.end();
    await server.end();
    await session.destroySession(session);
    say("end", "reached");
}

async function readOn(sync, handle) {
    let isEnding = false;
    process.stdin.on("end", () => (isEnding = true)).resume();
    console.log("READY");
    while (!isEnding) {
        console.log("r " + (await read(sync, DEVICE, handle)));
        await pause(EVERY_MS);
    }
}

process.on("unhandledRejection", (reason) => {
    say("failed", reason);
    process.exit(1);
});

main().then(
    () => process.exit(0),
    (error) => {
        say("failed", error && error.stack ? error.stack : error);
        process.exit(1);
    });
