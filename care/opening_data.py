"""Categories, routing rules and deadlines that come with the portal. Edited ones are left alone."""

from __future__ import annotations

from datetime import date

from ntbportal.commons.agencies import Agency, AgencyKind
from ntbportal.commons.places import PROVINCE_CODE
from ntbportal.commons.reference_data import Loader, register

from .models import AnswerTemplate, Category, ConfidentialWord, DeadlineRule, EmergencyWord, Question, RetentionRule, RoutingRule, Step

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
    ("korupsi", "pelayanan", "Pungli atau korupsi", "Bribes or corruption", "pungli, korupsi, suap, sogok, uang pelicin, fiktif, penggelapan"),
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


# reports of these, and of all within them, are secret: people in danger, children, neglect, the
# health of a person, and those who tell of wrongs (reports of corruption go to the Inspectorate
# with the reporter hidden: domain.md part 4)
CONFIDENTIAL = ("kekerasan", "darurat-sosial", "korupsi", "bantuan-dipotong", "pungutan-sekolah")


def load_confidential() -> str:
    """Categories of people in danger are confidential; cases that were public become secret."""
    from .confidential import keep_secret_by_category

    marked = Category.objects.filter(slug__in=CONFIDENTIAL, is_confidential=False)
    marked.update(is_confidential=True)
    corruption = Category.objects.filter(slug="korupsi").first()
    if corruption is not None and not corruption.rules.exists():
        RoutingRule.objects.create(
            category=corruption,
            region_id=PROVINCE_CODE,
            agency=Agency.objects.get(slug="inspektorat"),
            valid_from=FROM,
            source="Pergub NTB 5/2024: laporan korupsi ke Inspektorat (to be verified by the province)",
        )
    return f"{keep_secret_by_category()} cases made secret"


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


