"""Categories, routing rules and deadlines that come with the portal. Edited ones are left alone."""

from __future__ import annotations

from datetime import date

from ntbportal.commons.agencies import Agency, AgencyKind
from ntbportal.commons.places import PROVINCE_CODE
from ntbportal.commons.reference_data import Loader, register

from .models import AnswerTemplate, Category, DeadlineRule, EmergencyWord, Question, RetentionRule, RoutingRule, Step

FROM = date(2020, 1, 1)

# slug, Indonesian, English, examples in both, emergency, sensitive, provincial agency, or "regency" for the regency's own
CATEGORIES = (
    (
        "darurat-sosial",
        "Darurat sosial",
        "Social emergency",
        "lansia terlantar, orang sakit tanpa bantuan, gizi buruk",
        "abandoned elderly, sick without help, severe malnutrition",
        True,
        True,
        "dinsos",
    ),
    (
        "kekerasan",
        "Kekerasan",
        "Violence",
        "terhadap perempuan, anak, di rumah",
        "against women, children, at home",
        True,
        True,
        "dp3ap2kb",
    ),
    ("bencana", "Bencana", "Disaster", "banjir, longsor, kebakaran, gempa", "flood, landslide, fire, earthquake", True, False, "bpbd"),
    (
        "jalan",
        "Jalan dan jembatan",
        "Roads and bridges",
        "berlubang, jembatan rusak, lampu jalan",
        "potholes, broken bridge, street light",
        False,
        False,
        "pupr",
    ),
    (
        "air-bersih",
        "Air bersih dan sanitasi",
        "Water and sanitation",
        "air tidak mengalir, saluran mampet",
        "no water, blocked drain",
        False,
        False,
        "regency",
    ),
    (
        "sampah",
        "Sampah dan lingkungan",
        "Waste and environment",
        "sampah menumpuk, pencemaran, pembalakan",
        "piled-up waste, pollution, logging",
        False,
        False,
        "dlhk",
    ),
    (
        "kesehatan",
        "Kesehatan dan posyandu",
        "Health and posyandu",
        "puskesmas, obat, BPJS, posyandu",
        "health centre, medicine, insurance, posyandu",
        False,
        False,
        "dinkes",
    ),
    (
        "pendidikan",
        "Pendidikan",
        "Education",
        "pungutan, guru, gedung sekolah, putus sekolah",
        "fees, teachers, buildings, dropping out",
        False,
        False,
        "dikbud",
    ),
    (
        "bantuan-sosial",
        "Bantuan sosial",
        "Social assistance",
        "PKH, sembako, data penerima",
        "cash transfers, food aid, lists of recipients",
        False,
        False,
        "dinsos",
    ),
    (
        "kependudukan",
        "KTP, KK, akta",
        "Identity papers",
        "NIK, KK, akta kelahiran",
        "ID number, family card, birth certificate",
        False,
        True,
        "dukcapil",
    ),
    (
        "perhubungan",
        "Angkutan dan lalu lintas",
        "Transport and traffic",
        "angkutan umum, rambu, pelabuhan",
        "public transport, signs, ports",
        False,
        False,
        "dishub",
    ),
    ("ketertiban", "Ketertiban umum", "Public order", "gangguan, pedagang liar", "disturbance, illegal stalls", False, False, "satpolpp"),
    (
        "pelayanan",
        "Pelayanan kantor pemerintah",
        "Service of government offices",
        "lambat, pungli, petugas",
        "slow, bribes, staff",
        False,
        True,
        "",
    ),
    ("lainnya", "Lainnya", "Something else", "", "", False, False, ""),
)

