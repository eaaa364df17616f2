"""axe finds nothing serious, nothing is wider than the phone, and the first view is light."""

import pytest
from django.conf import settings

PAGES = [
    ("", "/"), ("", "/en/"), ("", "/search/?q=stunting"), ("", "/care/"), ("", "/care/new/"), ("", "/care/track/"), ("", "/care/new/offline/"), ("", "/onedata/"),
    ("", "/onedata/datasets/prevalensi-stunting-balita-contoh/"), ("", "/onedata/datasets/prevalensi-stunting-balita-contoh/quality/"),
    ("", "/onedata/reference/"), ("", "/onedata/reference/kecamatan/"), ("", "/posyandu/"), ("", "/posyandu/?near=-8.58,116.1"), ("", "/posyandu/1/"), ("", "/posyandu/schedule/?born=2026-03-05"), ("", "/posyandu/health/hamil/"), ("", "/posyandu/health/balita/"),
    ("", "/action-plan/"), ("", "/action-plan/satu-data/"),
    ("", "/accounts/login/"), ("", "/accounts/signup/"), ("", "/accounts/password/reset/"), ("", "/tidak-ada/"), ("", "/demo/mail/"),
    ("", "/api/docs"),
    ("", "/onedata/league/"), ("", "/onedata/datasets/prevalensi-stunting-balita-contoh/draw/"), ("", "/onedata/plan/"),
    ("", "/onedata/requests/"), ("", "/onedata/requests/new/"), ("", "/onedata/reuses/"), ("", "/onedata/concepts/"),
    ("", "/onedata/concepts/indicator/prevalensi-stunting/"), ("", "/onedata/reference/jenjang-pendidikan/"),
    ("", "/onedata/reference/kecamatan/to/kecamatan-bps/"), ("", "/onedata/?q=stunting&area=52.04"),
    ("warga", "/onedata/following/"), ("warga", "/onedata/reuses/new/"), ("produsen", "/onedata/desk/bulk/datasets/"),
    ("produsen", "/onedata/desk/prevalensi-stunting-balita-contoh/schema/"), ("produsen", "/onedata/plan/add/"),
    ("produsen", "/onedata/desk/prevalensi-stunting-balita-contoh/checks/"), ("produsen", "/onedata/reference/kecamatan/propose/"),
    ("produsen", "/onedata/desk/prevalensi-stunting-balita-contoh/edit/"), ("produsen", "/onedata/concepts/variable/new/"),
    ("walidata", "/onedata/desk/moderation/"), ("walidata", "/onedata/proposals/1/"), ("walidata", "/onedata/desk/harvest/new/"),
    ("walidata", "/onedata/desk/requests/"), ("walidata", "/onedata/desk/penerima-bantuan-pangan-menurut-nama-contoh/"),
    ("produsen", "/onedata/desk/prevalensi-stunting-balita-contoh/losses/"),
    ("produsen", "/me/tokens/"),
    ("warga", "/me/"), ("warga", "/accounts/2fa/"), ("warga", "/accounts/email/"), ("petugas.pupr", "/care/desk/?queue=all"),
    ("koordinator", "/care/desk/"), ("petugas.pupr", "/care/desk/new/"), ("koordinator", "/care/desk/workload/"), ("koordinator", "/care/desk/rules/"), ("produsen", "/onedata/desk/"), ("produsen", "/onedata/desk/new/"),
    ("produsen", "/onedata/desk/prevalensi-stunting-balita-contoh/"), ("walidata", "/onedata/desk/"), ("kader", "/posyandu/cadre/"),
    ("pimpinan", "/posyandu/leader/"), ("pimpinan", "/posyandu/leader/report/?area=52.07"), ("kader", "/posyandu/cadre/app/"),
    ("kader", "/posyandu/cadre/people/"), ("kader", "/posyandu/cadre/people/1/"), ("kader", "/posyandu/cadre/people/1/certificate/"), ("kader", "/posyandu/cadre/people/3393/"), ("kader", "/posyandu/cadre/visits/1/"), ("kader", "/posyandu/cadre/month/1/?show=all"), ("pimpinan", "/posyandu/leader/campaigns/"), ("pimpinan", "/posyandu/leader/strata/"), ("pimpinan", "/posyandu/leader/campaigns/1/"), ("bidan", "/posyandu/cadre/campaigns/new/"), ("bidan", "/posyandu/cadre/export/"), ("kader", "/posyandu/cadre/weighings/1/"),
    ("kader", "/posyandu/cadre/days/1/"), ("kader", "/posyandu/cadre/days/1/due/"), ("kader", "/posyandu/cadre/days/1/people/1/?choose=1"),
    ("kader", "/posyandu/cadre/days/1/people/1/services/"), ("kader", "/posyandu/cadre/days/1/people/1/social/"),
    ("kader", "/posyandu/cadre/days/1/people/1/balita/"), ("kader", "/posyandu/cadre/stock/1/"), ("kader", "/posyandu/cadre/referrals/"),
    ("kader", "/posyandu/cadre/names/1/"), ("kader", "/posyandu/cadre/families/"), ("kader", "/posyandu/cadre/families/1/"),
    ("kader", "/posyandu/cadre/families/1/birth/?babies=2"), ("kader", "/posyandu/cadre/families/new/1/"), ("kader", "/posyandu/cadre/blanks/"),
    ("kader", "/posyandu/cadre/blanks/form/kpsp/?months=9"), ("kader", "/posyandu/cadre/blanks/chart/triceps/F/"), ("kader", "/posyandu/cadre/blanks/list/1/"), ("bidan", "/posyandu/cadre/import/"),
    ("kader", "/posyandu/cadre/open-days/1/"), ("kader", "/posyandu/cadre/people/1/family/?q=a"), ("bidan", "/posyandu/cadre/"), ("bidan", "/posyandu/cadre/people/"),
    ("bidan", "/posyandu/cadre/checks/"), ("bidan", "/posyandu/cadre/referrals/"),
]  # fmt: skip


def audit(page) -> list[str]:
    source = (settings.ROOT / "var" / "vendor" / "vendor" / "testing" / "axe.min.js").read_text()
    page.evaluate(source)  # evaluated by the browser's own tools, which the page's script policy does not bind
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [
        f"{page.url}: {one['id']} ({one['impact']}) {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("who", sorted({who for who, _path in PAGES}))
def test_nothing_serious_and_nothing_too_wide(visit, who: str, width: int) -> None:
    problems = []
    paths = [path for one, path in PAGES if one == who]
    page = visit(paths[0], who=who, phone=width == 360)
    for path in paths:
        page.goto(path)
        problems += audit(page)
        if (drawn := page.evaluate("document.documentElement.scrollWidth")) > width:
            problems.append(f"{path}: {drawn} px wide on {width}")
    assert problems == []


@pytest.mark.parametrize("path", ["/", "/care/new/", "/onedata/", "/posyandu/"])
def test_the_first_view_is_under_100_kb_over_the_wire(visit, path: str) -> None:
    page = visit("about:blank", phone=True)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    assert 5_000 < sum(sizes) < 100_000


def test_the_keyboard_alone_is_enough_to_reach_the_content(visit) -> None:
    page = visit("/care/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