# what proposes an emergency, by nature: harm to somebody, an event, a state that only counts of people
EMERGENCY_WORDS = {
    EmergencyWord.Nature.HARM: (
        *("sekarat", "kritis", "pingsan", "tidak sadarkan diri", "tak sadarkan diri"),
        *("tidak bernapas", "tidak bernafas", "sesak napas", "sesak nafas", "kejang", "pendarahan"),
        *("perdarahan", "bersimbah darah", "berdarah-darah", "serangan jantung", "keracunan"),
        *("overdosis", "tersengat listrik", "kesetrum", "digigit ular", "dipatuk ular", "melahirkan di"),
        *("mau melahirkan", "pecah ketuban", "ketuban pecah", "dipukuli", "dipukul", "dianiaya"),
        *("disiksa", "dibacok", "ditusuk", "ditikam", "ditembak", "dibunuh", "dikeroyok", "dicekik"),
        *("diperkosa", "dicabuli", "disekap", "dikurung", "dipasung", "dirantai", "diculik", "disandera"),
        *("mau bunuh diri", "bunuh diri", "gantung diri", "hanyut", "terseret arus", "terseret ombak"),
        *("tenggelam", "tertimbun", "tertimpa", "terjebak", "terperangkap", "terkurung", "terkepung"),
        *("kelaparan", "belum makan", "hilang di laut", "anak hilang", "hilang kontak", "tertabrak"),
        *("minta tolong diselamatkan", "kebakar", "terbakar hidup", "mengamuk bawa", "luka parah"),
        *("luka bakar", "patah tulang", "tersesat", "disundut", "ditendang"),
        *("memukuli", "memukul istri", "memukul anak", "menganiaya", "menyekap", "menusuk", "membacok"),
        *("menculik", "memperkosa", "mencabuli", "menyiksa", "memasung", "merantai", "mengeroyok"),
        *("mau loncat", "loncat dari", "mau lompat", "lompat dari", "terjun dari", "mayat", "tenggelem"),
        *("tidak bisa bangun", "tidak bisa bergerak", "panas tinggi", "membakar rumah", "menimpa rumah"),
        *("menimpa orang", "tergeletak", "muntah darah", "kebanjiran", "dipukulin", "terluka", "minum racun"),
        *("berdarah", "terjepit", "masuk jurang", "jatuh ke jurang", "terkena stroke", "stroke mendadak"),
        *("mau bunuh", "ngancam bunuh", "mengancam bunuh", "ingin mengakhiri hidup", "mau mengakhiri hidup"),
        *("bawa parang", "bawa golok", "bawa pisau", "bawa celurit", "pakai parang", "perahu terbalik"),
        *("sampan terbalik", "kapal terbalik", "bayi dibuang", "bayi baru lahir dibuang", "membuang bayi"),
        *("mukuli", "mukulin", "ditonjok", "anak dibuang"),
    ),
    EmergencyWord.Nature.HAZARD: (
        *("kebakaran", "terbakar", "longsor", "banjir bandang", "tsunami", "gempa", "puting beliung"),
        *("kecelakaan", "ledakan", "meledak", "tanggul jebol", "bendungan jebol", "kapal karam"),
        *("kapal tenggelam", "bentrok warga", "bentrok antar", "tawuran", "bom", "air bah", "gunung meletus", ),
        *("rumah roboh", "rumah ambruk", "gas bocor", ),
    ),
    EmergencyWord.Nature.STATE: ("terlantar", "telantar", "ditelantarkan", "ditinggal sendirian"),
}  # fmt: skip
# what keeps a report secret until an officer has read it, whatever its category (findings in
# domain.md part 2: people in danger, and those who tell of wrongs)
CONFIDENTIAL_WORDS = (
    *("dipukul", "dipukuli", "memukul", "memukuli", "pemukulan", "dianiaya", "penganiayaan", "kdrt"),
    *("kekerasan", "disiksa", "penyiksaan", "ditampar", "ditendang", "dicambuk", "diperkosa"),
    *("pemerkosaan", "perkosaan", "dicabuli", "pencabulan", "mencabuli", "dilecehkan", "pelecehan"),
    *("melecehkan", "diraba", "hamil di luar nikah", "dihamili", "incest", "sodomi", "disodomi"),
    *("perundungan", "dirundung", "dibully", "bullying", "diancam", "ancaman pembunuhan"),
    *("disekap", "dipasung", "dirantai", "dikurung", "ditelantarkan", "menelantarkan", "diculik"),
    *("pernikahan anak", "kawin anak", "dinikahkan", "dikawinkan", "nikah dini", "pernikahan dini"),
    *("kawin paksa", "perdagangan orang", "perdagangan anak", "prostitusi", "open bo"),
    *("bunuh diri", "gantung diri", "depresi", "gangguan jiwa", "odgj", "hiv", "aids", "odha"),
    *("gizi buruk", "aborsi", "keguguran", "narkoba", "sabu", "korupsi", "dikorupsi", "pungli"),
    *("suap", "menyuap", "disuap", "gratifikasi", "penggelapan", "menggelapkan", "pemerasan", "diperas"),
    *("uang pelicin", "minta uang", "minta sogokan", "sogok", "disogok", "fiktif", "mark up", "markup"),
    *("jual beli jabatan", "tidak mengakui anak", "anak hilang", "selingkuh", "menyetubuhi"),
    *("disetubuhi", "eksploitasi", "pekerja anak", "dipaksa bekerja", "majikan", "disundut"),
    *("mukul", "mukuli", "mukulin", "dipukulin", "ditonjok", "nonjok", "dihajar", "dicekik", "dibanting"),
    *("dijambak", "cabul", "dicium", "digerayangi", "ditelanjangi", "anak dibuang", "bayi dibuang"),
    *("makan uang", "makan dana", "terima amplop", "minta amplop", "kasih amplop", "nyogok", "menyogok"),
    *("ditilep", "nilep", "dipalak", "malak", "jatah preman", "uang setoran", "minta setoran"),
    *("pegang pegang", "pegang-pegang", "raba raba", "raba-raba", "meraba", "gebuk", "gebukin", "digebuk"),
    *("digebukin", "digebuki", "main tangan", "mengurung", "kurung ibunya", "kurung anaknya", "kurung istrinya"),
    *("paksa nikah", "dipaksa nikah", "dipaksa menikah", "potong dana", "dana dipotong", "bantuan dipotong"),
    *("bansos dipotong", "blt dipotong", "pkh dipotong", "potong bansos", "potong bantuan", "minta bayaran"),
    *("masuk kantong", "kantong pribadi"),
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
    EmergencyWord.objects.bulk_create(
        [EmergencyWord(word=word, nature=nature) for nature, words in EMERGENCY_WORDS.items() for word in words],
        ignore_conflicts=True,
    )
    ConfidentialWord.objects.bulk_create([ConfidentialWord(word=word) for word in CONFIDENTIAL_WORDS], ignore_conflicts=True)
    for title, text in TEMPLATES:
        AnswerTemplate.objects.get_or_create(title=title, defaults={"text": text})
    if not RetentionRule.objects.exists():
        RetentionRule.objects.create(
            days=730, valid_from=FROM, source="NTB Care: two years (to be set by the province; Law 27/2022, art. 43-44)"
        )
    return f"{EmergencyWord.objects.count()} words of emergencies"


def register_all() -> None:
    register(Loader("words of emergencies, templates of answers", lambda: "5", load_words_and_templates))
    register(Loader("report categories, routing, deadlines", lambda: "1", load_rules))
    register(Loader("subcategories and questions of reports", lambda: "2", load_subcategories))
    register(Loader("confidential categories", lambda: "2", load_confidential))
