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
from cryptography.hazmat.primitives.asymmetric import rsa

from ecluse_core.errors import SettingError
from ecluse_identity.claims import Principal, Refused
from ecluse_identity.keys import RETRY_SECONDS, KeySet, UnknownKey
from ecluse_identity.trust import Issuer, parse_trust
from ecluse_identity.verify import Verifier, bearer
from tests.identity.tracking import TRACKING, WORKLOADS, TokenIssuer, identity_document

FORGE = TokenIssuer("http://forge.test")
PODS = TokenIssuer(WORKLOADS, "workload-1")
STRANGER = TokenIssuer(FORGE.issuer)
GITLAB = TokenIssuer("https://gitlab.test", "rsa-1", rsa.generate_private_key(65537, 2048))
WEAK = TokenIssuer(GITLAB.issuer, "rsa-2", rsa.generate_private_key(65537, 1024))
DOCUMENT = identity_document(FORGE.issuer, "http://forge.test/keys", PODS.jwks(), TRACKING)
PROXY = "proxy-client-id"


def cluster(**workload: Any) -> str:
    """What a server on a cluster trusts: jobs and people of GitLab, and two namespaces of a use case."""
    document = json.loads(identity_document(GITLAB.issuer, "https://gitlab.test/keys", PODS.jwks(), TRACKING))
    document["issuers"][1]["audience"] = PROXY
    document["issuers"][2]["namespaces"] = {
        "prod-bank-churn": {"use_case": "bank-churn", "roles": ["serve", "monitor"]},
        "prod-bank-churn-ci": {"use_case": "bank-churn", "roles": ["train"]},
    }
    document["issuers"][2] |= workload
    document["groups"] = {"bank/scientists": "scientist", "4d0e9f0b-entra": "auditor"}
    return json.dumps(document)


def on_cluster(token: str) -> Principal:
    keys = {"keys": [*GITLAB.jwks()["keys"], *WEAK.jwks()["keys"]]}
    return Verifier(parse_trust(cluster()), lambda _issuer: keys).verify(token).principal


def pod(namespace: str, account: str, **claims: Any) -> str:
    """A projected token as a cluster's: its audience is a list."""
    return PODS.mint({"sub": f"system:serviceaccount:{namespace}:{account}", "aud": [TRACKING], **claims})


def person(**claims: Any) -> str:
    """An id_token of GitLab, made for the proxy: no login in it, groups by path."""
    known = {"sub": "42", "aud": PROXY, "email": "ada@bank.test", "email_verified": True}
    return GITLAB.mint({**known, "groups_direct": ["bank/scientists"], **claims})


def verifier(document: str = DOCUMENT) -> Verifier:
    return Verifier(parse_trust(document), lambda _issuer: FORGE.jwks())


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


