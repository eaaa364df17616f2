"""Names of the demo's posyandu and people, as they are common in the province, and what all of its parts share."""

from __future__ import annotations

SEED = 2024
FLOWERS = ("Melati", "Mawar", "Anggrek", "Kenanga", "Cempaka", "Dahlia", "Teratai", "Flamboyan", "Kamboja", "Bougenville")
GIRLS = (
    "Aisyah",
    "Baiq Nadia",
    "Nurul",
    "Zahra",
    "Khadijah",
    "Lale Ayu",
    "Putri",
    "Salsabila",
    "Rahma",
    "Dende Sari",
    "Naila",
    "Hafsah",
    "Intan",
    "Wulan",
    "Fitri",
)
BOYS = (
    "Lalu Arya",
    "Muhammad Rizki",
    "Ahmad Fauzan",
    "Rangga",
    "Zidan",
    "Hamzah",
    "Gede Putra",
    "Ilham",
    "Farhan",
    "Abdul Aziz",
    "Bayu",
    "Rafi",
    "Yusuf",
    "Dimas",
    "Umar",
)
MOTHERS = (
    "Nurhayati",
    "Sumiati",
    "Baiq Hartini",
    "Siti Aminah",
    "Rohani",
    "Marlina",
    "Sri Handayani",
    "Halimah",
    "Jumenah",
    "Sahnim",
    "Rohana",
    "Maemunah",
    "Nuraini",
    "Mahyuni",
    "Suhaeni",
)
SECOND = (
    "Aprilia",
    "Saputra",
    "Ramadhan",
    "Maulana",
    "Safitri",
    "Hidayat",
    "Pratama",
    "Lestari",
    "Wijaya",
    "Azzahra",
    "Kurniawan",
    "Anjani",
)
