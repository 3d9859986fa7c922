"""The signed manifest of a model: the sha256 of each of its files, with what it was released for.

Shared by the release, which signs, and the model server, which verifies; free of MLflow.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

PublicKeys = tuple[ec.EllipticCurvePublicKey, ...]
"""The keys that verify a release: the present one first, then the one before it, whose models still serve."""
_PEM_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)
_TYPE = "ecluse-manifest"
TAG = "ecluse.manifest"
"""The tag of a version that has its manifest."""


class ManifestError(Exception):
    """A manifest, or a folder held against it, that is not to be trusted; the message says why."""


@dataclass(frozen=True)
class Statement:
    """What a release states about a model.

    `format` is the name of one of `ecluse_models`; `files` maps each path in the model's folder to its
    sha256. `data_version` is what had landed for training, `holdout_version` what the model was judged by.
    `reference` is the usual value of each input in the training data, as far as it has one.
    `accountability` is who answered for the model then; None where the stack did not say it.
    """

    environment: str
    use_case: str
    model_id: str
    format: str
    run_id: str
    commit: str
    data_version: str
    holdout_version: str
    pipeline_id: str
    gates: list[dict[str, Any]]
    files: Mapping[str, str]
    accountability: Mapping[str, Any] | None = None
    reference: Mapping[str, Any] = field(default_factory=dict[str, Any])


def file_hashes(folder: Path) -> dict[str, str]:
    """The sha256 of every file below a folder, by POSIX path; raises ManifestError on a link."""
    hashes: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise ManifestError(f"{path.relative_to(folder)} is a link; a model holds files only")
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            hashes[path.relative_to(folder).as_posix()] = digest
    return hashes


@dataclass(frozen=True)
class SigningKey:
    """The key that signs what is released, and the public halves of those before it."""

    private: ec.EllipticCurvePrivateKey
    former: PublicKeys = ()

    @property
    def present(self) -> PublicKeys:
        """What verifies that this very key signed."""
        return (self.private.public_key(),)

    def public_keys(self) -> PublicKeys:
        """What verifies that this key, or one before it, signed."""
        return (*self.present, *self.former)


def private_key(pem: str) -> SigningKey:
    """The EC P-256 private key of a PEM text, and public keys after it; raises ManifestError."""
    first, *former = _blocks(pem)
    try:
        key = load_pem_private_key(first.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ManifestError("the signing key is not an EC P-256 private key in PEM")
    return SigningKey(key, tuple(map(_public_key, former)))


def public_keys(pem: str) -> PublicKeys:
    """The EC P-256 public keys of a PEM text, the present one first; raises ManifestError."""
    return tuple(map(_public_key, _blocks(pem)))


def _public_key(block: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_pem_public_key(block.encode())
    except ValueError:
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ManifestError("the public signing key is not an EC P-256 public key in PEM")
    return key


def _blocks(pem: str) -> list[str]:
    """Each key of a PEM text by itself; the text where it has none, which no key is read from."""
    return [found.group() for found in _PEM_BLOCK.finditer(pem)] or [pem]


def sign(statement: Statement, key: SigningKey) -> str:
    """The statement as a compact JWS (ES256) over its canonical JSON."""
    return seal(asdict(statement), _TYPE, key)


def seal(document: Mapping[str, Any], kind: str, key: SigningKey) -> str:
    """A document as a compact JWS (ES256) over its canonical JSON; no other kind passes for it."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return jwt.PyJWS().encode(canonical, key.private, "ES256", {"typ": kind})


def unseal(jws: str, what: str, kind: str, keys: PublicKeys) -> dict[str, Any]:
    """The document of a JWS of this kind that one of the keys signed; raises ManifestError, naming `what`."""
    decoded = _verified(jws, what, keys)
    if decoded["header"].get("typ") != kind:
        raise ManifestError(f"{what} has type {decoded['header'].get('typ')!r}, not {kind!r}")
    try:
        return cast(dict[str, Any], json.loads(decoded["payload"]))
    except ValueError as error:
        raise ManifestError(f"{what} cannot be read: {error}") from None


def _verified(jws: str, what: str, keys: PublicKeys) -> dict[str, Any]:
    problem = None
    for key in keys:
        try:
            return jwt.PyJWS().decode_complete(jws, key, algorithms=["ES256"])
        except jwt.PyJWTError as error:
            problem = error
    raise ManifestError(f"{what} is not signed by this environment's release key: {problem}")


def read(jws: str, keys: PublicKeys) -> Statement:
    """The statement of a JWS that one of these keys signed; raises ManifestError."""
    document = unseal(jws, "the manifest", _TYPE, keys)
    try:
        statement = Statement(**document)
        paths = [PurePosixPath(path) for path in statement.files]
    except TypeError as error:
        raise ManifestError(f"the manifest cannot be read: {error}") from None
    # Its files are downloaded to these paths below a folder.
    outside = [str(path) for path in paths if path.is_absolute() or ".." in path.parts]
    if outside:
        raise ManifestError(f"the manifest names a file outside of the model: {outside[0]!r}; release again")
    return statement


def verify_folder(folder: Path, statement: Statement) -> None:
    """Holds a model's folder against its manifest; raises ManifestError on any difference."""
    found, stated = file_hashes(folder), statement.files
    differences = [f"{path} is missing" for path in sorted(stated.keys() - found.keys())]
    differences += [f"{path} is extra" for path in sorted(found.keys() - stated.keys())]
    differences += [
        f"{path} has sha256 {found[path][:12]}…, not {stated[path][:12]}…"
        for path in sorted(found.keys() & stated.keys())
        if found[path] != stated[path]
    ]
    if differences:
        raise ManifestError("the model is not the one that was released: " + "; ".join(differences))
