"""A whole open day on a phone without signal: the register, the forms and the labels come from the phone, entries wait encrypted,
survive the killed tab, and arrive once when the signal is back."""

from __future__ import annotations

import json
import re
import time
from datetime import date, timedelta

from playwright.sync_api import Page, expect

PIN = "482915"
# how many users, registers and entries the phone holds
COUNTS = """async () => { const base = await new Promise((done) => { const asked = indexedDB.open("posyandu"); asked.onsuccess = () => done(asked.result); });
            const count = (name) => new Promise((done) => { const asked = base.transaction(name).objectStore(name).count(); asked.onsuccess = () => done(asked.result); });
            return [await count("users"), await count("packs"), await count("entries")]; }"""


def taken_along(visit, who: str = "kader") -> Page:
    """A phone that had signal once and has loaded the cadre's posyandu."""
    page = visit("/posyandu/cadre/app/", who=who, phone=True, locale="id-ID")
    page.get_by_label("Pilih PIN enam angka").fill(PIN)
    page.get_by_label("PIN yang sama sekali lagi").fill(PIN)
    page.get_by_role("button", name="Muat data posyandu saya").click()
    expect(page.get_by_label("Nama atau nama ibu")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null || location.reload()")
    return page


def unlock(page: Page, pin: str = PIN) -> None:
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Buka").click()


def keep(page: Page) -> None:
    page.get_by_role("button", name="Simpan dan lihat hasilnya").click()
    page.wait_for_timeout(300)
    if page.get_by_text("Sudah saya periksa").count():
        page.get_by_text("Sudah saya periksa").click()
        page.get_by_role("button", name="Simpan dan lihat hasilnya").click()


def newborn(page: Page, name: str, weight: str) -> None:
    page.get_by_role("button", name="Tambah orang").click()
    page.get_by_label("Nama", exact=True).fill(name)
    page.get_by_label("Perempuan").check()
    page.get_by_label("Lahir").fill((date.today() - timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("link", name="Timbang dan ukur").click()
    page.get_by_label("Berat (kg)").fill(weight)
    keep(page)


def test_the_day_is_recorded_and_arrives_once(visit, portal) -> None:
    page = taken_along(visit)
    mark = f"Bayi {time.time_ns() % 10_000_000}"
    page.context.set_offline(True)
    page.reload()
    unlock(page)
    expect(page.get_by_text("Tanpa sinyal. Semua tersimpan")).to_be_visible()
    newborn(page, mark, "3,6")
    expect(page.get_by_text("Pertama kali ditimbang")).to_be_visible()
    expect(page.get_by_text("Berat badan normal")).to_be_visible()
    expect(page.get_by_text("ASI saja, tanpa air")).to_be_visible()  # what to tell the family
    # an old person, by the form of their age
    page.get_by_role("button", name="Orang berikutnya").click()
    page.get_by_role("link", name=re.compile("^Semua")).click()
    page.get_by_label("Umur").select_option("elderly")
    page.locator(".child-list a").first.click()
    page.get_by_role("link", name="Lanjut usia").click()
    page.get_by_label("Tekanan darah, angka atas").fill("185")
    keep(page)
    expect(page.get_by_text("Rujuk sekarang juga.", exact=True)).to_be_visible()
    expect(page.get_by_text("dapat menyebabkan stroke")).to_be_visible()
    expect(page.get_by_text("panggil 119")).to_be_visible()  # what the cadre does
    # the tab is killed
    context = page.context
    page.close()
    page = context.new_page()
    page.goto("/posyandu/cadre/")  # any page of the cadre leads to what the phone keeps
    unlock(page, "999998")
    expect(page.get_by_text("Sisa 9 kali coba")).to_be_visible()
    unlock(page)
    expect(page.get_by_role("button", name="4 isian menunggu di ponsel ini")).to_be_visible()
    # what lies in the phone's database cannot be read
    stored = page.evaluate(
        """() => new Promise((done) => { const asked = indexedDB.open("posyandu"); asked.onsuccess = () => {
            const rows = asked.result.transaction("entries").objectStore("entries").getAll();
            rows.onsuccess = () => { asked.result.close(); done(rows.result.map((row) => new TextDecoder().decode(row.data)).join()); }; }; })"""
    )
    assert mark not in stored
    assert len(stored) > 100
    context.set_offline(False)
    expect(page.get_by_role("button", name="Semua sudah terkirim.")).to_be_visible(timeout=30_000)
    found = portal.run(
        "manage", "shell", "-c",
        f"from posyandu.models import *; p = Person.objects.get(name={mark!r}); v = p.growth_visits.get(); "
        "print('FOUND', v.weight, v.status, Visit.objects.filter(findings__contains=['hypertension-crisis'], open_day=v.open_day).count())",
    )  # fmt: skip
    assert "FOUND 3.60 B 1" in found.stdout, found.stdout + found.stderr


def test_two_phones_wrote_different_figures(visit, portal) -> None:
    one, other = taken_along(visit), taken_along(visit)
    name = f"Kembar {time.time_ns() % 10_000_000}"
    newborn(one, name, "3,5")
    expect(one.get_by_role("button", name="Semua sudah terkirim.")).to_be_visible(timeout=30_000)
    other.get_by_role("button", name="Muat ulang").click()
    other.context.set_offline(True)
    other.get_by_label("Nama atau nama ibu").fill(name)
    other.locator(".child-list a").first.click()
    other.get_by_role("link", name="Timbang dan ukur").click()
    other.get_by_label("Berat (kg)").fill("4,1")
    keep(other)
    other.context.set_offline(False)
    other.get_by_role("button", name=re.compile("menunggu di ponsel|Semua sudah")).click()
    expect(other.get_by_text("Orang lain mengisi yang berbeda")).to_be_visible(timeout=30_000)
    expect(other.get_by_text("3,5 kg")).to_be_visible()
    other.get_by_role("button", name="Pakai isian saya").click()
    expect(other.get_by_text("Semua sudah terkirim.")).to_be_visible(timeout=30_000)
    found = portal.run("manage", "shell", "-c", f"from posyandu.models import *; print('FOUND', GrowthVisit.objects.get(person__name={name!r}).weight)")  # fmt: skip
    assert "FOUND 4.10" in found.stdout, found.stdout + found.stderr


def test_a_wrong_clock_does_not_make_wrong_days(visit, portal) -> None:
    page = taken_along(visit)
    name = f"Jam {time.time_ns() % 10_000_000}"
    page.context.set_offline(True)
    page.clock.set_system_time(time.time() + 40 * 86400)
    page.reload()
    unlock(page)
    newborn(page, name, "3,4")
    page.context.set_offline(False)
    expect(page.get_by_text("Jam ponsel ini meleset 40 hari")).to_be_visible(timeout=30_000)
    found = portal.run(
        "manage", "shell", "-c",
        "from posyandu.models import *; from django.utils import timezone; "
        f"print('FOUND', (timezone.localdate() - GrowthVisit.objects.get(person__name={name!r}).day).days)",
    )  # fmt: skip
    assert "FOUND 0" in found.stdout, found.stdout + found.stderr
    # a clock that is behind is noticed before anything is written
    page.clock.set_system_time(time.time() - 90 * 86400)
    page.reload()
    unlock(page)
    expect(page.get_by_text("Jam ponsel ini salah")).to_be_visible()


def test_signing_out_wipes_the_phone_but_not_unasked(visit) -> None:
    page = taken_along(visit)
    page.context.set_offline(True)
    newborn(page, f"Hapus {time.time_ns() % 10_000_000}", "3,3")
    page.get_by_role("button", name="Orang berikutnya").click()
    page.get_by_role("button", name="Keluar dan hapus data").click()
    expect(page.get_by_text("3 isian belum terkirim")).to_be_visible()
    page.get_by_role("button", name="Tetap hapus").click()
    expect(page.get_by_text("Masuk sekali saat ada sinyal")).to_be_visible()
    assert page.evaluate(COUNTS) == [0, 0, 0]


def test_signing_out_of_the_portal_leaves_no_register_but_what_was_not_sent(visit) -> None:
    page = taken_along(visit)
    page.context.set_offline(True)
    newborn(page, f"Tinggal {time.time_ns() % 10_000_000}", "3,2")
    page.evaluate("window.stop()")
    page.context.route("**/posyandu/cadre/send/", lambda route: route.abort("connectionreset"))  # signal for pages, not for sending
    page.context.set_offline(False)
    page.goto("/me/")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url(re.compile(r":\d+/$"))
    assert page.evaluate(COUNTS) == [1, 0, 3]
    page.context.unroute("**/posyandu/cadre/send/")
    page.goto("/posyandu/cadre/app/")
    unlock(page)
    expect(page.get_by_text("Masuk lagi agar isian dapat dikirim")).to_be_visible()


def test_a_referral_and_social_problems_are_written_without_signal(visit, portal) -> None:
    page, mark = taken_along(visit), f"Rujuk {time.time_ns() % 10_000_000}"
    page.context.set_offline(True)
    newborn(page, mark, "1,8")
    expect(page.get_by_text("Berat badan sangat kurang")).to_be_visible()
    page.get_by_role("button", name="Rujuk ke puskesmas").click()
    page.get_by_label("Yang perlu diketahui puskesmas").fill("Lahir kecil")
    page.get_by_role("button", name="Rujuk ke puskesmas").click()
    expect(page.get_by_text("Suratnya beserta kode dibuat saat ada sinyal")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Berat badan sangat kurang")).to_be_visible()
    page.get_by_role("button", name="← Kembali").click()
    page.get_by_role("link", name="Masalah sosial keluarga").click()
    group = page.get_by_role("group", name=re.compile("akta", re.IGNORECASE))
    note = page.locator("[id^='note-']:visible")
    assert note.count() == 0  # asked only where the answer is yes
    group.get_by_label("Ya").check()
    expect(page.locator("[id^='note-']:visible")).to_have_count(1)
    page.locator("[id^='note-']:visible").fill("Belum punya akta")
    page.get_by_label("Apa yang akan Anda lakukan sendiri?").fill("Antar ke dukcapil")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("link", name=re.compile("Masalah sosial keluarga"))).to_contain_text("sudah ditanya")
    page.context.set_offline(False)
    expect(page.get_by_text("Semua sudah terkirim")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name=re.compile("Rujukan")).click()
    expect(page.get_by_text("Kode surat")).to_be_visible()
    told = portal.run(
        "manage", "shell", "-c",
        "from posyandu.models import Referral, SocialCheck; "
        f"letter = Referral.objects.get(person__name='{mark}'); check = SocialCheck.objects.get(household__people__name='{mark}'); "
        "print('TOLD', letter.note, len(letter.reasons) > 0, len(check.found), check.plan)",
    )  # fmt: skip
    assert "TOLD Lahir kecil True 1 Antar ke dukcapil" in told.stdout, told.stdout + told.stderr


def test_a_dose_of_a_campaign_is_given_without_signal(visit, portal) -> None:
    page, mark = taken_along(visit), f"PIN {time.time_ns() % 10_000_000}"
    page.context.set_offline(True)
    newborn(page, mark, "3,4")
    page.get_by_role("button", name="← Kembali").click()
    campaign = page.get_by_role("listitem").filter(has_text="PIN Polio")
    campaign.get_by_role("button").click()
    expect(campaign).to_contain_text("sudah")
    # the targets of the month came along too
    page.get_by_role("button", name="← Kembali").click()
    page.get_by_role("link", name=re.compile("^Perlu bulan ini")).click()
    expect(page.locator(".child-list .needs").first).to_contain_text(re.compile("Timbang|KPSP|Kontrol|Pemeriksaan|MR|Polio|PIN"))
    page.context.set_offline(False)
    expect(page.get_by_text("Semua sudah terkirim")).to_be_visible(timeout=15_000)
    told = portal.run(
        "manage", "shell", "-c",
        f"from posyandu.models import Given; dose = Given.objects.get(person__name='{mark}'); print('TOLD', dose.campaign.name, dose.tallied)",
    )  # fmt: skip
    assert "TOLD PIN Polio" in told.stdout, told.stdout + told.stderr
    assert "['campaign:" in told.stdout


def test_ten_wrong_pins_wipe_what_the_phone_holds(visit) -> None:
    page = taken_along(visit)
    page.get_by_role("button", name="Kunci").click()
    for _try in range(9):
        unlock(page, "135790")
        expect(page.get_by_role("button", name="Buka")).to_be_enabled(timeout=10_000)
    unlock(page, "135790")
    expect(page.get_by_text("dihapus setelah sepuluh kali PIN salah")).to_be_visible(timeout=10_000)
    assert json.loads(page.evaluate("indexedDB.databases().then((all) => JSON.stringify(all.length))")) >= 1


def test_home_visits_of_another_day_and_a_newborn_whose_mother_is_known(visit, portal) -> None:
    page, day = taken_along(visit), date.today() - timedelta(days=10)
    told = portal.run(
        "manage", "shell", "-c",
        "from ntbportal.commons.people import User; from posyandu.models import *; u = User.objects.get(username='kader'); "
        "m = Person.objects.filter(posyandu__in=u.posyandu.all(), sex='F', relation='wife', left_on=None, birth_date__year__gt=1988).order_by('pk').last(); "
        "print('MOTHER', m.name)",
    )  # fmt: skip
    mother = re.search(r"MOTHER (.+)", told.stdout)[1].strip()
    page.context.set_offline(True)
    page.get_by_role("button", name="Hari lain, kunjungan rumah").click()
    page.get_by_label("Tanggal hari buka").fill((date.today() + timedelta(days=1)).isoformat())
    page.get_by_label("Kunjungan rumah").check()
    page.get_by_role("button", name="Lanjutkan dengan hari itu").click()
    expect(page.get_by_text("Tanggalnya di masa depan.")).to_be_visible()
    page.get_by_label("Tanggal hari buka").fill(day.isoformat())
    page.get_by_role("button", name="Lanjutkan dengan hari itu").click()
    expect(page.get_by_text("Kunjungan rumah", exact=True)).to_be_visible()
    name = f"Bayi {time.time_ns() % 10_000_000}"
    page.get_by_role("button", name="Tambah orang").click()
    page.get_by_label("Nama", exact=True).fill(name)
    page.get_by_label("Laki-laki").check()
    page.get_by_label("Lahir").fill((day - timedelta(days=6)).isoformat())
    page.get_by_label("Nama ibu").fill(mother)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("radio", name=re.compile(mother)).first.check()
    chosen = page.locator("input[name=mother_is]:checked").get_attribute("value")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("link", name="Timbang dan ukur").click()
    page.get_by_label("Berat (kg)").fill("3,1")
    keep(page)
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Semua sudah terkirim.")).to_be_visible(timeout=30_000)
    found = portal.run(
        "manage", "shell", "-c",
        f"from posyandu.models import *; p = Person.objects.get(name={name!r}); v = p.growth_visits.get(); "
        "print('FOUND', p.mother_id, p.household_id == p.mother.household_id, v.day, v.open_day.is_home_visits)",
    )  # fmt: skip
    assert f"FOUND {chosen} True {day} True" in found.stdout, found.stdout + found.stderr


def test_the_phone_finds_everybody_and_calls_nothing_normal_that_was_not_asked(visit) -> None:
    page = taken_along(visit)
    name = f"Cari {time.time_ns() % 10_000_000}"
    newborn(page, name, "3,5")
    # served, while the list shows who has not come: found all the same, and where
    page.get_by_role("button", name="Orang berikutnya").click()
    page.get_by_label("Nama atau nama ibu").fill(name)
    found = page.locator(".child-list li").filter(has_text=name)
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Terlayani")
    page.get_by_label("Umur").select_option("elderly")
    expect(page.locator(".child-list li").filter(has_text=name)).to_have_count(1)
    # half an answer is no all clear
    page.get_by_label("Nama atau nama ibu").fill("")
    page.get_by_role("link", name=re.compile("^Semua")).click()
    page.get_by_label("Umur").select_option("adult")
    page.locator(".child-list a").first.click()
    page.get_by_role("link", name="Dewasa").click()
    page.get_by_label("Tekanan darah, angka atas").fill("120")
    keep(page)
    expect(page.get_by_text("Belum semuanya dapat dinilai.")).to_be_visible()
    expect(page.get_by_text("Tekanan darah, angka bawah")).to_be_visible()
    expect(page.get_by_text("Tidak perlu dirujuk")).to_have_count(0)
    # an odd head is asked about as a head
    page.get_by_role("button", name="Orang berikutnya").click()
    page.get_by_label("Umur").select_option("under-five")
    page.locator(".child-list a").first.click()
    page.get_by_role("link", name="Timbang dan ukur").click()
    page.get_by_label("Berat (kg)").fill("9")
    page.get_by_label("Lingkar kepala (cm)").fill("70")
    page.get_by_role("button", name="Simpan dan lihat hasilnya").click()
    expect(page.get_by_text("Lingkar kepala 70 cm sangat tidak biasa")).to_be_visible()
