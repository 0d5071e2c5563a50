"""Invented officials: names, titles, rank and a structurally valid NIP.

NIP: birth date (8), year and month of appointment (6; for PPPK the year and ``21``), sex (1 or 2), serial (3), after
Peraturan Kepala BKN 22/2007 and, for PPPK, Peraturan BKN 1/2019. Ranks: Peraturan Pemerintah 99/2000, lampiran.
"""

from __future__ import annotations

from random import Random

from iki.lab.synthetic.forms import Person

RANKS = (
    ("Juru Muda", "I/a"), ("Juru Muda Tk. I", "I/b"), ("Juru", "I/c"), ("Juru Tk. I", "I/d"),
    ("Pengatur Muda", "II/a"), ("Pengatur Muda Tk. I", "II/b"), ("Pengatur", "II/c"), ("Pengatur Tk. I", "II/d"),
    ("Penata Muda", "III/a"), ("Penata Muda Tk. I", "III/b"), ("Penata", "III/c"), ("Penata Tk. I", "III/d"),
    ("Pembina", "IV/a"), ("Pembina Tk. I", "IV/b"), ("Pembina Utama Muda", "IV/c"), ("Pembina Utama Madya", "IV/d"),
    ("Pembina Utama", "IV/e"),
)  # fmt: skip
_LEVELS = ((13, 14, 15), (12, 13), (10, 11, 12), (6, 7, 8, 9, 10))
"""Indices into ``RANKS`` by depth of the post, the head of the agency first."""
_PPPK = ("V", "VII", "IX", "X")
_MEN = (
    "Anwar", "Bagas", "Cakra", "Damar", "Erlangga", "Fathur", "Galih", "Hendra", "Irfan", "Joko", "Kurnia", "Lukman",
    "Made", "Nugroho", "Oktavianus", "Prasetyo", "Rizal", "Slamet", "Taufik", "Umar", "Wahyu", "Yohanes", "Zulkarnain",
)  # fmt: skip
_WOMEN = (
    "Ayu", "Bulan", "Citra", "Dewi", "Endang", "Fitriani", "Gita", "Hasnah", "Indah", "Jumiati", "Kartini", "Lestari",
    "Mega", "Nurhayati", "Olivia", "Puspita", "Ratna", "Sulastri", "Tri Wulandari", "Utami", "Wening", "Yuliana",
)  # fmt: skip
_LAST = (
    "Adiwijaya", "Basri", "Daulay", "Firmansyah", "Gunawan", "Harahap", "Iskandarsyah", "Kusumah", "Laksana",
    "Mangkulangit", "Nasution", "Pangestu", "Rahmadani", "Saragih", "Tanjung", "Wibisana", "Wijayakusuma", "Hutagaol",
    "Sembiring", "Abdurrahman", "bin Tahir", "Lumbantobing", "Mokoginta", "Prawiranegara", "Syahputri", "Tumanggor",
)  # fmt: skip
_BEFORE = {False: ("", "", "", "", "H. ", "Drs. ", "Ir. "), True: ("", "", "", "", "Hj. ", "Dra. ", "Ir. ")}
"""Titles before the name; from ``True`` for women."""
_LAST_TITLES = (
    (", S.Sos., M.Si.", ", S.H., M.H.", ", M.Si.", ", S.E., M.M.", ", S.STP., M.AP.", ", S.T., M.T.", ", M.Pd."),
    (", S.Sos.", ", S.E., M.Ak.", ", S.T.", ", S.IP., M.Si.", ", S.Kom., M.Kom.", ", S.P.", ", S.Pd., M.Pd.", ", S.H."),
    (", S.E.", ", S.Sos.", ", S.Kom.", ", S.AP.", ", S.T.", ", S.Pd.", ", S.K.M.", ", S.Pi."),
    (
        ", S.E.",
        ", A.Md.",
        ", A.Md.Kep.",
        ", S.Kom.",
        ", A.Md.Ak.",
        ", S.Kep., Ns.",
        ", A.Md.Keb.",
        "",
        "",
        ", S.Tr.Ak.",
    ),
)
_DOCTORS = ("dr. {}", "drg. {}", "dr. {}, M.Kes.", "dr. {}, Sp.PD.", "drg. {}, M.A.R.S.")


_SINCE = 2021
"""Year in which every official was in office, that of the earliest sheets."""
_STAFF = len(_LEVELS) - 1
"""Depth of the posts below all heads."""
_WOMEN_SHARE, _ONE_NAME, _DOCTOR_SHARE, _PPPK_SHARE = 0.45, 0.85, 0.4, 0.25
"""How often officials are women, have one given name, are physicians (in health) and are under contract."""


def official(jabatan: str, depth: int, medical: bool, seed: str) -> Person:
    """The holder of a post ``depth`` steps below the head, since before any sheet was signed."""
    rng = Random(f"official {seed} {jabatan}")
    woman = rng.random() < _WOMEN_SHARE
    level = min(depth, _STAFF)
    given = rng.sample(_WOMEN if woman else _MEN, 1 if rng.random() < _ONE_NAME else 2)
    name = " ".join([*given, rng.choice(_LAST)])
    if medical and level < _STAFF and rng.random() < _DOCTOR_SHARE:
        name = rng.choice(_DOCTORS).format(name)
    else:
        before = rng.choice(_BEFORE[woman][:5] if level >= _STAFF - 1 else _BEFORE[woman])
        name = before + name + rng.choice(_LAST_TITLES[level])
    if level == _STAFF and rng.random() < _PPPK_SHARE:
        return Person(jabatan, name, "", rng.choice(_PPPK), _nip(rng, woman, pppk=True))
    pangkat, golongan = RANKS[rng.choice(_LEVELS[level])]
    return Person(jabatan, name, pangkat, golongan, _nip(rng, woman, senior=level < _STAFF - 1))


def regent(jabatan: str, seed: str) -> Person:
    """The elected head above an agency: a name, no rank and no NIP."""
    rng = Random(f"regent {seed}")
    return Person(jabatan, f"H. {rng.choice(_MEN)} {rng.choice(_LAST)}", "", "", "")


def _nip(rng: Random, woman: bool, *, pppk: bool = False, senior: bool = False) -> str:
    age = rng.randint(38, 55) if senior else rng.randint(25, 48)
    birth = _SINCE - age
    joined = rng.randint(2019, _SINCE) if pppk else rng.randint(birth + 21, min(_SINCE, birth + 34))
    month = "21" if pppk else f"{rng.choice((1, 1, 2, 3, 3, 4, 10, 12)):02d}"
    day = f"{birth:04d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return f"{day}{joined}{month}{2 if woman else 1}{rng.randint(1, 60):03d}"
