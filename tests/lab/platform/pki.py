# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of one cluster: an authority, a server certificate, client certificates, the service account key."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import state

_YEARS_10 = datetime.timedelta(days=3650)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, both PEM."""

    cert: str
    key: str


def ensure_authority(folder: Path) -> Pair:
    """Return the cluster's authority, made on first use."""
    return _ensure(folder, "ca", lambda: _issue(None, "kubernetes", authority=True))


def ensure_server(folder: Path, name: str, hosts: list[str]) -> Pair:
    """Return a server certificate for these names and addresses, made anew when the list has grown."""
    wanted = sorted(set(hosts))
    marker = folder / f"{name}.hosts"
    if not marker.exists() or marker.read_text(encoding="utf-8").split() != wanted:
        (folder / f"{name}.crt").unlink(missing_ok=True)
        state.write(marker, "\n".join(wanted))
    authority = ensure_authority(folder)
    return _ensure(folder, name, lambda: _issue(authority, name, hosts=wanted))


def ensure_client(folder: Path, user: str, group: str) -> Pair:
    """Return a client certificate for `user` of `group`."""
    authority = ensure_authority(folder)
    return _ensure(folder, user.replace(":", "-"), lambda: _issue(authority, user, organization=group))


def _ensure(folder: Path, name: str, make: object) -> Pair:
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    if not (cert.exists() and key.exists()):
        pair: Pair = make()  # type: ignore[operator]
        state.write(key, pair.key)
        state.write(cert, pair.cert)
    return Pair(cert.read_text(encoding="utf-8"), key.read_text(encoding="utf-8"))


def _issue(
    issuer: Pair | None,
    common_name: str,
    organization: str = "",
    hosts: list[str] | None = None,
    authority: bool = False,
) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    subject = x509.Name(names)
    signer_cert = x509.load_pem_x509_certificate(issuer.cert.encode()) if issuer else None
    signer_key = serialization.load_pem_private_key(issuer.key.encode(), None) if issuer else key
    if not isinstance(signer_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is not an elliptic curve key")
    now = datetime.datetime.now(datetime.UTC)
    usage = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer_cert.subject if signer_cert else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Guests' clocks may lag a little behind.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _YEARS_10)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key.public_key()), critical=False)
    )
    if authority:
        builder = builder.add_extension(_key_usage(sign=True), critical=True)
    else:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(_key_usage(sign=False), critical=True)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(h) for h in hosts]), critical=False)
    cert = builder.sign(signer_key, hashes.SHA256())
    return Pair(
        cert.public_bytes(serialization.Encoding.PEM).decode(),
        # kube-apiserver reads its service account key in this older form only.
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ).decode(),
    )


def _key_usage(sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not sign,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
