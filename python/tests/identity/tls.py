"""A certificate authority for tests, and servers on loopback that it vouches for."""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Certificates:
    """Files, PEM: the authority's certificate, and the certificate and key of `127.0.0.1` and `localhost`."""

    authority: Path
    certificate: Path
    key: Path

    @property
    def folder(self) -> Path:
        """Where a Secret of the type kubernetes.io/tls would be mounted."""
        return self.certificate.parent


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey
) -> bytes:
    now, authority = datetime.now(UTC), subject == issuer
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


def certificates(folder: Path) -> Certificates:
    """Makes an authority and a server's certificate, good for an hour."""
    name = f"Test CA {secrets.token_hex(4)}"
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    files = Certificates(folder / "ca.pem", folder / "tls.crt", folder / "tls.key")
    files.authority.write_bytes(_certificate(name, authority, name, authority))
    files.certificate.write_bytes(_certificate("server", server, name, authority))
    files.key.touch(mode=0o600)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files.key.write_bytes(server.private_bytes(encoding, form, serialization.NoEncryption()))
    return files
