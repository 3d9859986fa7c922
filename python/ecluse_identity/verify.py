"""Verifies a bearer JWT against what a server trusts, and says who shows it.

Free of MLflow and Flask, so that the model server can use it cheaply.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from ecluse_identity.claims import KIND_RULES, Principal, Refused
from ecluse_identity.keys import Fetch, KeySet, UnknownKey, fetch_jwks
from ecluse_identity.trust import Issuer, Trust

LEEWAY_SECONDS = 5
_LIMIT_CHARACTERS = 8192


@dataclass(frozen=True)
class Verified:
    """A principal with the claims that prove it."""

    principal: Principal
    claims: Mapping[str, Any]


def bearer(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer …` header, or None."""
    scheme, _, token = (authorization or "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


class Verifier:
    """Verifies tokens for one server. Safe to use from several threads."""

    def __init__(self, trust: Trust, fetch: Fetch = fetch_jwks) -> None:
        self.trust = trust
        self._keys: dict[int, KeySet] = {}
        fetched: dict[object, KeySet] = {}
        for n, issuer in enumerate(trust.issuers):
            # The forge issues for jobs and for people: one cache, and one rate limit, for both.
            source = (issuer.jwks_uri, issuer.ca_file, issuer.token_file) if issuer.jwks_uri else n
            self._keys[n] = fetched.setdefault(source, KeySet(issuer, fetch))

    def verify(self, token: str) -> Verified:
        """The caller that the token proves; raises Refused, whose reason may be logged."""
        if len(token) > _LIMIT_CHARACTERS:
            raise Refused(f"token of {len(token)} characters; at most {_LIMIT_CHARACTERS} are read")
        try:
            header = jwt.get_unverified_header(token)
            unproven = jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError as error:
            raise Refused(f"not a JWT: {error}") from None
        number, issuer = self._issuer(unproven)
        claims = self._signed_claims(token, header, number, issuer)
        return Verified(KIND_RULES[issuer.kind](claims, self.trust, issuer), claims)

    def _issuer(self, claims: Mapping[str, Any]) -> tuple[int, Issuer]:
        """The issuer to check against: a job's token and a person's may come from one and the same."""
        named = [(n, i) for n, i in enumerate(self.trust.issuers) if i.issuer == claims.get("iss")]
        if not named:
            raise Refused(f"issuer {str(claims.get('iss'))[:128]!r} is not trusted here")
        wanted = "ci" if "job_id" in claims else "person"
        for number, issuer in named:
            if issuer.kind in ("workload", wanted):
                return number, issuer
        raise Refused(f"issuer {named[0][1].issuer!r} is not trusted here for {wanted} tokens")

    def _signed_claims(
        self, token: str, header: Mapping[str, Any], number: int, issuer: Issuer
    ) -> Mapping[str, Any]:
        try:
            key = self._keys[number].find(str(header.get("kid")))
            if header.get("alg") != key.algorithm_name:
                raise Refused(
                    f"algorithm {str(header.get('alg'))[:16]!r} is not {key.algorithm_name}, as the key's is"
                )
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                issuer=issuer.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"], "verify_aud": False},
            )
        except UnknownKey as error:
            raise Refused(str(error)) from None
        except jwt.ExpiredSignatureError:
            login = f"ecluse login {self.trust.environment}"
            raise Refused(f"the token has expired; `{login}` gives a person another") from None
        except jwt.PyJWTError as error:
            raise Refused(str(error)) from None
        # One and no other, as text or as a ServiceAccount's list of one: PyJWT takes several, or no list.
        audience = issuer.audience or self.trust.audience
        if claims["aud"] not in (audience, [audience]):
            raise Refused(f"audience is not {audience!r}")
        return claims
