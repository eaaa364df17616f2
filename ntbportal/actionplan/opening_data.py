"""The plan as submitted to OGP, to be kept up to date in the admin. Texts are our own summary.

Source: OGP action plan of the consortium NTB Province and West Sumbawa Regency (three commitments).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from ntbportal.commons.agencies import Agency
from ntbportal.commons.reference_data import Loader, register

from .models import Commitment, Completion, Milestone, Plan

COMMITMENTS: tuple[dict[str, Any], ...] = (
    {
        "slug": "satu-data",
        "lead": "diskominfotik",
        "supporting": ["bappeda", "bps-ntb"],
        "page": "/onedata/",
        "title_id": "NTB Satu Data",
        "title_en": "NTB One Data",
        "values": "transparency, accountability, technology",
        "problem_id": "Data perangkat daerah tersebar, berbeda definisi, dan sulit dipakai ulang oleh masyarakat.",
        "problem_en": "Agencies' data are scattered, differently defined, and hard for the public to reuse.",
        "solution_id": "Satu portal dengan standar data, metadata, interoperabilitas, kode referensi dan data induk; produsen mengirim, Walidata memeriksa, semua orang menemukan dan memakai.",
        "solution_en": "One portal with data standards, metadata, interoperability, reference codes and master data: producers submit, the Walidata checks, everyone finds and reuses.",
        "results_id": "Data terbuka yang lengkap, mutakhir dan dapat dipercaya.",
        "results_en": "Open data that are complete, current and trustworthy.",
        "milestones": (
            (
                "Kode referensi wilayah dan perangkat daerah terbuka",
                "Reference codes of regions and agencies are open",
                Completion.COMPLETE,
                "/onedata/reference/",
            ),
            (
                "Alur produsen ke Walidata berjalan di portal",
                "The way from producer to Walidata runs on the portal",
                Completion.SUBSTANTIAL,
                "/onedata/",
            ),
            ("Laporan mutu untuk setiap data set", "A quality report for every data set", Completion.SUBSTANTIAL, "/onedata/"),
            ("Pertukaran data dengan portal nasional", "Exchange of data with the national portal", Completion.NOT_STARTED, ""),
        ),
    },
    {
        "slug": "ntb-care",
        "lead": "dinsos",
        "supporting": ["diskominfotik", "dp3ap2kb", "bpbd"],
        "page": "/care/",
        "title_id": "NTB Care",
        "title_en": "NTB Care",
        "values": "participation, accountability, technology",
        "problem_id": "Laporan warga lambat sampai ke perangkat daerah yang bertanggung jawab, dan jawabannya tidak terlihat.",
        "problem_en": "Citizens' reports reach the responsible agency late, and the answers are not seen.",
        "solution_id": "Laporan dari peramban, langsung diteruskan menurut kategori dan wilayah, dijawab tepat waktu dan terbuka; keadaan darurat tidak mengantre.",
        "solution_en": "Reports from a browser, forwarded at once by category and region, answered on time and in public; emergencies do not queue.",
        "results_id": "Jawaban dalam lima hari kerja; tanggapan pertama keadaan darurat dalam 60 menit.",
        "results_en": "Answers within five working days; first response to emergencies within 60 minutes.",
        "milestones": (
            (
                "Warga melapor dalam tiga layar tanpa akun",
                "Citizens report in three screens without an account",
                Completion.COMPLETE,
                "/care/new/",
            ),
            ("Penerusan otomatis ke perangkat daerah", "Automatic forwarding to the agencies", Completion.COMPLETE, "/care/"),
            ("Pemantauan waktu jawab terbuka", "Public monitoring of answering times", Completion.LIMITED, "/care/"),
            ("Piket darurat di semua kabupaten/kota", "Duty officers in all regencies and cities", Completion.NOT_STARTED, ""),
        ),
    },
    {
        "slug": "sistem-informasi-posyandu",
        "lead": "dinkes",
        "supporting": ["dp3ap2kb", "dukcapil"],
        "page": "/posyandu/",
        "title_id": "Sistem Informasi Posyandu",
        "title_en": "Posyandu Information System",
        "values": "transparency, participation, technology",
        "problem_id": "Catatan posyandu di kertas terlambat dan sulit dipakai; gangguan tumbuh dan masalah sosial terlambat diketahui.",
        "problem_en": "Posyandu records on paper come late and are hard to use; growth faltering and social problems are found late.",
        "solution_id": "Kader mencatat kunjungan semua umur; hasil timbang langsung dinilai; pimpinan merencanakan dari angka yang benar.",
        "solution_en": "Cadres record visits of every age; weighings are judged at once; leaders plan from true figures.",
        "results_id": "Stunting dan masalah sosial ditemukan dini di sekitar 7.700 posyandu.",
        "results_en": "Stunting and social problems are found early in about 7,700 posyandu.",
        "milestones": (
            (
                "Pencatatan tumbuh kembang balita dengan KMS",
                "Growth of under-fives recorded with the growth card",
                Completion.SUBSTANTIAL,
                "/posyandu/",
            ),
            ("SKDN per posyandu sampai provinsi", "SKDN from posyandu to province", Completion.SUBSTANTIAL, "/posyandu/"),
            ("Kunjungan semua kelompok umur", "Visits of all age groups", Completion.NOT_STARTED, ""),
            ("Pencatatan tanpa sinyal", "Recording without signal", Completion.NOT_STARTED, ""),
        ),
    },
)


def load_plan() -> str:
    """Create the plan where there is none; an edited one is left alone."""
    if Plan.objects.exists():
        return "kept"
    agencies = {agency.slug: agency for agency in Agency.objects.filter(kind__in=["provincial", "national", "cso", "regency"])}
    plan = Plan.objects.create(
        title_id="Rencana Aksi Pemerintahan Terbuka NTB",
        title_en="Open Government Action Plan of NTB",
        is_current=True,
        starts_on=date(2021, 1, 1),
        ends_on=date(2027, 12, 31),
        aims_id="NTB bersih dan melayani (misi kedua RPJMD 2019–2023)\nKemitraan dengan organisasi masyarakat sipil\nBerbagi praktik baik\nPublikasi di dalam dan luar negeri",
        aims_en="A clean and serving NTB (second mission of the RPJMD 2019–2023)\nPartnership with civil society\nSharing good practice\nPublication at home and abroad",
    )
    plan.consortium.set([agencies["pemprov-ntb"], agencies["pemda-5207"]])
    plan.partners.set([agencies["fitra-ntb"], agencies["somasi-ntb"], agencies["pwyp-indonesia"]])
    for number, entry in enumerate(COMMITMENTS, start=1):
        texts = {key: value for key, value in entry.items() if key not in {"lead", "supporting", "milestones"}}
        commitment = Commitment.objects.create(
            plan=plan, number=number, lead=agencies[str(entry["lead"])], completion=Completion.LIMITED, **texts
        )
        commitment.supporting.set([agencies[slug] for slug in entry["supporting"]])
        Milestone.objects.bulk_create(
            Milestone(
                commitment=commitment,
                position=position,
                title_id=indonesian,
                title_en=english,
                completion=completion,
                evidence=evidence,
                starts_on=plan.starts_on,
                ends_on=plan.ends_on,
            )
            for position, (indonesian, english, completion, evidence) in enumerate(entry["milestones"])
        )
    return "3 commitments"


def register_all() -> None:
    register(Loader("action plan", lambda: "1", load_plan))
