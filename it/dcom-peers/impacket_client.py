#!/usr/bin/python3
"""A DCOM client on impacket: does one thing after the other with the server's probe object, and prints what came of each.

usage: impacket_client.py <host> <user> <password> <level 2, 5 or 6> <clsid>
"""
import sys

from impacket.dcerpc.v5 import dcomrt, transport
from impacket.dcerpc.v5.dcomrt import (
    DCOMANSWER, DCOMCALL, IID_IClassFactory, IActivation, IObjectExporter, IRemoteSCMActivator, IRemUnknown2, INTERFACE,
    RemRelease, RemAddRef, RemQueryInterface, REMINTERFACEREF, DCOMConnection)
from impacket.dcerpc.v5.dtypes import DOUBLE, LONG, LPWSTR, ULONG, WSTR, NULL
from impacket.dcerpc.v5.ndr import NDRUniConformantArray
from impacket.dcerpc.v5.rpcrt import DCERPCException
from impacket.uuid import string_to_bin, uuidtup_to_bin

HOST, USER, PASSWORD, LEVEL, CLSID = sys.argv[1:6]
LEVEL = int(LEVEL)
IPROBE = "7d0b6f4e-3a61-4c52-9e0b-2f5a1c8d4e01"
ABSENT = "7d0b6f4e-3a61-4c52-9e0b-2f5a1c8d4e99"
IABSENT = "7d0b6f4e-3a61-4c52-9e0b-2f5a1c8d4eff"
IID_PROBE = uuidtup_to_bin((IPROBE, "0.0"))
TCP = 7


class DOUBLES(NDRUniConformantArray):
    item = "d"


class Add(DCOMCALL):
    opnum = 3
    structure = (("a", LONG), ("b", LONG))


class AddResponse(DCOMANSWER):
    structure = (("sum", LONG), ("ErrorCode", ULONG))


class Values(DCOMCALL):
    opnum = 4
    structure = (("count", LONG),)


class ValuesResponse(DCOMANSWER):
    structure = (("values", DOUBLES), ("ErrorCode", ULONG))


class Tell(DCOMCALL):
    opnum = 5
    structure = (("text", WSTR),)


class TellResponse(DCOMANSWER):
    structure = (("text", LPWSTR), ("ErrorCode", ULONG))


def say(name, value):
    print("%s: %s" % (name, value), flush=True)


def outcome(function):
    """What the function gives, or the status of its failure."""
    try:
        return function()
    except DCERPCException as error:
        if "RPC_E_DISCONNECTED" in str(error):
            return "RPC_E_DISCONNECTED"
        code = error.get_error_code()
        return str(error) if code is None else "0x%08x" % code


def call(interface, request):
    return interface.request(request, IID_PROBE, interface.get_iPid())


def add(interface, a, b):
    request = Add()
    request["a"] = a
    request["b"] = b
    return call(interface, request)["sum"]


def values(interface, count):
    request = Values()
    request["count"] = count
    answer = call(interface, request)
    return "%d, the last %s" % (len(answer["values"]), answer["values"][-1])


def tell(interface, text):
    request = Tell()
    request["text"] = text + "\0"
    answer = call(interface, request)["text"]
    return "%d characters, %s" % (len(answer) - 1, "the same" if answer == text + "\0" else "others")


def references(request, interface, count):
    request["ORPCthis"] = interface.get_cinstance().get_ORPCthis()
    request["ORPCthis"]["flags"] = 0
    request["cInterfaceRefs"] = 1
    element = REMINTERFACEREF()
    element["ipid"] = interface.get_iPid()
    element["cPublicRefs"] = count
    request["InterfaceRefs"].append(element)
    return interface.request(request, dcomrt.IID_IRemUnknown, interface.get_ipidRemUnknown())


def unauthenticated():
    rpc = transport.DCERPCTransportFactory("ncacn_ip_tcp:%s" % HOST)
    dce = rpc.get_dce_rpc()
    dce.set_auth_level(1)
    return dce


def hosts(bindings):
    tcp = [each["aNetworkAddr"][:-1] for each in bindings if each["wTowerId"] == TCP]
    return "ours first" if tcp and tcp[0].split("[")[0] == HOST else str(tcp)


def lifetime(probe):
    """References are counted: as many as were given must be given back, and then the object is gone."""
    say("add a reference", references(RemAddRef(), probe, 3)["ErrorCode"])
    second = probe.RemQueryInterface(5, (IID_PROBE,))
    say("the same interface again", "the same" if second.get_iPid() == probe.get_iPid() else "another")
    say("give some back", references(RemRelease(), probe, 8)["ErrorCode"])
    say("still there", outcome(lambda: add(probe, 1, 1)))


def connect():
    """Each time anew: impacket binds with each activation, and a connection is bound but once."""
    return DCOMConnection(HOST, USER, PASSWORD, "PLANT", authLevel=LEVEL, oxidResolver=False)


def main():
    say("alive, not logged in", hosts(IObjectExporter(unauthenticated()).ServerAlive2()))
    say("a class that is not", outcome(lambda: connect().CoCreateInstanceEx(string_to_bin(ABSENT), IID_PROBE)))
    connection = connect()
    probe = outcome(lambda: connection.CoCreateInstanceEx(string_to_bin(CLSID), IID_PROBE))
    if isinstance(probe, str):
        say("activation", probe)
        return
    say("activation", "an object")
    say("a call", add(probe, 2, 40))
    say("many values", values(probe, 3000))
    say("a long text", tell(probe, "t\u00e4nd\u0119m " * 1500))
    say("an interface that is not", outcome(lambda: probe.RemQueryInterface(1, (uuidtup_to_bin((IABSENT, "0.0")),))))
    exporter = IObjectExporter(connection.get_dce_rpc())
    say("resolve 2", hosts(exporter.ResolveOxid2(probe.get_oxid(), (TCP,))))
    say("resolve", hosts(exporter.ResolveOxid(probe.get_oxid(), (TCP,))))
    say("resolve what is not", outcome(lambda: exporter.ResolveOxid2(4711, (TCP,))))
    made = exporter.ComplexPing(0, 0, (probe.get_oid(),))
    say("ping with an object", made["ErrorCode"])
    say("ping", exporter.SimplePing(made["pSetId"])["ErrorCode"])
    say("ping of no set", outcome(lambda: exporter.SimplePing(b"12345678")))
    lifetime(probe)
    old = IActivation(connect().get_dce_rpc()).RemoteActivation(string_to_bin(CLSID), IID_PROBE)
    # here it does not heed the server's hint
    old.get_cinstance().set_auth_level(LEVEL)
    say("old activation", add(old, 3, 4))
    say("give all back", references(RemRelease(), old, 100)["ErrorCode"])
    say("gone", outcome(lambda: add(old, 1, 1)))
    say("and the first still there", outcome(lambda: add(probe, 5, 6)))
    say("end", "reached")


main()
