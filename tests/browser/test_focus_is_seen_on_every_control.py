"""Whoever walks by keyboard sees where they are, and every button stays readable in focus and while pressed."""

import pytest

PAGES = (
    ("/", ""),
    ("/care/", ""),
    ("/care/new/", ""),
    ("/care/track/", ""),
    ("/onedata/", ""),
    ("/posyandu/", ""),
    ("/accounts/login/", ""),
    ("/care/desk/", "petugas.pupr"),
    ("/me/notices/", "koordinator"),
    ("/posyandu/cadre/", "kader"),
    ("/onedata/desk/", "produsen"),
)
LOOK = """() => {
  const el = document.activeElement;
  if (!el || el === document.body || el.id === "content") return null;
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  let ground = el, back = [255, 255, 255];
  while (ground) { const c = rgb(getComputedStyle(ground).backgroundColor); if (c.length === 3 || c[3] > .5) { back = c; break; } ground = ground.parentElement; }
  const style = getComputedStyle(el), fore = rgb(style.color), a = light(fore), b = light(back);
  const ring = node => { const s = getComputedStyle(node); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
  return { name: el.tagName + "." + el.className + "#" + el.id + " " + (el.textContent || el.value || "").trim().slice(0, 30),
    ring: ring(el) || (el.closest(".choice") !== null && ring(el.closest(".choice"))),
    contrast: (Math.max(a, b) + .05) / (Math.min(a, b) + .05), has_text: (el.textContent || "").trim().length > 0,
    button: el.matches(".btn") };
}"""


@pytest.mark.parametrize(("path", "who"), PAGES)
def test_by_keyboard(path: str, who: str, visit) -> None:
    page = visit(path, who=who)
    found, wrong, buttons = 0, [], 0
    for _ in range(45):
        page.keyboard.press("Tab")
        seen = page.evaluate(LOOK)
        if seen is None:
            continue
        found += 1
        buttons += seen["button"]
        if not seen["ring"]:
            wrong.append(f"no ring: {seen['name']}")
        if seen["has_text"] and seen["contrast"] < 4.5:
            wrong.append(f"contrast {seen['contrast']:.1f}: {seen['name']}")
    assert found > 5
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize("kind", ["btn-main", "btn-quiet", "btn-good", "btn-alert"])
def test_each_kind_of_button_in_each_state(kind: str, visit) -> None:
    page = visit("/care/track/")
    page.evaluate(
        """kind => { const b = document.createElement("button"); b.type = "button"; b.className = "btn " + kind;
        b.id = "try"; b.textContent = "Coba"; document.querySelector("main").prepend(b); }""",
        kind,
    )
    page.focus("#try")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(LOOK)["contrast"] >= 4.5
    box = page.locator("#try").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.wait_for_timeout(300)
    assert page.evaluate(LOOK)["contrast"] >= 4.5, "under the pointer"
    page.mouse.down()
    page.wait_for_timeout(300)
    assert page.evaluate(LOOK)["contrast"] >= 4.5, "pressed"
    page.mouse.up()
