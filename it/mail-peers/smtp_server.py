#!/usr/bin/python3
"""A mail server on aiosmtpd that wants TLS and a login, and prints a line of JSON for each mail that it takes.

usage: smtp_server.py <starttls or tls> <certificate and key, PEM> <user> <password>
prints "PORT <number>" when it listens at 127.0.0.1, and ends when its input ends
"""
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

KIND, PEM, USER, PASSWORD = sys.argv[1:5]


def authenticate(server, session, envelope, mechanism, data):
    known = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=False, auth_data=data)


class Taker:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print("MAIL " + json.dumps({
            "secured": server.transport.get_extra_info("cipher") is not None,
            "user": session.auth_data.login.decode(),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": mail["Subject"],
            "text": mail.get_body().get_content(),
        }), flush=True)
        return "250 taken"


def protocol(context):
    if KIND == "starttls":
        return SMTP(Taker(), hostname="mail.plant.example", tls_context=context, require_starttls=True,
                    auth_required=True, authenticator=authenticate)
    # aiosmtpd does not see that the connection is one of TLS already.
    return SMTP(Taker(), hostname="mail.plant.example", auth_required=True, auth_require_tls=False,
                authenticator=authenticate)


async def serve():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(context), "127.0.0.1", 0, ssl=context if KIND == "tls" else None)
    print("PORT %d" % server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
