// How the client scripts reach a server, and prove who they are.
"use strict";
const {
    MessageSecurityMode,
    OPCUACertificateManager,
    OPCUAClient,
    SecurityPolicy,
    UserTokenType,
} = require("node-opcua");

// A security is "None", or policy, mode, user and password with colons between them.
function parse(security) {
    const [policy, mode, userName, password] = security.split(":");
    return policy === "None"
        ? { securityPolicy: SecurityPolicy.None, securityMode: MessageSecurityMode.None, identity: undefined }
        : {
              securityPolicy: SecurityPolicy[policy],
              securityMode: MessageSecurityMode[mode],
              identity: { type: UserTokenType.UserName, userName, password },
          };
}

// A client that has connected nowhere yet; its keys are in the folder, or are made there.
function createClient(name, security, pki, transactionTimeout = 30000) {
    const { securityPolicy, securityMode } = parse(security);
    return OPCUAClient.create({
        applicationName: name,
        endpointMustExist: false,
        securityMode,
        securityPolicy,
        clientCertificateManager: new OPCUACertificateManager({
            rootFolder: pki,
            automaticallyAcceptUnknownCertificate: true,
        }),
        connectionStrategy: { initialDelay: 1000, maxRetry: -1, maxDelay: 10000 },
        keepSessionAlive: true,
        keepAliveInterval: 2000,
        requestedSessionTimeout: 60000,
        transactionTimeout,
    });
}

module.exports = { createClient, identityOf: (security) => parse(security).identity };
