"""Who may do what: every route and every role; sessions, tokens, links, wrong guesses."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.server.conftest import HERE

from mindseye.errors import NotFound, TooManyAttempts, UsageError
from mindseye.library import Library
from mindseye.server.access.attempts import MOST_FROM_ADDRESS, Attempts
from mindseye.server.access.roles import Role
from mindseye.server.access.tickets import Kind
from mindseye.server.app import roles
from mindseye.server.context import Context
from mindseye.server.schema import users
from mindseye.types import Album

PASSWORD = "correct horse"
ORIGIN = {"Origin": HERE}


@cache
def hashed() -> str:
    """A hash takes a tenth of a second: one will do for all users of all tests."""
    return PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)


@pytest.fixture
def context(app: FastAPI) -> Context:
    """The server, with an account for each role and an album of what is deep."""
    context: Context = app.state.context
    names = (Role.VIEWER, Role.EDITOR, Role.ADMIN)
    rows = [
        {
            "name": role.label,
            "key": role.label,
            "role": role.label,
            "password": hashed(),
            "created_at": 1.0,
        }
        for role in names
    ]
    with context.records.write() as connection:
        connection.execute(users.insert(), rows)
    context.library.put_album(Album("deep", search="name:green"))
    return context


def browser(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000))


def token_of(context: Context, role: Role, name: str = "admin") -> dict[str, str]:
    user = context.gate.accounts.get(name)
    secret = context.gate.tickets.token(user, "test", role, None)
    return {"Authorization": f"Bearer {secret}"}


def link_of(context: Context, *, originals: bool = False) -> str:
    album = context.library.store.albums.get("deep")
    return context.gate.tickets.link(None, album.id, "", originals=originals, seconds=None)


@pytest.fixture
def anybody(app: FastAPI, context: Context) -> Iterator[TestClient]:
    del context
    with browser(app) as client:
        yield client


@pytest.fixture
def guest(anybody: TestClient, context: Context) -> TestClient:
    assert anybody.get(f"/shared/{link_of(context)}").status_code == 200
    anybody.headers |= ORIGIN
    return anybody


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role.label if role else "nobody")
def test_every_route_lets_in_who_may_use_it_and_nobody_else(
    anybody: TestClient, context: Context, role: Role | None
) -> None:
    headers = {}
    if role is Role.GUEST:
        anybody.get(f"/shared/{link_of(context, originals=True)}")
        headers = ORIGIN
    elif role is not None:
        headers = token_of(context, role)
    wrong = []
    for method, path, least in roles():
        if least is None or (path.endswith("/events") and role is not None and role >= least):
            continue  # a stream without end: tests/cli/test_serve.py listens to one
        status = anybody.request(method, filled(path), headers=headers).status_code
        let_in = role is not None and role >= least
        refused = 401 if role is None else 403
        if (status in {401, 403}) is let_in or (not let_in and status != refused):
            wrong.append((method, path, least, status))
    assert wrong == []


def filled(path: str) -> str:
    """An address of what is not there."""
    for name in ("name", "photo_id", "album_id", "job_id", "ticket_id", "schedule_id", "root_id"):
        path = path.replace(f"{{{name}}}", "424242")
    return path


def test_only_what_must_be_open_is_open() -> None:
    opened = {path for _, path, role in roles() if role is None}
    assert opened == {"/healthz", "/readyz", "/api/v1/login", "/api/v1/logout"}


def test_a_browser_signs_in_and_out(app: FastAPI, anybody: TestClient) -> None:
    del app
    wrong = anybody.post("/api/v1/login", json={"name": "admin", "password": "no"})
    assert wrong.status_code == 401
    signed = anybody.post("/api/v1/login", json={"name": " Admin ", "password": PASSWORD})
    assert signed.json()["role"] == "admin"
    cookie = signed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert anybody.get("/api/v1/me").json()["name"] == "admin"
    assert anybody.post("/api/v1/logout").status_code == 204
    assert anybody.get("/api/v1/me").status_code == 401


def test_a_cookie_is_sent_over_tls_only_where_there_is_tls(app: FastAPI, context: Context) -> None:
    del context
    with TestClient(app, base_url="https://localhost") as client:
        signed = client.post("/api/v1/login", json={"name": "admin", "password": PASSWORD})
    assert "Secure" in signed.headers["set-cookie"]


def test_a_browser_that_changes_something_says_its_origin(anybody: TestClient) -> None:
    anybody.post("/api/v1/login", json={"name": "editor", "password": PASSWORD})
    album = {"name": "mine"}
    assert anybody.post("/api/v1/albums", json=album).status_code == 403
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert anybody.post("/api/v1/albums", json=album, headers=ORIGIN | cross).status_code == 403
    assert anybody.post("/api/v1/albums", json=album, headers=ORIGIN).status_code == 201


def test_who_sits_at_the_machine_owns_it_until_there_are_accounts(
    app: FastAPI, client: TestClient
) -> None:
    assert client.get("/api/v1/me").json()["role"] == "admin"
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    assert client.get("/api/v1/me", headers=forwarded).status_code == 401
    with TestClient(app, base_url=HERE, client=("192.0.2.7", 1)) as elsewhere:
        assert elsewhere.get("/api/v1/me").status_code == 401
    first = {"name": "ann", "role": "viewer", "password": PASSWORD}
    assert client.post("/api/v1/users", json=first).status_code == 400
    assert client.post("/api/v1/users", json=first | {"role": "admin"}).status_code == 201
    assert client.get("/api/v1/me").status_code == 401


def test_ten_wrong_guesses_make_an_address_wait() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(MOST_FROM_ADDRESS):
        attempts.require_few("a", "ann")
        attempts.note("a", "ann")
    with pytest.raises(TooManyAttempts) as raised:
        attempts.require_few("a", "bob")
    assert raised.value.seconds == pytest.approx(900)
    attempts.require_few("b", "ann")
    now[0] = 901.0
    attempts.require_few("a", "ann")


def test_one_name_is_not_guessed_from_many_addresses_for_ever() -> None:
    attempts = Attempts(lambda: 0.0)
    for address in range(50):
        attempts.note(str(address), "Ann")
    with pytest.raises(TooManyAttempts):
        attempts.require_few("another", " ann ")


def test_too_many_guesses_are_told_with_the_time_to_wait(anybody: TestClient) -> None:
    guess = {"name": "nobody", "password": "x"}
    statuses = [anybody.post("/api/v1/login", json=guess).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    waiting = anybody.post("/api/v1/login", json={"name": "admin", "password": PASSWORD})
    assert waiting.status_code == 429
    assert 0 < int(waiting.headers["retry-after"]) <= 900


def test_a_token_may_do_no_more_than_it_was_made_for(anybody: TestClient, context: Context) -> None:
    admin = token_of(context, Role.ADMIN)
    made = anybody.post("/api/v1/tokens", json={"name": "nas", "role": "viewer"}, headers=admin)
    viewer = {"Authorization": f"Bearer {made.json()['secret']}"}
    assert anybody.get("/api/v1/status", headers=viewer).status_code == 200
    assert anybody.post("/api/v1/albums", json={"name": "x"}, headers=viewer).status_code == 403
    more = anybody.post("/api/v1/tokens", json={"name": "up", "role": "admin"}, headers=viewer)
    still = {"Authorization": f"Bearer {more.json()['secret']}"}
    assert anybody.get("/api/v1/users", headers=still).status_code == 403
    [listed, *_] = anybody.get("/api/v1/tokens", headers=admin).json()
    assert "secret" not in listed
    assert anybody.delete(f"/api/v1/tokens/{listed['id']}", headers=admin).status_code == 204
    assert anybody.get("/api/v1/status", headers=still).status_code == 401


def test_nobody_sees_or_removes_the_token_of_another(anybody: TestClient, context: Context) -> None:
    token_of(context, Role.ADMIN)
    [ticket] = context.gate.tickets.all(Kind.TOKEN)
    editor = token_of(context, Role.EDITOR, "editor")
    assert len(anybody.get("/api/v1/tokens", headers=editor).json()) == 1
    assert anybody.delete(f"/api/v1/tokens/{ticket.id}", headers=editor).status_code == 404


def test_another_role_holds_everywhere_at_once(anybody: TestClient, context: Context) -> None:
    editor = token_of(context, Role.EDITOR, "editor")
    context.gate.accounts.change_role("editor", Role.VIEWER)
    answer = anybody.post("/api/v1/albums", json={"name": "x"}, headers=editor)
    assert answer.status_code == 403


def test_another_password_signs_out_everywhere(anybody: TestClient, context: Context) -> None:
    anybody.post("/api/v1/login", json={"name": "viewer", "password": PASSWORD})
    token = token_of(context, Role.VIEWER, "viewer")
    words = {"old": PASSWORD, "new": "battery staple"}
    assert anybody.post("/api/v1/me/password", json=words, headers=ORIGIN).status_code == 204
    assert anybody.get("/api/v1/me").json()["name"] == "viewer"
    assert anybody.get("/api/v1/me", headers=token).status_code == 401
    assert context.gate.accounts.verified("viewer", PASSWORD) is None
    assert context.gate.accounts.verified("viewer", "battery staple") is not None


def test_a_removed_user_is_out_at_once(anybody: TestClient, context: Context) -> None:
    viewer = token_of(context, Role.VIEWER, "viewer")
    admin = token_of(context, Role.ADMIN)
    assert anybody.delete("/api/v1/users/viewer", headers=admin).status_code == 204
    assert anybody.get("/api/v1/me", headers=viewer).status_code == 401
    assert anybody.delete("/api/v1/users/admin", headers=admin).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts: accounts.change_role("admin", Role.VIEWER),
        lambda accounts: accounts.remove("admin"),
        lambda accounts: accounts.add("ADMIN", Role.VIEWER, PASSWORD),
        lambda accounts: accounts.add("bob", Role.VIEWER, "short"),
        lambda accounts: accounts.add("a\nb", Role.VIEWER, PASSWORD),
        lambda accounts: accounts.add(" ", Role.VIEWER, PASSWORD),
        lambda accounts: accounts.change_password("admin", "x" * 2000),
    ],
)
def test_what_no_account_can_be_is_refused(
    context: Context, change: Callable[[object], object]
) -> None:
    before = context.gate.accounts.all()
    with pytest.raises(UsageError):
        change(context.gate.accounts)
    assert context.gate.accounts.all() == before


def test_one_name_is_one_user_however_its_letters_are_written(context: Context) -> None:
    context.gate.accounts.add("Öl", Role.VIEWER, PASSWORD)
    for name in ("ÖL", "o\u0308l"):
        with pytest.raises(UsageError):
            context.gate.accounts.add(name, Role.VIEWER, PASSWORD)


def test_who_is_not_there_cannot_be_changed(context: Context) -> None:
    with pytest.raises(NotFound):
        context.gate.accounts.change_password("nobody", PASSWORD)


def test_passwords_and_secrets_are_not_in_the_file(context: Context) -> None:
    context.gate.accounts.change_password("viewer", "a very secret one")
    user = context.gate.accounts.get("viewer")
    secret = context.gate.tickets.session(user, "browser")
    context.records.close()
    stored = b"".join(path.read_bytes() for path in context.records.path.parent.glob("server.db*"))
    assert b"$argon2id$" in stored
    assert b"a very secret one" not in stored
    assert secret.encode() not in stored
    assert stat.S_IMODE(context.records.path.stat().st_mode) == 0o600


def test_a_link_shows_its_album_and_nothing_else(guest: TestClient, painted: Library) -> None:
    inside = painted.search("name:green").hits[0].photo.id
    outside = painted.search("name:red").hits[0].photo.id
    me = guest.get("/api/v1/me").json()
    assert (me["role"], me["album"]) == ("guest", "deep")
    hits = guest.get("/api/v1/search", params={"q": "red", "everything": True}).json()["hits"]
    assert {hit["id"] for hit in hits} <= {inside}
    assert guest.get("/api/v1/timeline").json()["columns"]["id"] == [inside]
    assert guest.get(f"/api/v1/photos/{inside}").json()["path"] == ""
    for tail in ("", "/thumbnail"):
        assert guest.get(f"/api/v1/photos/{inside}{tail}").status_code == 200
        assert guest.get(f"/api/v1/photos/{outside}{tail}").status_code == 404
    assert guest.get(f"/api/v1/photos/{inside}/original").status_code == 403
    assert guest.get("/api/v1/search", params={"album": "other"}).status_code == 403


@pytest.mark.parametrize(
    "params", [{"q": "album:other"}, {"q": "photo:1"}, {"like": 1}, {"q": "red", "unlike": 1}]
)
def test_a_guest_cannot_ask_by_what_lies_outside(
    guest: TestClient, painted: Library, params: dict[str, str]
) -> None:
    painted.put_album(Album("other"))
    for path in ("search", "timeline", "positions", "facets"):
        assert guest.get(f"/api/v1/{path}", params=params).status_code == 403


def test_a_link_may_give_the_files_too(
    anybody: TestClient, context: Context, painted: Library
) -> None:
    inside = painted.search("name:green").hits[0].photo.id
    anybody.get(f"/shared/{link_of(context, originals=True)}")
    assert anybody.get(f"/api/v1/photos/{inside}/original").status_code == 200


def test_a_link_is_made_followed_and_taken_back(anybody: TestClient, context: Context) -> None:
    editor = token_of(context, Role.EDITOR, "editor")
    album = context.library.store.albums.get("deep").id
    made = anybody.post("/api/v1/links", json={"album_id": album, "days": 1}, headers=editor)
    assert made.status_code == 201
    assert anybody.get(made.json()["path"]).status_code == 200
    assert anybody.get("/api/v1/me").json()["album"] == "deep"
    [link] = anybody.get("/api/v1/links", headers=editor).json()
    assert anybody.delete(f"/api/v1/links/{link['id']}", headers=editor).status_code == 204
    assert anybody.get("/api/v1/me").status_code == 401
    assert anybody.get(made.json()["path"]).status_code == 404
    gone = anybody.post("/api/v1/links", json={"album_id": 999}, headers=editor)
    assert gone.status_code == 404


def test_an_album_that_is_gone_is_shown_to_nobody(guest: TestClient, painted: Library) -> None:
    painted.store.albums.remove("deep")
    assert guest.get("/api/v1/timeline").status_code == 401


def test_tickets_expire(context: Context) -> None:
    now = [1000.0]
    tickets = context.gate.tickets
    tickets._clock = lambda: now[0]
    secret = tickets.token(context.gate.accounts.get("admin"), "short", Role.ADMIN, 60)
    assert tickets.find(secret, Kind.TOKEN) is not None
    assert tickets.find(secret, Kind.SESSION, Kind.LINK) is None
    now[0] = 1060.0
    assert tickets.find(secret, Kind.TOKEN) is None
    assert tickets.all(Kind.TOKEN) == []


def test_the_audit_log_tells_who_did_what(anybody: TestClient, context: Context) -> None:
    editor = token_of(context, Role.EDITOR, "editor")
    anybody.post("/api/v1/albums", json={"name": "new"}, headers=editor)
    anybody.post("/api/v1/login", json={"name": "admin", "password": "wrong"})
    log = anybody.get("/api/v1/audit", headers=token_of(context, Role.ADMIN)).json()
    told = [(entry["who"], entry["did"], entry["what"]) for entry in log]
    assert told == [
        ("admin", "sign-in failed", "from 127.0.0.1"),
        ("editor", "album", "made new"),
    ]
    params = {"before": log[0]["id"], "limit": 1}
    page = anybody.get("/api/v1/audit", params=params, headers=token_of(context, Role.ADMIN))
    assert [entry["did"] for entry in page.json()] == ["album"]
