"""The public key of an environment's release, as a setting of what only reads: model servers and reports."""

from typing import Annotated

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import PlainValidator, WithJsonSchema

from ecluse_release.manifest import ManifestError, public_key


def _public_key(pem: str) -> ec.EllipticCurvePublicKey:
    try:
        return public_key(pem)
    except ManifestError as error:
        raise ValueError(f"cannot be used: {error}") from None


PublicKey = Annotated[
    ec.EllipticCurvePublicKey, PlainValidator(_public_key), WithJsonSchema({"type": "string"})
]
