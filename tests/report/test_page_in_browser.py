"""The report page in a real headless Chromium; skipped where there is none."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.report.pages import hostile_page, kinds_page, shipped_page
from tests.shipped import tracking

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")

import axe_playwright_python
from playwright.sync_api import Browser, Page, sync_playwright

import tradetrack as tt

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PHONE, DESKTOP = (390, 800), (1280, 900)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {"shipped": shipped_page(), "hostile": hostile_page(), "kinds": kinds_page()}
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, said: list[str]) -> Iterator[Page]:
    tab = browser.new_page()
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}") or dialog.dismiss())
    tab.on("request", lambda asked: asked.url[:5] in ("file:", "data:") or said.append(asked.url))
    yield tab
    tab.close()


def opened(page: Page, file: Path, size: tuple[int, int], scheme: str = "light") -> Page:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("shipped", DESKTOP, "light"),
        ("shipped", PHONE, "dark"),
        ("hostile", PHONE, "light"),
        ("hostile", DESKTOP, "dark"),
        ("kinds", PHONE, "dark"),
        ("kinds", DESKTOP, "light"),
    ],
)
def test_no_errors_no_overflow_and_nothing_for_axe(page, said, files, name, size, scheme) -> None:
    opened(page, files[name], size, scheme)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []
    assert said == []


@pytest.mark.parametrize("name", ["shipped", "kinds"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_words_in_charts_do_not_overlap(page, files, size, name) -> None:
    opened(page, files[name], size)
    if name == "kinds":
        page.select_option("#goal", value="")
    overlapping = page.evaluate(
        """() => [...document.querySelectorAll("svg[role=img]")].flatMap(s => {
            const all = [...s.querySelectorAll("text")]
                .filter(t => t.checkVisibility()).map(t => [t.textContent, t.getBBox()]);
            return all.flatMap(([a, p], i) => all.slice(i + 1).filter(([, q]) =>
                p.x < q.x + q.width && q.x < p.x + p.width &&
                p.y < q.y + q.height - 2 && q.y < p.y + p.height - 2).map(([b]) => [a, b]));
        })"""
    )
    assert overlapping == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_names_of_one_deadline_stand_in_the_order_of_their_amounts(page, files, size) -> None:
    opened(page, files["kinds"], size)
    page.select_option("#goal", value="")
    found = page.evaluate(
        """() => [...document.querySelectorAll("text.goal")].filter(t => t.checkVisibility())
            .map(t => [t.textContent, t.getBoundingClientRect().y, t.getAttribute("text-anchor")])
            .filter(([said]) => /^US\\$ 2[025] bn by 2035/.test(said))
            .sort((a, b) => a[1] - b[1])"""
    )
    assert [said[:8] for said, _, _ in found] == ["US$ 25 b", "US$ 22 b", "US$ 20 b"]
    assert len({side for _, _, side in found}) == 1


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pointing_at_a_year_tells_it(page, files, size) -> None:
    opened(page, files["shipped"], size)
    strip = page.locator("svg:visible .hit[data-tip^='2035']").first
    strip.scroll_into_view_if_needed()
    strip.hover(position={"x": 3, "y": 3})
    tip = page.locator("#tip")
    assert tip.is_visible()
    assert tip.text_content().startswith("2035: median US$ ")
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_the_selector_filters_the_whole_page(page, files) -> None:
    opened(page, files["shipped"], DESKTOP)
    parts = page.locator("[data-goals]:visible")
    everything = parts.count()
    assert {p.get_attribute("data-goals") for p in parts.all()} == {"1", "2", "1 2"}
    page.select_option("#goal", label="US$ 10 bn by 2030")
    assert {p.get_attribute("data-goals") for p in parts.all()} == {"2", "1 2"}
    assert not page.get_by_text("US$ 5 bn by 2022: under 1 %").first.is_visible()
    page.select_option("#goal", label="US$ 5 bn by 2022 (over)")
    assert {p.get_attribute("data-goals") for p in parts.all()} == {"1", "1 2"}
    assert page.locator("h2:visible").all_text_contents() == [
        "The answers",
        "Where it may go",
        "The sources",
    ]
    page.select_option("#goal", label="all goals")
    assert parts.count() == everything


def test_many_goals_are_shown_one_at_a_time(page, files) -> None:
    opened(page, files["kinds"], DESKTOP)
    assert page.locator("article.answer:visible").count() == 1
    assert page.input_value("#goal") == page.locator("article.answer:visible").get_attribute(
        "data-goals"
    )


@pytest.mark.parametrize("name", ["answers.csv", "tracking.json", "news.json", "history.json"])
def test_results_can_be_downloaded(page, files, tmp_path, name) -> None:
    opened(page, files["shipped"], PHONE)
    with page.expect_download() as loaded:
        page.click(f"a[download='{name}']")
    loaded.value.save_as(tmp_path / name)
    text = (tmp_path / name).read_text("utf-8")
    if name == "tracking.json":
        assert tt.Tracking.model_validate_json(text) == tracking()
    elif name.endswith("json"):
        assert json.loads(text)["ledger_digest"]
    else:
        assert text.splitlines()[0].startswith("goal,series,unit,amount,by,deadline")
        assert len(text.splitlines()) == 3


@pytest.mark.parametrize("name", ["shipped", "hostile"])
def test_wide_tables_are_cards_on_a_phone(page, files, name) -> None:
    opened(page, files[name], PHONE)
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    wide = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(s => s.checkVisibility()"
        " && s.scrollWidth > s.clientWidth).map(s => s.textContent.slice(0, 80))"
    )
    assert wide == []
    cell = page.locator("table.cards td:visible").first
    label = cell.evaluate("td => getComputedStyle(td, '::before').content")
    head = "td => td.closest('table').tHead.rows[0].cells[td.cellIndex].textContent"
    assert label.strip('"') == cell.evaluate(head)


@pytest.mark.parametrize("name", ["shipped", "hostile", "kinds"])
def test_print_cuts_nothing_off(page, files, name) -> None:
    opened(page, files[name], (680, 960), "dark")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert page.locator("details:not([open])").count() == 0
    hidden = page.evaluate(
        "[...document.querySelectorAll('main table, main li')].filter(e => !e.closest('[hidden]')"
        " && e.getBoundingClientRect().height === 0).map(e => e.textContent.slice(0, 80))"
    )
    assert hidden == []
    cut = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(s =>"
        " getComputedStyle(s).overflowX !== 'visible').length"
    )
    assert cut == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_print_opens_what_is_folded_without_scripts_too(browser: Browser, files) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(files["shipped"].as_uri())
    page.emulate_media(media="print")
    assert page.locator("#figures table").is_visible()
    page.close()


def test_text_from_a_ledger_runs_nothing_and_makes_no_element(page, said, files) -> None:
    opened(page, files["hostile"], DESKTOP)
    assert page.evaluate("window.ran") is None
    assert page.locator("main script, img, iframe, main [onclick]").count() == 0
    links = "[...document.links].filter(a => !a.download).map(a => a.href)"
    schemes = {a.split(":")[0] for a in page.evaluate(links)}
    assert schemes <= {"https", "http", "file"}
    assert "<script>window.ran=1</script>" in page.text_content("main")
    assert said == []


def test_readable_without_scripts(browser: Browser, files) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(files["shipped"].as_uri())
    assert page.locator("article.answer:visible").count() == 1
    assert page.locator("ul.over li:visible").count() == 1
    assert not page.locator("#choice").is_visible()
    assert not page.locator(".download").first.is_visible()
    page.close()


@pytest.mark.parametrize("name", ["shipped", "hostile", "kinds"])
def test_a_width_of_300_pixels_needs_no_scrolling_across(
    page: Page, files: dict[str, Path], said: list[str], name: str
) -> None:
    opened(page, files[name], (300, 700))
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 300
    assert said == []