def with_header(token: str, kid: str) -> str:
    head, body, signature = token.split(".")
    given = {**jwt.get_unverified_header(token), "kid": kid}
    head = base64.urlsafe_b64encode(json.dumps(given).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


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

    def fetch(issuer: Issuer) -> Mapping[str, Any]:
        asked.append(issuer.issuer)
        return FORGE.jwks() if len(asked) == 1 else rotated.jwks()

    keys = KeySet(Issuer("ci", "i", "http://i/keys"), fetch, lambda: now[0])
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

    def fetch(_issuer: Issuer) -> Mapping[str, Any]:
        if not up[0]:
            raise OSError("connection refused")
        return FORGE.jwks()

    keys = KeySet(Issuer("ci", "i", "http://i/keys"), fetch, lambda: now[0])
    keys.find("key-1")
    up[0], now[0] = False, 10_000.0
    assert keys.find("key-1").key_id == "key-1"
    now[0] = 20_000.0
    with pytest.raises(UnknownKey, match="connection refused"):
        keys.find("key-2")


@pytest.mark.parametrize(
    ("token", "name", "role"),
    [
        (GITLAB.ci(), "ci:ecluse/bank-churn:prod:train", "train"),
        (pod("prod-bank-churn", "serve"), "workload:bank-churn:prod:serve", "serve"),
        (pod("prod-bank-churn-ci", "train"), "workload:bank-churn:prod:train", "train"),
        (person(), "person:ada@bank.test", "scientist"),
        (
            person(preferred_username="o'brien@bank.test", groups_direct=None, groups=["4d0e9f0b-entra"]),
            "person:o'brien@bank.test",
            "auditor",
        ),
    ],
)
def test_accepted_on_a_cluster(token: str, name: str, role: str) -> None:
    principal = on_cluster(token)
    assert (principal.name, principal.role) == (name, role)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (lambda: pod("dev-bank-churn", "serve"), "no service account that prod trusts"),
        (lambda: pod("prod-bank-churn-ci", "serve"), "no service account that prod trusts"),
        (lambda: pod("prod-bank-churn", "train"), "no service account that prod trusts"),
        (lambda: pod("prod-bank-churn", "default"), "no service account that prod trusts"),
        (lambda: pod("prod-bank-churn", "serve", aud=["ecluse-dev-tracking"]), "audience is not"),
        (lambda: pod("prod-bank-churn", "serve", aud=[TRACKING, PROXY]), "audience is not"),
        (lambda: GITLAB.ci(audience=PROXY), f"audience is not '{TRACKING}'"),
        (lambda: person(aud=TRACKING), f"audience is not '{PROXY}'"),
        (lambda: person(email_verified=False), "nor is there a verified email"),
        (lambda: person(email_verified="true"), "nor is there a verified email"),
        (lambda: person(preferred_username="ada@bank.test:x"), "is not a login"),
        (lambda: person(preferred_username="ada@bank.test\n"), "is not a login"),
        (lambda: person(groups_direct=["bank"]), "in no group"),
        (lambda: person(groups_direct="bank/scientists"), "in no group"),
        (lambda: WEAK.ci(), "no key 'rsa-2'"),
        (lambda: with_header(FORGE.ci(iss=GITLAB.issuer), "rsa-1"), "'ES256' is not RS256"),
        (lambda: with_header(GITLAB.ci(iss=WORKLOADS), "workload-1"), "'RS256' is not ES256"),
    ],
)
def test_refused_on_a_cluster(token: Callable[[], str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        on_cluster(token())


@pytest.mark.parametrize(
    "change", [{"alg": "ES256"}, {"alg": "RS512"}, {"alg": "HS256"}, {"use": "enc"}, {"kty": "oct"}]
)
def test_a_key_that_says_otherwise_verifies_nothing(change: dict[str, str]) -> None:
    jwk = {**GITLAB.jwks()["keys"][0], **change}
    keys = KeySet(Issuer("ci", "i", jwks={"keys": [jwk]}))
    with pytest.raises(UnknownKey):
        keys.find("rsa-1")


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer a.b", "a.b"), ("bearer a.b", "a.b"), ("Basic a.b", None), ("Bearer ", None), (None, None)],
)
def test_bearer(header: str | None, token: str | None) -> None:
    assert bearer(header) == token


def workload(**change: Any) -> dict[str, Any]:
    return {"issuers": [json.loads(cluster(**change))["issuers"][2]]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tier": "live"}, "ECLUSE_IDENTITY: tier must be .* or 'production', got 'live'"),
        ({"audience": ""}, "audience must have at least 1 character, got ''"),
        ({"issuers": []}, "issuers must have at least 1 item"),
        ({"issuers": [{"kind": "robot", "issuer": "i", "jwks": {}}]}, r"issuers\[0\].kind .* got 'robot'"),
        ({"issuers": [{"kind": "ci", "issuer": "i"}]}, "exactly one of jwks_uri and jwks"),
        (
            {"issuers": [{"kind": "ci", "issuer": "i", "jwks_uri": "file:///k"}]},
            r"must be an http\(s\) URL",
        ),
        (workload(namespaces=None), r"issuers\[0\] has namespaces only where kind is workload"),
        (workload(kind="ci"), "namespaces only where kind is workload"),
        (
            workload(namespaces={"a": {"use_case": "a", "roles": ["boss"]}}),
            r"namespaces.a.roles\[0\] must be .* got 'boss'",
        ),
        (workload(namespaces={"a": {"roles": ["serve"]}}), "namespaces.a.use_case is missing"),
        (workload(token_file="/var/run/token"), "they need a jwks_uri of https, got None"),
        (workload(jwks=None, jwks_uri="http://i/k", ca_file="/ca"), "of https, got 'http://i/k'"),
        (workload(audience=7), r"issuers\[0\].audience must be a valid string, got 7"),
        ({"projects": {"2": {"path": "a/b", "role": "train"}}}, "projects.2.use_case is missing"),
    ],
)
def test_a_wrong_identity_document_names_the_key(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        parse_trust(json.dumps({**json.loads(DOCUMENT), **change}))


def test_an_identity_that_is_no_json_is_refused() -> None:
    with pytest.raises(SettingError, match="not JSON"):
        parse_trust("{")
