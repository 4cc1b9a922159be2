"""A real mail server on a port of this machine: takes mails, refuses whom it is told to, hangs up, speaks TLS and asks for a password."""

import base64
import socketserver
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Box:
    """What the server has taken and how it behaves; `refuses` maps an address to the answer it gets."""

    port: int = 0
    taken: list = field(default_factory=list)
    refuses: dict = field(default_factory=dict)
    hangs_up_on: set = field(default_factory=set)
    password: str | None = None
    logins: list = field(default_factory=list)
    secure: list = field(default_factory=list)
    connections: int = 0
    on_taken: object = None

    @property
    def ids(self):
        return [one["Message-ID"] for one in self.taken]

    @property
    def readers(self):
        return [one["To"] for one in self.taken]


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    timeout = 20

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self):  # noqa: C901, PLR0912 - one line per word of the protocol
        box, self.tls = self.server.box, self.server.implicit
        box.connections += 1
        self.say("220 mail.test")
        reader = None
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            match word.upper():
                case "EHLO" | "HELO":
                    offers = ["STARTTLS"] if self.server.context and not self.tls else []
                    offers += ["AUTH PLAIN"] if box.password and (self.tls or not self.server.context) else []
                    for one in ["mail.test", *offers][:-1]:
                        self.say(f"250-{one}")
                    self.say(f"250 {['mail.test', *offers][-1]}")
                case "STARTTLS":
                    self.say("220 go")
                    self._secure()
                case "AUTH":
                    _, login, given = base64.b64decode(rest.split()[1]).decode().split("\0")
                    box.logins.append(login)
                    self.say("235 ok" if given == box.password else "535 wrong")
                case "MAIL":
                    self.say("250 ok" if not box.password or box.logins else "530 log in")
                case "RCPT":
                    reader = rest.partition(":")[2].strip("<> ")
                    if reader in box.hangs_up_on:
                        return
                    self.say(box.refuses.get(reader, "250 ok"))
                case "DATA":
                    self.say("354 go on")
                    body = b""
                    while (part := self.rfile.readline()) not in {b".\r\n", b""}:
                        body += part[1:] if part.startswith(b"..") else part
                    box.taken.append(message_from_bytes(body, policy=policy.default))
                    box.secure.append(self.tls)
                    self.say("250 taken")
                    if box.on_taken:
                        box.on_taken()
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def _secure(self):
        self.wfile.close()
        self.rfile.close()
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
        self.tls = True

    def finish(self):
        super().finish()
        if self.tls:
            self.request.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    context = None
    implicit = False

    def get_request(self):
        asked, where = super().get_request()
        return (self.context.wrap_socket(asked, server_side=True) if self.implicit else asked), where

    def handle_error(self, request, client_address):
        """A client that hangs up, as one that does not trust us, is no fault of the server."""


@contextmanager
def a_mail_server(certificate=None, *, implicit=False, **how):
    """A running server; `certificate` is a pair of files for TLS, `implicit` from the first byte."""
    server = _Server(("127.0.0.1", 0), _Talk)
    if certificate:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(*certificate)
    server.implicit = implicit
    server.box = Box(port=server.server_address[1], **how)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def a_certificate(folder):
    """Certificate and key of 127.0.0.1, signed by itself, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "server.pem", folder / "server.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(cert), str(secret)
