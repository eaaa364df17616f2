"""Demo of what happens around the data sets: shared records, the yearly list, requests, discussion, reuses, charts, a
proposal for a code list. Invented, seeded, and only with demo data."""

from __future__ import annotations

import random
from datetime import date, timedelta

from django.utils import timezone

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import User
from ntbportal.commons.reference_data import Loader, register
from ntbportal.commons.working_days import add_working_days

from .counting import add_up
from .models import (
    Activity,
    Chart,
    CodeList,
    CodeProposal,
    Comment,
    DataRequest,
    DataSet,
    DayCount,
    Follow,
    Indicator,
    Moderation,
    Release,
    RequestState,
    Reuse,
    Variable,
    YearlyList,
)
from .models.reference import ProposalState
from .search import refresh_contents

SEED = 391


def load_life() -> str:
    rng = random.Random(SEED)
    people = {user.username: user for user in User.objects.filter(username__in=["produsen", "walidata", "pembina", "warga", "csofitra"])}
    published = list(DataSet.objects.published().filter(is_demo=True).select_related("producer", "current").order_by("pk"))
    _records(published)
    _plan(rng, published)
    _requests(people["warga"])
    _readers(rng, people, published)
    _charts(people["produsen"], published)
    _proposal(people["produsen"])
    for data_set in DataSet.objects.published().select_related("current"):
        refresh_contents(data_set)
    return "records, yearly list, requests, discussion, reuses, charts"


def _records(data_sets: list[DataSet]) -> None:
    health = Agency.objects.get(slug="dinkes")
    activity, _ = Activity.objects.get_or_create(
        code="pemantauan-tumbuh-kembang-contoh",
        defaults={
            "name": "Pemantauan tumbuh kembang balita di posyandu (contoh)", "owner": health, "year": timezone.localdate().year - 1,
            "method": "register", "purpose": "Menghitung balita yang ditimbang dan diukur di posyandu setiap bulan.",
            "population": "Balita di wilayah kerja posyandu", "coverage": "Seluruh kabupaten/kota di NTB", "period": "Setiap bulan",
            "legal_basis": "Permenkes 2/2020 tentang Standar Antropometri Anak",
        },
    )  # fmt: skip
    variables = {}
    for code, name, concept, definition, unit in (
        ("tinggi-badan-anak", "Tinggi badan anak", "Tinggi badan", "Panjang badan di bawah 24 bulan, tinggi badan sesudahnya.", "cm"),
        ("berat-badan-anak", "Berat badan anak", "Berat badan", "Berat tanpa sepatu dan pakaian tebal.", "kg"),
        ("umur-anak", "Umur anak", "Umur", "Selisih hari antara kunjungan dan tanggal lahir.", "hari"),
        ("jumlah-balita-diukur", "Jumlah balita diukur", "Balita diukur", "Balita yang tinggi badannya diukur pada bulan itu.", "orang"),
    ):
        variables[code], _ = Variable.objects.get_or_create(
            code=code,
            defaults={
                "name": name, "owner": health, "concept": concept, "definition": definition, "unit": unit, "activity": activity,
                "reference": "Permenkes 2/2020", "value_type": "number", "reference_period": "Bulan kunjungan",
            },
        )  # fmt: skip
    stunting, _ = Indicator.objects.get_or_create(
        code="prevalensi-stunting",
        defaults={
            "name": "Prevalensi stunting balita", "owner": health, "concept": "Stunting", "activity": activity,
            "definition": "Bagian balita dengan tinggi badan menurut umur di bawah -2 SD.",
            "interpretation": "Makin rendah makin baik; di atas 20 persen tergolong tinggi.",
            "formula": "Balita dengan TB/U < -2 SD dibagi balita yang diukur, kali 100", "measure": "Persentase", "unit": "persen",
            "classification": "Wilayah, tahun", "level": "Kabupaten/kota",
        },
    )  # fmt: skip
    stunting.variables.set([variables["tinggi-badan-anak"], variables["umur-anak"], variables["jumlah-balita-diukur"]])
    for data_set in data_sets:
        if "stunting" in data_set.title.lower():
            data_set.indicators.add(stunting)
            data_set.variables.set(list(variables.values()))
            DataSet.objects.filter(pk=data_set.pk).update(activity=activity)


def _plan(rng: random.Random, data_sets: list[DataSet]) -> None:
    today = timezone.localdate()
    yearly, _ = YearlyList.objects.get_or_create(
        year=today.year, defaults={"agreed_on": date(today.year, 1, 20), "decree": "Berita acara Forum Satu Data (contoh)"}
    )
    YearlyList.objects.get_or_create(year=today.year + 1)
    planned = DataSet.objects.filter(stage="planned", is_demo=True)
    for data_set in [*data_sets[:30], *planned]:
        due = date(today.year, rng.randrange(1, 13), rng.choice([10, 15, 20, 25]))
        if Release.objects.filter(data_set=data_set).exists():
            continue
        late = data_set.current is None or rng.random() < 0.15
        released = due + timedelta(days=rng.choice([-6, -2, 0, 0, 3])) if due < today and not late else None
        Release.objects.create(
            yearly_list=yearly, data_set=data_set, due_on=due, period=str(today.year - 1), released_on=released,
            version=data_set.current if released else None,
        )  # fmt: skip


