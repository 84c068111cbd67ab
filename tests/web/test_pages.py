"""Albums, jobs, settings, the first run and signing in."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect
from tests.web.conftest import Look, Served, by_date, shown
from tests.web.legible import pale, unnamed


def test_an_album_is_made_opened_changed_and_deleted(own: Served, look: Look) -> None:
    page = look(own, "/albums")
    expect(page.get_by_text("No albums yet")).to_be_visible()
    page.get_by_role("button", name="New album").click()
    page.get_by_label("Name").fill("Reds")
    page.get_by_label("Search", exact=False).last.fill("color:red")
    page.get_by_role("button", name="Create").click()
    card = page.locator(".card")
    expect(card).to_contain_text(f"{len(own.ids('color:red'))} photos")
    expect(card.locator(".cover img")).to_have_count(4)
    card.get_by_role("button", name="Edit").click()
    page.get_by_label("Name").fill("All reds")
    page.get_by_text("How it is searched").click()
    page.get_by_label("Most results").fill("5")
    page.get_by_role("button", name="Save").click()
    expect(card.get_by_role("heading")).to_contain_text("All reds")
    assert own.library.store.albums.get("All reds").max_results == 5
    card.get_by_role("link", name="Open").click()
    expect(page.locator(".chip")).to_have_text("in All reds")
    page.go_back()
    card.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No albums yet")).to_be_visible()
    # A cover may have been asked for by the name of before.
    look.troubles[:] = [said for said in look.troubles if "404" not in said]  # type: ignore[attr-defined]


def test_a_custom_encoder_of_an_album_stays_to_be_chosen(own: Served, look: Look) -> None:
    page = look(own, "/albums")
    encoder = "open-clip:ViT-B-32/mine"
    made = page.request.post("/api/v1/albums", data={"name": "Odd", "encoder": encoder})
    assert made.ok
    page.reload()
    page.get_by_role("button", name="Edit").click()
    choice = page.get_by_label("Encoder", exact=False)
    expect(choice).to_have_value(encoder)
    page.get_by_label("Description").fill("kept")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("kept")).to_be_visible()
    assert own.library.store.albums.get("Odd").encoder == encoder
    page.get_by_role("button", name="Edit").click()
    choice.select_option("")
    expect(page.get_by_text("until then it is searched as before")).to_be_visible()


def test_photos_appear_while_the_first_folder_is_taken_in(
    bare: Served, look: Look, painted: Path
) -> None:
    page = look(bare)
    page.get_by_role("button", name=str(painted)).click()
    page.get_by_role("button", name="photos", exact=True).click()
    pictures = len(list((painted / "photos").iterdir()))
    expect(page.get_by_role("status").filter(has_text="pictures.")).to_have_text(
        f"{pictures} pictures."
    )
    expect(page.get_by_role("radio", name="test-colours")).to_be_checked()
    page.get_by_text("Other encoders").click()
    assert page.get_by_role("radio").count() > 1
    expect(page.get_by_text("to fetch").first).to_be_visible()
    page.get_by_role("button", name="Take these photos in").click()
    shown(page)
    expect(page.locator(".welcome")).to_be_hidden()
    page.goto("/jobs")
    expect(page.locator(".badge")).to_have_text("Done", timeout=20_000)
    expect(page.get_by_text("broken.jpg")).to_be_visible()
    page.goto("/")
    expect(page.locator(".tile").first).to_have_attribute("aria-setsize", str(len(by_date(bare))))


def test_settings_say_what_the_library_holds(served: Served, look: Look) -> None:
    page = look(served, "/settings")
    expect(page.locator(".part", has_text="Library")).to_contain_text(str(len(by_date(served))))
    expect(page.locator(".part", has_text="Encoders")).to_contain_text("test-colours")
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_settings_of_the_server_are_changed_and_roots_are_watched(own: Served, look: Look) -> None:
    page = look(own, "/settings")
    page.get_by_label("Watch for changes").check()
    expect(page.get_by_label("Watch for changes")).to_be_checked()
    page.get_by_role("button", name="Show them").click()
    page.get_by_label("limit", exact=True).fill("17")
    page.get_by_label("limit", exact=True).press("Tab")
    expect(page.get_by_text("after a restart")).to_be_visible()
    chosen = {one["name"]: one for one in page.request.get("/api/v1/settings").json()}
    assert (chosen["limit"]["chosen"], chosen["limit"]["value"]) == (17, 12)
    assert page.request.get("/api/v1/roots").json()[0]["watched"]


def test_where_there_are_accounts_one_signs_in(own: Served, look: Look) -> None:
    page = look(own)
    shown(page)
    first = {"name": "ann", "role": "admin", "password": "a long enough one"}
    assert page.request.post("/api/v1/users", data=first).ok
    page.goto("/")
    expect(page).to_have_url(re.compile("/login$"))
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("button", name="Sign in").click()
    shown(page)
    page.goto("/settings")
    expect(page.get_by_text("ann, admin")).to_be_visible()
    # The browser itself logs the answers 401 that led to the form.
    look.troubles[:] = [said for said in look.troubles if "401" not in said]  # type: ignore[attr-defined]


def test_every_control_has_a_name_and_every_text_is_legible(served: Served, look: Look) -> None:
    photo = by_date(served)[0].id
    for scheme in ("light", "dark"):
        page = look(served, color_scheme=scheme)
        shown(page)
        for path in ("/", "/?q=red", f"/photo/{photo}", "/albums", "/jobs", "/settings", "/places"):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            assert unnamed(page) == [], path
            assert pale(page) == [], (path, scheme)
