"""Every way in which a token is refused, with real keys, and the ones that are accepted."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from ecluse_identity.claims import Refused
from ecluse_identity.keys import RETRY_SECONDS, KeySet, UnknownKey
from ecluse_identity.testing import TRACKING, WORKLOADS, TokenIssuer, identity_document
from ecluse_identity.trust import IdentityError, Issuer, parse_trust
from ecluse_identity.verify import Verifier, bearer

FORGE = TokenIssuer("http://forge.test")
PODS = TokenIssuer(WORKLOADS, "workload-1")
STRANGER = TokenIssuer(FORGE.issuer)
DOCUMENT = identity_document(FORGE.issuer, "http://forge.test/keys", PODS.jwks(), TRACKING)


def verifier(document: str = DOCUMENT) -> Verifier:
    return Verifier(parse_trust(document), lambda _uri: FORGE.jwks())


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": FORGE.kid}).encode()).decode()
    return f"{header.rstrip('=')}.{token.split('.')[1]}."


def signed_with_public_key(token: str) -> str:
    public = FORGE.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": FORGE.kid}).encode())
    signed = f"{header.decode().rstrip('=')}.{token.split('.')[1]}"
    mac = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).decode()
    return f"{signed}.{mac.rstrip('=')}"


def with_other_claims(token: str) -> str:
    head, _, signature = token.split(".")
    body = json.dumps(jwt.decode(FORGE.ci("release"), options={"verify_signature": False})).encode()
    return f"{head}.{base64.urlsafe_b64encode(body).decode().rstrip('=')}.{signature}"


REFUSED: Mapping[str, tuple[Callable[[], str], str]] = {
    "no token": (lambda: "", "not a JWT"),
    "no JWT": (lambda: "a.b.c", "not a JWT"),
    "oversized": (lambda: "a" * 9000, "9000 characters"),
    "algorithm none": (lambda: unsigned(FORGE.ci()), "'none' is not ES256"),
    "HMAC with the public key": (lambda: signed_with_public_key(FORGE.ci()), "'HS256' is not ES256"),
    "other audience": (lambda: FORGE.ci(audience="ecluse-dev-tracking"), "audience is not"),
    "several audiences": (lambda: FORGE.ci(aud=[TRACKING, "ecluse-dev-tracking"]), "audience is not"),
    "expired": (lambda: FORGE.ci(exp=int(time.time()) - 60), "expired"),
    "no expiry": (lambda: FORGE.ci(exp=None), "exp"),
    "not yet valid": (lambda: FORGE.ci(nbf=int(time.time()) + 600), "not yet valid"),
    "other issuer": (lambda: FORGE.ci(iss="http://evil.test"), "'http://evil.test' is not trusted"),
    "other signer": (lambda: STRANGER.ci(), "Signature verification failed"),
    "changed claims": (lambda: with_other_claims(FORGE.ci()), "Signature verification failed"),
    "unknown key": (lambda: FORGE.mint({"aud": TRACKING}, kid="key-2"), "no key 'key-2'"),
    "other project": (lambda: FORGE.ci(project_id="9"), "project_id '9' is not trusted"),
    "no project": (lambda: FORGE.ci(project_id=None), "project_id 'None' is not trusted"),
    "moved project": (lambda: FORGE.ci(project_path="evil/bank-churn"), "not 'ecluse/bank-churn'"),
    "other environment": (lambda: FORGE.ci(environment="dev"), "environment 'dev' is not 'prod'"),
    "no environment": (lambda: FORGE.ci(environment=None), "environment 'None' is not 'prod'"),
    "unprotected ref": (lambda: FORGE.ci(ref_protected="false", ref="feature"), "'feature' is not protected"),
    "protection not said": (lambda: FORGE.ci(ref_protected=True), "not protected"),
    "person in no group": (lambda: FORGE.person(groups=["others"]), "in no group"),
    "groups as text": (lambda: FORGE.person(groups="ecluse-scientists"), "in no group"),
    "login with a colon": (lambda: FORGE.person(preferred_username="ci:x"), "is not a login"),
    "no service account": (lambda: PODS.mint({"sub": "user:ada", "aud": TRACKING}), "no service account"),
    "other service account": (lambda: PODS.workload("train"), "no service account"),
    "workload signed by the forge": (
        lambda: FORGE.mint({"iss": WORKLOADS, "sub": "system:serviceaccount:a:serve", "aud": TRACKING}),
        "no key 'key-1'",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    token, reason = REFUSED[case][0](), REFUSED[case][1]
    with pytest.raises(Refused, match=reason) as refusal:
        verifier().verify(token)
    assert not token or token not in str(refusal.value)


@pytest.mark.parametrize(
    ("token", "name", "role", "use_case"),
    [
        (FORGE.ci(), "ci:ecluse/bank-churn:prod:train", "train", "bank-churn"),
        (FORGE.ci("release"), "ci:ecluse/platform:prod:release", "release", "*"),
        (FORGE.person(), "person:ada", "auditor", "*"),
        (PODS.workload("monitor"), "workload:bank-churn:prod:monitor", "monitor", "bank-churn"),
    ],
)
def test_accepted(token: str, name: str, role: str, use_case: str) -> None:
    principal = verifier().verify(token).principal
    assert (principal.name, principal.role, principal.use_case) == (name, role, use_case)


def test_an_unprotected_ref_is_accepted_outside_production() -> None:
    document = DOCUMENT.replace('"tier": "production"', '"tier": "development"')
    token = FORGE.ci(ref_protected="false", ref="feature")
    assert verifier(document).verify(token).principal.role == "train"


def test_a_new_key_is_fetched_but_not_at_every_unknown_one() -> None:
    now, asked, rotated = [0.0], list[str](), TokenIssuer("i", "key-2")

    def fetch(uri: str) -> Mapping[str, Any]:
        asked.append(uri)
        return FORGE.jwks() if len(asked) == 1 else rotated.jwks()

    keys = KeySet(Issuer("ci", "i", "http://i/keys", None), fetch, lambda: now[0])
    assert keys.find("key-1").key_id == "key-1"
    for _ in range(50):
        with pytest.raises(UnknownKey):
            keys.find("key-2")
    assert len(asked) == 1
    now[0] = RETRY_SECONDS
    assert keys.find("key-2").key_id == "key-2"
    with pytest.raises(UnknownKey):
        keys.find("key-1")


def test_cached_keys_outlive_an_issuer_that_is_down() -> None:
    now, up = [0.0], [True]

    def fetch(_uri: str) -> Mapping[str, Any]:
        if not up[0]:
            raise OSError("connection refused")
        return FORGE.jwks()

    keys = KeySet(Issuer("ci", "i", "http://i/keys", None), fetch, lambda: now[0])
    keys.find("key-1")
    up[0], now[0] = False, 10_000.0
    assert keys.find("key-1").key_id == "key-1"
    now[0] = 20_000.0
    with pytest.raises(UnknownKey, match="connection refused"):
        keys.find("key-2")


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer a.b", "a.b"), ("bearer a.b", "a.b"), ("Basic a.b", None), ("Bearer ", None), (None, None)],
)
def test_bearer(header: str | None, token: str | None) -> None:
    assert bearer(header) == token


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tier": "live"}, "tier must be one of .* got 'live'"),
        ({"audience": ""}, "audience must be a non-empty string, got ''"),
        ({"issuers": []}, "issuers must be a non-empty list"),
        ({"issuers": [{"kind": "robot", "issuer": "i", "jwks": {}}]}, r"issuers\[0\].kind .* got 'robot'"),
        ({"issuers": [{"kind": "ci", "issuer": "i"}]}, "exactly one of jwks_uri and jwks"),
        ({"issuers": [{"kind": "ci", "issuer": "i", "jwks_uri": "file:///k"}]}, r"must be an http\(s\) URL"),
        ({"projects": {"2": {"path": "a/b", "role": "train"}}}, "projects.2.use_case must be"),
    ],
)
def test_a_wrong_identity_document_names_the_key(change: dict[str, Any], message: str) -> None:
    with pytest.raises(IdentityError, match=message):
        parse_trust(json.dumps({**json.loads(DOCUMENT), **change}))


def test_an_identity_that_is_no_json_is_refused() -> None:
    with pytest.raises(IdentityError, match="not JSON"):
        parse_trust("{")