def _requests(citizen: User) -> None:
    if DataRequest.objects.exists():
        return
    today = timezone.localdate()
    for title, purpose, state, days, answer in (
        ("Jumlah UMKM menurut desa, 2024", "Skripsi tentang usaha kecil", RequestState.UNDER_REVIEW, 4, ""),
        ("Titik sumur bor yang dibiayai APBD", "Pemantauan anggaran oleh CSO", RequestState.RECEIVED, 1, ""),
        ("Jumlah guru honorer per sekolah", "Liputan pendidikan", RequestState.PROVIDED, 30, "Data sudah terbit di katalog."),
        (
            "Nama penerima bantuan sosial",
            "Verifikasi warga",
            RequestState.REFUSED,
            40,
            "Memuat data pribadi (UU 27/2022); tersedia jumlah per desa.",
        ),
        ("Kualitas air sungai bulanan", "Penelitian lingkungan", RequestState.EXTENDED, 12, "Dikumpulkan dari tiga laboratorium."),
    ):
        asked = DataRequest.objects.create(
            title=title, purpose=purpose, state=state, answer=answer, requester=citizen, requester_name="Contoh",
            requester_email="warga@demo.ntb.test", is_shown=True, due_on=add_working_days(today - timedelta(days=days), 10),
            agency=Agency.objects.get(slug="dinkes") if state == RequestState.UNDER_REVIEW else None,
            answered_at=timezone.now() - timedelta(days=days - 9) if answer and state != RequestState.EXTENDED else None,
        )  # fmt: skip
        DataRequest.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(days=days))


def _readers(rng: random.Random, people: dict[str, User], data_sets: list[DataSet]) -> None:
    if Comment.objects.exists() or not data_sets:
        return
    today = timezone.localdate()
    DayCount.objects.bulk_create(
        [
            DayCount(data_set=data_set, day=today - timedelta(days=day), views=rng.randrange(0, 40), downloads=rng.randrange(0, 9))
            for data_set in data_sets
            for day in range(0, 30, 3)
        ],
        ignore_conflicts=True,
    )
    add_up()
    first = next((data_set for data_set in data_sets if "stunting" in data_set.title.lower()), data_sets[0])
    asked = Comment.objects.create(
        data_set=first, author=people["warga"], text="Apakah angka ini sudah termasuk balita yang tidak datang ke posyandu?",
        state=Moderation.SHOWN,
    )  # fmt: skip
    Comment.objects.create(
        data_set=first, author=people["produsen"], answers=asked, is_official=True, state=Moderation.SHOWN,
        text="Belum. Penyebutnya balita yang diukur; lihat uraian indikatornya.",
    )  # fmt: skip
    Comment.objects.create(data_set=first, author=people["warga"], text="Kapan data per desa tersedia?")
    for title, kind, state in (
        ("Peta stunting untuk Musrenbang desa (contoh)", "visualisation", Moderation.SHOWN),
        ("Kajian anggaran gizi oleh CSO (contoh)", "research", Moderation.SHOWN),
        ("Aplikasi jadwal imunisasi (contoh)", "app", Moderation.WAITING),
    ):
        reuse = Reuse.objects.create(
            title=title, kind=kind, url="https://example.org/", maker="Contoh", author=people["csofitra"], state=state,
            description="Contoh pemanfaatan data terbuka NTB, untuk demo.",
        )  # fmt: skip
        reuse.data_sets.add(first)
    Follow.objects.get_or_create(user=people["warga"], data_set=first)


def _charts(producer: User, data_sets: list[DataSet]) -> None:
    for data_set in data_sets:
        if data_set.current is None or data_set.charts.exists() or "stunting" not in data_set.title.lower():
            continue
        year = str(timezone.localdate().year - 1)
        for drawing in (
            {"kind": "bar", "x": "wilayah", "y": "nilai", "total": "mean", "where_column": "tahun", "where_value": year},
            {"kind": "map", "x": "kode_wilayah", "y": "nilai", "total": "mean", "where_column": "tahun", "where_value": year},
        ):
            title = f"{data_set.title}, {year}"
            Chart.objects.create(data_set=data_set, title=title, drawing={**drawing, "title": title}, created_by=producer)


def _proposal(producer: User) -> None:
    code_list = CodeList.objects.get(slug="jenjang-pendidikan")
    if code_list.proposals.exists():
        return
    CodeProposal.objects.create(
        code_list=code_list, based_on=code_list.number, label="2026 (contoh)", reason="Contoh usulan: menambah pendidikan anak usia dini.",
        changes=[
            {"act": "add", "code": "P", "row": 2, "before": {}, "after": {"label": "Pendidikan anak usia dini"}},
            {"act": "change", "code": "T1", "row": 3, "before": {"label": "Diploma"}, "after": {"label": "Diploma (D1-D4)"}},
        ],
        unchanged=10, by=producer, state=ProposalState.PROPOSED,
    )  # fmt: skip


def register_all() -> None:
    register(Loader("life around the data sets", lambda: "1", load_life, demo=True))
