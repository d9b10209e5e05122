"""What a cluster with TLS and passwords has in its folder: a certificate authority of its own, a certificate of the brokers, one of a
client, and a password. Made once by openssl and kept until a reset; the folder is its owner's alone. The authority has one level, since
librdkafka before 2.8 sends no intermediate certificates of a client."""
import os
import pathlib
import secrets
import shutil
import ssl
import subprocess

USER = "florin"
BROKER_USER = "broker"  # the brokers among themselves
DAYS_VALID = 3650
OPENSSL_SECONDS_MAX = 30
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(DAYS_VALID))
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"

# Client certificates are required, and every client says its password over TLS as well. Without the listener's name before it, a broker
# does not heed ssl.client.auth where there are passwords.
SETTINGS = """
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.sasl_ssl.ssl.client.auth=required
ssl.keystore.type=PEM
ssl.truststore.type=PEM
"""


class CertificateError(Exception):
    """openssl could not do it; the text says what, for a person."""


class Certificates:
    """The files in one folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.authority = self.folder / "ca.pem"
        self.certificate, self.key = self.folder / "client.pem", self.folder / "client.key"
        self.brokers = self.folder / "broker.pem"  # key and certificate, as the brokers want them
        self.password_file = self.folder / "password"

    def make(self):
        """All of it, or nothing: a folder that is there was complete when it got its name."""
        if self.folder.exists():
            return
        if shutil.which("openssl") is None:
            raise CertificateError("no openssl, which makes the certificates; call deploy/install_packages kafka")
        new = Certificates(self.folder.with_name(self.folder.name + ".new"))
        shutil.rmtree(new.folder, ignore_errors=True)
        new.folder.mkdir(mode=0o700, parents=True)
        old_mask = os.umask(0o077)
        try:
            new.write_all()
        finally:
            os.umask(old_mask)
        new.folder.rename(self.folder)

    def write_all(self):
        authority_key = self.folder / "ca.key"
        self.certify(self.authority, authority_key, "Florin test authority", "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
        signed = ("-CA", self.authority, "-CAkey", authority_key)
        broker_certificate, broker_key = self.folder / "broker.crt", self.folder / "broker.key"
        self.certify(broker_certificate, broker_key, "localhost", NAMES, "basicConstraints=critical,CA:FALSE", signed=signed)
        self.certify(self.certificate, self.key, USER, "basicConstraints=critical,CA:FALSE", "extendedKeyUsage=clientAuth", signed=signed)
        self.brokers.write_text(broker_key.read_text() + broker_certificate.read_text())
        self.password_file.write_text(secrets.token_urlsafe(24))

    @staticmethod
    def certify(certificate, key, name, *extensions, signed=()):
        more = [word for extension in extensions for word in ("-addext", extension)]
        command = ["openssl", "req", "-x509", *NEW_KEY, "-keyout", key, "-out", certificate, "-subj", f"/CN={name}", *signed, *more]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=OPENSSL_SECONDS_MAX, check=False)
        if done.returncode != 0:
            raise CertificateError(f"openssl could not make {certificate.name}:\n{done.stderr.strip()}")

    def password(self):
        return self.password_file.read_text()

    def broker_settings(self):
        users = {BROKER_USER: self.password(), USER: self.password()}
        allowed = " ".join(f'user_{name}="{password}"' for name, password in users.items())
        return SETTINGS.lstrip().splitlines() + [
            f"ssl.keystore.location={self.brokers}", f"ssl.truststore.location={self.authority}",
            "listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'username="{BROKER_USER}" password="{self.password()}" {allowed};']

    def client_context(self):
        """With the client's certificate, for whoever speaks to a broker by a socket."""
        context = ssl.create_default_context(cafile=self.authority)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def variables(self):
        """What a client is told by, as Florin's variables."""
        return {"FLORIN_KAFKA_CA": self.authority, "FLORIN_KAFKA_CERT": self.certificate, "FLORIN_KAFKA_KEY": self.key,
                "FLORIN_KAFKA_USER": USER, "FLORIN_KAFKA_PASSWORD": self.password()}
