// A DCOM client on node-dcom: does one thing after the other with the server's probe object, and prints what came of each.
//
// usage: NODE_OPTIONS=--openssl-legacy-provider node node_client.js <host> <user> <password> <clsid>
"use strict";
const { CallBuilder, Clsid, ComArray, ComServer, ComValue, Flags, Session, Types } = require("node-dcom");

const [host, user, password, clsid] = process.argv.slice(2);

const IPROBE = "7D0B6F4E-3A61-4C52-9E0B-2F5A1C8D4E01";
const ADD = 0;
const VALUES = 1;
const TIMEOUT_MS = 20000;

const say = (name, value) => console.log(`${name}: ${value}`);

/** What node-dcom wraps, here and there. */
const plain = (value) => (value && value.getValue ? value.getValue() : value);

function call(method) {
    const builder = new CallBuilder(true);
    builder.setOpnum(method);
    return builder;
}

async function use(probe) {
    const add = call(ADD);
    add.addInParamAsInt(2, Flags.FLAG_NULL);
    add.addInParamAsInt(40, Flags.FLAG_NULL);
    add.addOutParamAsType(Types.INTEGER, Flags.FLAG_NULL);
    await probe.call(add);
    say("a call", plain(add.getResults()[0]));

    const values = call(VALUES);
    values.addInParamAsInt(3000, Flags.FLAG_NULL);
    values.addOutParamAsObject(
        new ComValue(new ComArray(new ComValue(null, Types.DOUBLE), null, 1, true), Types.COMARRAY), Flags.FLAG_NULL);
    await probe.call(values);
    const all = plain(plain(values.getResults()[0]).getArrayInstance());
    say("many values", `${all.length}, the last ${plain(all[all.length - 1])}`);
}

async function main() {
    const session = new Session().createSession("PLANT", user, password);
    session.setGlobalSocketTimeout(TIMEOUT_MS);
    const server = new ComServer(new Clsid(clsid), host, session);
    await server.init();
    const object = await server.createInstance();
    say("activation", "an object");
    await use(await object.queryInterface(IPROBE));
    await session.destroySession(session);
    say("end", "reached");
}

process.on("unhandledRejection", (reason) => {
    say("failed", reason);
    process.exit(1);
});

main().then(
    () => process.exit(0),
    (error) => {
        say("failed", error);
        process.exit(1);
    });
