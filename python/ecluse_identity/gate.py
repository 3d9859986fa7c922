"""Who a request comes from: a bearer token or a session cookie, and a user that holds grants here."""

import threading
from dataclasses import dataclass, field

from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

from ecluse_identity.claims import Principal, Refused
from ecluse_identity.grants import converge_user, person_role_ids, role_workspaces
from ecluse_identity.sessions import Sessions
from ecluse_identity.trust import Tier
from ecluse_identity.verify import Verified, Verifier, bearer


@dataclass
class Gate:
    """Admits callers to the tracking server. Safe to use from several threads."""

    verifier: Verifier
    sessions: Sessions
    store: SqlAlchemyStore
    _known: set[Principal] = field(default_factory=set[Principal])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, authorization: str | None, cookie: str | None) -> Verified:
        """The caller, whose MLflow user exists with its grants; raises Refused."""
        token = bearer(authorization)
        if token:
            verified = self.verifier.verify(token)
            self.sessions.refuse_used(verified.claims)
        elif cookie:
            verified = Verified(self.sessions.read(cookie), {})
        else:
            raise Refused("no bearer token and no session; `ecluse open` logs a person in")
        self._require_user(verified.principal)
        return verified

    @property
    def tier(self) -> Tier:
        """The tier of this server's environment."""
        return self.verifier.trust.tier

    def workspaces(self, principal: Principal) -> list[str]:
        """The workspaces in which a caller holds a role, in their order."""
        if principal.use_case != "*":
            return [principal.use_case]
        return role_workspaces(self.store, principal.role)

    def login(self, token: str) -> str:
        """The session cookie for a one-use login token; raises Refused."""
        verified = self.verifier.verify(token)
        cookie = self.sessions.login(verified)
        self._require_user(verified.principal)
        return cookie

    def _require_user(self, principal: Principal) -> None:
        with self._lock:
            if principal in self._known:
                return
            if principal.name.startswith("person:"):
                converge_user(self.store, principal.name, person_role_ids(self.store, principal.role))
                # A person whose role changed is known by the newest one only.
                self._known = {known for known in self._known if known.name != principal.name}
            elif not self.store.has_user(principal.name):
                raise Refused(
                    f"{principal.name} has no grants; "
                    "name it in ECLUSE_GRANTS and run ecluse_identity.prepare"
                )
            self._known.add(principal)
