"""Who is let in: accounts, tokens, links, and what each role is shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import PASSWORD, WIDTHS, Look, Served, cookie_of, shown, with_accounts
from tests.web.legible import pale, spilt, unnamed

from mindseye.server.access.roles import Role
from mindseye.server.access.tickets import Kind
from mindseye.types import Album

PAGES = ("/", "/?q=red", "/map", "/places", "/albums", "/jobs", "/settings", "/settings/access")


def _as(own: Served, look: Look, role: Role, path: str = "/", **how: object) -> Page:
    if not own.context.gate.has_accounts:
        with_accounts(own)
    return look(own, path, cookie=cookie_of(own, role), **how)


def _guest(own: Served, look: Look, path: str = "/", *, originals: bool = False) -> Page:
    with_accounts(own)
    own.library.put_album(Album("Reds", search="color:red"))
    cookie = cookie_of(own, Role.GUEST, album="Reds", originals=originals)
    return look(own, path, cookie=cookie)


def _does(page: Page, deed: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=deed, exact=True).click()


def test_the_first_user_is_made_and_signed_in_at_once(own: Served, look: Look) -> None:
    page = look(own, "/settings/access")
    page.get_by_role("button", name="Add the first user").click()
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    _does(page, "Add")
    users = page.get_by_role("list", name="Users")
    expect(users).to_contain_text("ann")
    assert own.context.gate.accounts.get("ann").role is Role.ADMIN


def test_an_admin_adds_changes_and_removes_users(own: Served, look: Look) -> None:
    page = _as(own, look, Role.ADMIN, "/settings/access")
    page.get_by_role("button", name="Add a user").click()
    page.get_by_label("Name").fill("ben")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    _does(page, "Add")
    page.get_by_label("Role of ben").select_option("editor")
    expect(page.get_by_text("ben is editor now")).to_be_visible()
    accounts = own.context.gate.accounts
    assert accounts.get("ben").role is Role.EDITOR
    page.get_by_role("button", name="Password of ben").click()
    page.get_by_label("New password").fill("another one of ben")
    _does(page, "Change it")
    expect(page.get_by_text("signs in by the new password")).to_be_visible()
    assert accounts.verified("ben", "another one of ben") is not None
    page.get_by_role("button", name="Remove ben").click()
    _does(page, "Remove")
    expect(page.get_by_label("Role of ben")).to_have_count(0)
    assert [user.name for user in accounts.all()] == ["admin", "editor", "viewer"]


def test_why_a_user_cannot_be_added_is_said_in_the_form(own: Served, look: Look) -> None:
    page = _as(own, look, Role.ADMIN, "/settings/access")
    page.get_by_role("button", name="Add a user").click()
    page.get_by_label("Name").fill("viewer")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    _does(page, "Add")
    expect(page.get_by_role("alert")).to_contain_text("there is a user 'viewer' already")
    look.troubles.clear()  # type: ignore[attr-defined] - the browser logs the answer 400


def test_a_token_is_shown_once_lets_in_and_is_taken_back(own: Served, look: Look) -> None:
    page = _as(own, look, Role.VIEWER, "/settings/access")
    page.get_by_role("button", name="New token").click()
    expect(page.get_by_label("It may do what is done by a").locator("option")).to_have_count(1)
    page.get_by_label("Name").fill("backup")
    _does(page, "Make it")
    secret = page.get_by_label("The token", exact=True).locator("input").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    page.get_by_role("button", name="I have it").click()
    expect(page.get_by_role("list", name="Tokens")).to_contain_text("never used")
    assert own.context.gate.tickets.find(secret, Kind.TOKEN) is not None
    page.get_by_role("button", name="Take backup back").click()
    _does(page, "Take back")
    expect(page.get_by_text("You have none.")).to_be_visible()
    assert own.context.gate.tickets.find(secret, Kind.TOKEN) is None


def test_ones_own_password_is_changed(own: Served, look: Look) -> None:
    page = _as(own, look, Role.VIEWER, "/settings")
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Password of now").fill(PASSWORD)
    page.get_by_label("New password").fill("quite another one")
    _does(page, "Change it")
    expect(page.get_by_text("The password is another one now")).to_be_visible()
    page.goto("/albums")
    expect(page.get_by_role("heading", name="Albums", exact=True)).to_be_visible()
    assert own.context.gate.accounts.verified("viewer", "quite another one") is not None


def test_an_album_is_shared_by_a_link_that_guests_follow(own: Served, look: Look) -> None:
    with_accounts(own)
    own.library.put_album(Album("Reds", search="color:red"))
    page = _as(own, look, Role.EDITOR, "/albums")
    page.get_by_role("button", name="Share").click()
    page.get_by_label("For whom").fill("granny")
    page.get_by_label("It lets in for").select_option("7")
    _does(page, "Make a link")
    address = page.get_by_role("textbox", name="The link").input_value()
    guest = look(own, address)
    shown(guest)
    reds = len(own.ids("color:red"))
    expect(guest.get_by_role("heading", name="Reds")).to_be_visible()
    expect(guest.locator(".tile").first).to_have_attribute("aria-setsize", str(reds))
    page.get_by_role("link", name="Settings, Access").click()
    links = page.get_by_role("list", name="Shared links")
    expect(links).to_contain_text("for granny · without the files")
    page.get_by_role("button", name="Take the link to Reds back").click()
    _does(page, "Take back")
    expect(page.get_by_text("Nothing is shared.")).to_be_visible()
    stranger = look(own, address)
    expect(stranger.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
    # The browser itself logs the answers 404 and 401.
    look.troubles[:] = [said for said in look.troubles if "status of 40" not in said]  # type: ignore[attr-defined]


def test_without_accounts_sharing_says_what_it_needs(own: Served, look: Look) -> None:
    own.library.put_album(Album("Reds", search="color:red"))
    page = look(own, "/albums")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("link", name="Add the first user").click()
    expect(page.get_by_role("button", name="Add the first user")).to_be_visible()


def test_the_log_says_who_did_what(own: Served, look: Look) -> None:
    with_accounts(own)
    for at in range(120):
        own.context.gate.audit.note("ben", "edit", f"photo {at}")
    page = _as(own, look, Role.ADMIN, "/settings/log")
    entries = page.get_by_role("list", name="What was done").get_by_role("listitem")
    expect(entries.first).to_contain_text("ben edit: photo 119")
    expect(entries).to_have_count(100)
    page.get_by_role("button", name="Earlier ones").click()
    expect(entries).to_have_count(120)
    expect(page.get_by_role("button", name="Earlier ones")).to_be_hidden()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.ADMIN])
def test_no_page_asks_for_what_the_role_may_not_have(own: Served, look: Look, role: Role) -> None:
    own.library.put_album(Album("Reds", search="color:red"))
    page = _as(own, look, role)
    shown(page)
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle") if path != "/map" else None
    expect(page.get_by_role("heading", name="Tokens")).to_be_visible()
    for title, least in (("Shared links", Role.EDITOR), ("Users", Role.ADMIN)):
        expect(page.get_by_role("heading", name=title)).to_have_count(int(role >= least))
    expect(page.get_by_role("link", name="Log", exact=True)).to_have_count(int(role is Role.ADMIN))


def test_a_viewer_is_shown_nothing_that_changes_something(own: Served, look: Look) -> None:
    own.library.put_album(Album("Reds", search="color:red"))
    page = _as(own, look, Role.VIEWER)
    shown(page)
    page.locator(".grid").focus()
    page.keyboard.press("x")
    bar = page.get_by_role("toolbar", name="Selected photos")
    expect(bar.get_by_role("button")).to_have_count(4)
    expect(bar.get_by_role("button", name="Tag")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close (Esc)")).to_be_visible()
    expect(page.get_by_role("button", name="Favourite (f)")).to_have_count(0)
    page.keyboard.press("f")
    page.keyboard.press("4")
    page.goto("/albums")
    expect(page.get_by_role("link", name="Open")).to_be_visible()
    for deed in ("New album", "Edit", "Share"):
        expect(page.get_by_role("button", name=deed)).to_have_count(0)
    page.goto("/jobs")
    expect(page.get_by_role("button", name="Look at all folders again")).to_have_count(0)


def test_an_editor_keeps_albums_without_what_only_an_admin_chooses(
    own: Served, look: Look, painted: object
) -> None:
    own.library.put_album(Album("Reds", folders=(f"{painted}/photos",), search="color:red"))
    page = _as(own, look, Role.EDITOR, "/albums")
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Encoder", exact=False)).to_have_count(0)
    page.get_by_label("Description").fill("by an editor")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("by an editor")).to_be_visible()
    assert own.library.store.albums.get("Reds").folders == (f"{painted}/photos",)


@pytest.mark.parametrize("originals", [False, True])
def test_a_guest_sees_and_searches_one_album_and_nothing_else(
    own: Served, look: Look, originals: bool
) -> None:
    page = _guest(own, look, "/map", originals=originals)
    reds = own.ids("color:red")
    expect(page.locator(".shared")).to_contain_text(f"{len(reds)} photos shared with you")
    shown(page)
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    page.get_by_label("Search photos").fill("blue")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=blue"))
    shown(page)
    tiles = page.locator(".tile").evaluate_all("tiles => tiles.map(one => +one.dataset.photo)")
    assert set(tiles) <= set(reds)
    page.locator(".tile").first.click()
    expect(page.locator(".viewer")).to_be_visible()
    expect(page.get_by_role("link", name="Download (Shift D)")).to_have_count(int(originals))
    expect(page.get_by_role("button", name="More like this (s)")).to_have_count(0)
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_what_lets_in_is_legible_and_fits(own: Served, look: Look, width: int) -> None:
    with_accounts(own)
    name = "A-rather-long-name-of-an-album" * 3
    own.library.put_album(Album(name, search="color:red"))
    gate, holder = own.context.gate, own.context.gate.accounts.get("admin")
    shared = own.library.store.albums.get(name).id
    gate.tickets.link(holder, shared, "somebody " * 12, originals=True, seconds=None)
    gate.tickets.token(holder, "backup" * 12, Role.ADMIN, 1000.0)
    gate.audit.note("ben" * 20, "edit", "photo" * 30)
    page = _as(own, look, Role.ADMIN, width=width)
    for path in ("/settings/access", "/settings/log"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert unnamed(page) == [], path
        assert pale(page) == [], path
        assert spilt(page) == [], path
