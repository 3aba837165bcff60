package org.tandemopc.relay.da.back;

import java.util.Map;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.client.ClientSecurity;
import org.tandemopc.dcom.rpc.AuthLevel;
import org.tandemopc.opcda.OpcResult;

/** What to do about a leg that failed: sentences that name the setting, the tool or the port. Pure. */
record DaCheckRemedies(DaMemberAddress address, ClientSecurity account) {
    /** CO_E_SERVER_EXEC_FAILURE. */
    static final int SERVER_EXEC_FAILURE = 0x8008_0005;

    private static final String SILENT =
            "Look whether the machine is on, and whether a firewall lets this machine in: ";

    /** What else Windows says when it makes no object. */
    private static final Map<Integer, String> ACTIVATION = Map.ofEntries(
            Map.entry(
                    SERVER_EXEC_FAILURE,
                    "The server's program did not start in time: start it by hand once at its machine, and look into the"
                            + " event log there (DCOM 10010). Its identity in dcomcnfg should be a service or an account"
                            + " that may log on, not the interactive user."),
            Map.entry(
                    0x8007_052E,
                    "The account that the server is to run as, in dcomcnfg, Identity, cannot log on at its machine: enter"
                            + " its password there anew."),
            Map.entry(
                    0x8007_0422,
                    "The server is a service that is disabled: set it to start, in the services of its machine."),
            Map.entry(
                    0x8007_041D,
                    "The server is a service that did not start in time: start it by hand, and look into its log."),
            Map.entry(
                    0x8004_01F5, "The server's program is registered and not there any more: repair its installation."),
            Map.entry(
                    HResult.E_NOINTERFACE,
                    "The class is no OPC DA server: correct the CLSID or ProgID of this member."),
            Map.entry(
                    HResult.RPC_E_VERSION_MISMATCH,
                    "The machine speaks a version of DCOM from before Windows 2000, which Tandem does not."));

    String name() {
        return "Correct the host '" + address.host().name()
                + "' of this member, or let this machine know the name (DNS, /etc/hosts; NetBIOS names are not asked"
                + " for).";
    }

    String closedPort() {
        return "Correct the host of this member. On Windows port 135 is open as long as the machine runs: a firewall that"
                + " refuses looks the same, so let TCP " + address.host().resolverPort() + " in there.";
    }

    String silentPort() {
        return SILENT + "TCP " + address.host().resolverPort() + ", and the ports of the server's objects.";
    }

    String otherProtocol() {
        return "Something else than DCOM has port " + address.host().resolverPort()
                + " there: correct the host of this member.";
    }

    String silentPeer() {
        return "The machine hangs, or another program than DCOM has this port: look at its load, restart it if nobody can use it,"
                + " or correct the host of this member.";
    }

    String password() {
        return "Check name, domain and password of the account of this member (a local account of that machine needs its"
                + " name as domain, or none), whether it is locked or its password has run out, and whether it may access"
                + " this computer from the network. A login is tried twice at most, so that the account is not locked.";
    }

    /** The host protects calls less than is asked for. */
    String levelAnswered() {
        return "The machine does not protect calls at " + account.resolver()
                + ": this is so with servers that are no Windows, such as j-Interop's. Set a lower level for this member"
                + " only if its network is safe.";
    }

    String levelTooLow(AuthLevel taken) {
        return "Set the level of this member to " + taken
                + ". Windows takes nothing below PKT_INTEGRITY for activation since March 2023 (KB5004442).";
    }

    String kindOfLogin() {
        return "The machine does not take this kind of login (NTLM): look for policies there that restrict NTLM, or set"
                + " the other kind (NTLM, or NTLM within SPNEGO) for this member.";
    }

    String notRegistered() {
        return "Correct the CLSID or ProgID of this member, or register the server at its machine (its installation, or"
                + " its program with /RegServer). If it is a DLL, see below: it cannot be used from another machine unless"
                + " dcomcnfg gives it a surrogate (DllSurrogate).";
    }

    /** SYS-9, LIM-4. */
    String inProcess() {
        return "The server is a DLL, which runs within its client's process only: use a server that is a program of its"
                + " own, ask its maker for one, or give it a surrogate (an AppID with an empty DllSurrogate).";
    }

    String openEnum() {
        return "Give the server's CLSID instead of its ProgID: it needs no OpcEnum. Or install the OPC Core Components"
                + " there and let the account use OpcEnum (dcomcnfg, launch and activation permissions).";
    }

    String permission() {
        return "Let the account launch and activate the server from afar: dcomcnfg, the server's properties, Security,"
                + " Launch and Activation Permissions (Remote Launch, Remote Activation), and the same limits of the"
                + " computer; the account in the group Distributed COM Users.";
    }

    /** @param hresult what came instead of an object, but not registered and no access */
    String activation(int hresult) {
        return ACTIVATION.getOrDefault(
                hresult,
                "Look into the event log of the machine (System, DCOM) at this moment, and whether a client there can use"
                        + " the server.");
    }

    String slowStart() {
        return "The server takes long to start, or hangs as it starts: have it run already, as a service, and look at it.";
    }

    /** The addresses of objects are none of ours. */
    String elsewhere() {
        return "The machine calls itself by names or addresses that this member does not have: add them to its aliases, if"
                + " they are its own. Behind a translation of addresses DCOM works in no other way.";
    }

    String objectPort(int port) {
        return "Let this machine through to TCP " + port
                + " there. Windows gives its servers ports by chance, from 49152 on:"
                + " restrict them to a range (dcomcnfg, computer, Default Protocols), and let that range in besides 135.";
    }

    String accessPermission() {
        return "Let the account call the server: dcomcnfg, the server's properties, Security, Access Permissions (Remote"
                + " Access), and the same limits of the computer; some servers have a list of their own.";
    }

    String status() {
        return "The server answers and gives no status: look into its log; restart it if it serves nobody.";
    }

    String hanging() {
        return "The server hangs at this point: look into its log; restart it if it serves nobody.";
    }

    /** @param door where the member must reach us */
    String callback(int hresult, String door) {
        if (hresult == HResult.E_ACCESSDENIED) {
            return "The server reaches " + door
                    + " and is not let in, or not by itself: let Tandem know the account that"
                    + " the server runs as (dcomcnfg, Identity), or have it run as the account of this member.";
        }
        String reach = "The server must be able to connect to " + door
                + ": let it out there, let it in here (firewalls on both machines), and check that this address is one"
                + " that it has a way to.";
        return hresult == OpcResult.CONNECT_E_ADVISELIMIT
                ? "The server has no room for another client: close some, or raise its limit."
                : reach;
    }
}
