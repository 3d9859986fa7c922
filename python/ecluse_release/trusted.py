"""The public keys of an environment's release, as a setting of what only reads: model servers and reports."""

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from ecluse_release import manifest


def _public_keys(pem: str) -> manifest.PublicKeys:
    try:
        return manifest.public_keys(pem)
    except manifest.ManifestError as error:
        raise ValueError(f"cannot be used: {error}") from None


PublicKeys = Annotated[manifest.PublicKeys, PlainValidator(_public_keys), WithJsonSchema({"type": "string"})]