# slug, parent, Indonesian, English, words
# fmt: off
SUBCATEGORIES = (
    ("lansia-terlantar", "darurat-sosial", "Lansia atau orang terlantar", "Abandoned elderly or person", "lansia, kakek, nenek, sebatang kara, gelandangan, ODGJ, terlantar"),
    ("sakit-tanpa-bantuan", "darurat-sosial", "Orang sakit tanpa bantuan", "Sick person without help", "sakit keras, tidak punya biaya, rumah sakit, ambulans, BPJS mati"),
    ("gizi-buruk", "darurat-sosial", "Gizi buruk", "Severe malnutrition", "kurus, gizi buruk, stunting, balita lemas, kelaparan"),
    ("kekerasan-perempuan", "kekerasan", "Terhadap perempuan", "Against women", "KDRT, istri, memar, suami, pelecehan, perempuan dipukul"),
    ("kekerasan-anak", "kekerasan", "Terhadap anak", "Against children", "anak dipukul, perundungan, bullying, pencabulan, pernikahan anak, dikawinkan"),
    ("perdagangan-orang", "kekerasan", "Perdagangan orang dan pekerja migran", "Trafficking and migrant workers", "TKI, PMI ilegal, calo, majikan, perdagangan orang, luar negeri"),
    ("banjir", "bencana", "Banjir", "Flood", "banjir, air naik, terendam, rob, sungai meluap"),
    ("longsor", "bencana", "Tanah longsor", "Landslide", "longsor, tebing, tertimbun"),
    ("kebakaran", "bencana", "Kebakaran", "Fire", "kebakaran, api, terbakar, asap"),
    ("gempa", "bencana", "Gempa atau tsunami", "Earthquake or tsunami", "gempa, tsunami, guncangan, retak"),
    ("jalan-berlubang", "jalan", "Jalan berlubang atau rusak", "Pothole or broken road", "lubang, aspal, jalan rusak, mengelupas, becek"),
    ("jembatan", "jalan", "Jembatan rusak", "Broken bridge", "jembatan, gantung, lapuk, ambruk"),
    ("lampu-jalan", "jalan", "Lampu jalan mati", "Street light out", "lampu jalan, PJU, gelap, penerangan"),
    ("air-mati", "air-bersih", "Air tidak mengalir", "No water", "air mati, PDAM, ledeng, keran, kekeringan, tangki air"),
    ("pipa-bocor", "air-bersih", "Pipa bocor", "Leaking pipe", "pipa, bocor, terbuang"),
    ("saluran-mampet", "air-bersih", "Saluran mampet", "Blocked drain", "drainase, selokan, got, mampet, genangan"),
    ("sampah-menumpuk", "sampah", "Sampah menumpuk", "Piled-up waste", "sampah, TPS, bau, tidak diangkut, plastik"),
    ("pencemaran", "sampah", "Pencemaran", "Pollution", "limbah, sungai hitam, asap pabrik, pencemaran, tambak, merkuri"),
    ("pembalakan", "sampah", "Pembalakan dan tambang liar", "Illegal logging and mining", "pembalakan, kayu, hutan, tambang ilegal, galian"),
    ("puskesmas", "kesehatan", "Pelayanan puskesmas atau rumah sakit", "Service of health centre or hospital", "puskesmas, rumah sakit, antre, dokter, perawat, bidan"),
    ("obat-kosong", "kesehatan", "Obat kosong", "Medicine out of stock", "obat, vaksin, stok, apotek, insulin"),
    ("posyandu-tutup", "kesehatan", "Posyandu tidak buka", "Posyandu not open", "posyandu, kader, imunisasi, timbangan"),
    ("bpjs", "kesehatan", "BPJS dan jaminan kesehatan", "Health insurance", "BPJS, KIS, PBI, jaminan, nonaktif"),
    ("pungutan-sekolah", "pendidikan", "Pungutan di sekolah", "Fees at school", "pungutan, iuran, uang komite, seragam, SPP"),
    ("gedung-sekolah", "pendidikan", "Gedung sekolah rusak", "Broken school building", "atap, ruang kelas, bangku, toilet sekolah"),
    ("guru", "pendidikan", "Guru tidak hadir atau kurang", "Teachers missing", "guru, honorer, tidak mengajar, kosong"),
    ("putus-sekolah", "pendidikan", "Anak putus sekolah", "Child out of school", "putus sekolah, tidak sekolah, beasiswa, PIP"),
    ("belum-terdaftar", "bantuan-sosial", "Belum terdaftar", "Not on the list", "tidak terdaftar, DTKS, belum dapat, tidak mampu, DTSEN"),
    ("salah-sasaran", "bantuan-sosial", "Salah sasaran", "Goes to the wrong people", "mampu, salah sasaran, tidak tepat, mobil"),
    ("bantuan-dipotong", "bantuan-sosial", "Bantuan dipotong", "Assistance cut", "dipotong, potongan, disunat, agen, e-warong"),
)
# category, question in both languages, kind of answer, choices in both, required, public
QUESTIONS = (
    ("darurat-sosial", "Berapa orang yang perlu ditolong?", "How many people need help?", "number", "", "", False, True),
    ("kekerasan", "Apakah korban sekarang aman?", "Is the victim safe now?", "yes_no", "", "", False, False),
    ("bencana", "Apakah ada orang yang terjebak atau luka?", "Is anybody trapped or hurt?", "yes_no", "", "", False, True),
    ("bencana", "Kira-kira berapa rumah terdampak?", "About how many houses are affected?", "number", "", "", False, True),
    ("jalan-berlubang", "Seberapa lebar kerusakannya?", "How wide is the damage?", "choice", "kurang dari 1 meter\n1 sampai 5 meter\nlebih dari 5 meter", "less than 1 metre\n1 to 5 metres\nmore than 5 metres", False, True),
    ("jalan", "Sudah ada yang celaka?", "Has anybody been hurt?", "yes_no", "", "", False, True),
    ("lampu-jalan", "Nomor tiang, bila ada", "Number of the pole, if there is one", "text", "", "", False, True),
    ("air-mati", "Sejak kapan air tidak mengalir?", "Since when is there no water?", "date", "", "", False, True),
    ("pipa-bocor", "Sejak kapan?", "Since when?", "date", "", "", False, True),
    ("obat-kosong", "Obat apa?", "Which medicine?", "text", "", "", True, True),
    ("posyandu-tutup", "Posyandu mana?", "Which posyandu?", "text", "", "", True, True),
    ("pendidikan", "Sekolah mana?", "Which school?", "text", "", "", True, True),
    ("bantuan-sosial", "Bantuan apa?", "Which assistance?", "choice", "PKH\nSembako (BPNT)\nBLT Dana Desa\nPBI JKN\nLainnya", "PKH\nFood aid (BPNT)\nVillage cash aid\nHealth insurance (PBI)\nAnother", False, True),
    ("kependudukan", "Dokumen apa?", "Which document?", "choice", "KTP\nKartu keluarga\nAkta kelahiran\nAkta kematian\nPindah", "ID card\nFamily card\nBirth certificate\nDeath certificate\nMoving", False, True),
    ("perhubungan", "Trayek atau nomor kendaraan, bila ada", "Route or number plate, if there is one", "text", "", "", False, False),
    ("pelayanan", "Kantor mana?", "Which office?", "text", "", "", True, True),
)
# fmt: on

LAPOR = "PermenPANRB 62/2018 (SP4N-LAPOR!)"
DEADLINES = (
    (Step.VERIFY, "", False, 3, None, LAPOR),
    (Step.ANSWER, "", False, 5, None, LAPOR),
    (Step.REPLY, "", False, 10, None, LAPOR),
    (Step.VERIFY, "", True, None, 60, "NTB Care: first response to emergencies"),
    (Step.ANSWER, "", True, None, 60, "NTB Care: first response to emergencies"),
)


def load_subcategories() -> str:
    """The second level with its words, and the questions where none exist at all."""
    parents = {category.slug: category for category in Category.objects.all()}
    Category.objects.bulk_create(
        [
            Category(
                slug=slug, parent=parents[parent], name_id=indonesian, name_en=english, words=words,
                is_emergency=parents[parent].is_emergency, is_sensitive=parents[parent].is_sensitive, position=100 + number,
            )
            for number, (slug, parent, indonesian, english, words) in enumerate(SUBCATEGORIES)
            if parent in parents
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if not Question.objects.exists():
        known = {category.slug: category for category in Category.objects.all()}
        Question.objects.bulk_create(
            Question(
                category=known[slug], text_id=indonesian, text_en=english, answer_kind=kind, choices_id=choices_id, choices_en=choices_en,
                is_required=required, is_public=public, position=number,
            )
            for number, (slug, indonesian, english, kind, choices_id, choices_en, required, public) in enumerate(QUESTIONS)
            if slug in known
        )  # fmt: skip
    return f"{len(SUBCATEGORIES)} subcategories, {len(QUESTIONS)} questions"


def load_rules() -> str:
    """Add what is missing: categories by address, then rules and deadlines where none exist at all."""
    Category.objects.bulk_create(
        [
            Category(
                slug=slug,
                name_id=indonesian,
                name_en=english,
                hint_id=hint_id,
                hint_en=hint_en,
                is_emergency=emergency,
                is_sensitive=sensitive,
                position=position,
            )
            for position, (slug, indonesian, english, hint_id, hint_en, emergency, sensitive, _to) in enumerate(CATEGORIES)
        ],
        ignore_conflicts=True,
    )
    if not RoutingRule.objects.exists():
        categories = {category.slug: category for category in Category.objects.all()}
        agencies = {agency.slug: agency for agency in Agency.objects.filter(kind__in=[AgencyKind.PROVINCIAL, AgencyKind.HOSPITAL])}
        regencies = list(Agency.objects.filter(kind=AgencyKind.REGENCY))
        rules = []
        for slug, *_rest, to in CATEGORIES:
            source = "Tugas pokok dan fungsi perangkat daerah"
            if to == "regency":
                rules += [
                    RoutingRule(
                        category=categories[slug],
                        region_id=agency.region_id,
                        agency=agency,
                        valid_from=FROM,
                        source="UU 23/2014: urusan kabupaten/kota",
                    )
                    for agency in regencies
                ]
            elif to:
                rules.append(
                    RoutingRule(category=categories[slug], region_id=PROVINCE_CODE, agency=agencies[to], valid_from=FROM, source=source)
                )
        RoutingRule.objects.bulk_create(rules)
    if not DeadlineRule.objects.exists():
        DeadlineRule.objects.bulk_create(
            DeadlineRule(step=step, kind=kind, is_emergency=emergency, working_days=days, minutes=minutes, source=source, valid_from=FROM)
            for step, kind, emergency, days, minutes, source in DEADLINES
        )
    return f"{len(CATEGORIES)} categories"


EMERGENCY_WORDS = (
    "sekarat", "pingsan", "tidak sadarkan diri", "dipukuli", "dianiaya", "diperkosa", "disekap", "bunuh diri", "hanyut", "tenggelam",
    "tertimbun", "terjebak", "kebakaran", "longsor", "banjir bandang", "kejang", "pendarahan", "melahirkan di jalan", "terlantar",
)  # fmt: skip
TEMPLATES = (
    ("Sudah kami terima", "Terima kasih atas laporan {code}. {agency} akan memeriksa lokasi di {place} dan mengabari di sini."),
    (
        "Sudah dikerjakan",
        "Laporan {code} sudah kami tindak lanjuti: … Foto hasilnya kami lampirkan. Bila belum beres, balaslah di halaman ini.",
    ),
    ("Perlu anggaran", "Kami sudah memeriksa {place}. Pekerjaan ini perlu anggaran; kami usulkan untuk tahun …. Sementara itu kami …."),
)


def load_words_and_templates() -> str:
    """What people have changed stays: only what is missing is added."""
    EmergencyWord.objects.bulk_create([EmergencyWord(word=word) for word in EMERGENCY_WORDS], ignore_conflicts=True)
    for title, text in TEMPLATES:
        AnswerTemplate.objects.get_or_create(title=title, defaults={"text": text})
    if not RetentionRule.objects.exists():
        RetentionRule.objects.create(
            days=730, valid_from=FROM, source="NTB Care: two years (to be set by the province; Law 27/2022, art. 43-44)"
        )
    return f"{EmergencyWord.objects.count()} words of emergencies"


def register_all() -> None:
    register(Loader("words of emergencies, templates of answers", lambda: "2", load_words_and_templates))
    register(Loader("report categories, routing, deadlines", lambda: "1", load_rules))
    register(Loader("subcategories and questions of reports", lambda: "1", load_subcategories))
