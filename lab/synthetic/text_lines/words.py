"""Words of the generator: general Indonesian by frequency, and lists of the forms' own language.

General words come from ``wordfreq`` (its data is CC BY-SA and stays a dependency). People are made up of common names.
"""

# ruff: noqa: SIM905
from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache
from itertools import groupby

import numpy as np
import wordfreq
from numpy.typing import NDArray

from iki import vocab

GENERAL = 30_000
"""How many of the most frequent words are used."""
FLATTENING = 0.75
"""Exponent on the frequencies: 1 would repeat the fifty commonest words all the time, 0 would forget them."""
SET_ASIDE = 8
"""One word in this many is kept out of training, for validation."""

TERMS = """
indikator kinerja individu sasaran penjelasan formula perhitungan sumber data target realisasi capaian satuan
persentase jumlah dokumen laporan kegiatan subkegiatan program anggaran pelaksanaan penyusunan pengelolaan
penatausahaan pengadministrasian pemeliharaan rehabilitasi pengadaan barang jasa aset inventaris inventarisasi
persediaan gudang kendaraan dinas gedung kantor sarana prasarana peralatan perlengkapan kearsipan arsip surat masuk
keluar disposisi naskah agenda ekspedisi kepegawaian pegawai pangkat golongan jabatan pelaksana fungsional struktural
eselon pengawas administrator pimpinan tinggi pratama sekretaris sekretariat kepala bidang seksi bagian subbagian
subbidang badan dinas kecamatan kelurahan kabupaten kota provinsi daerah perangkat pemerintah pemerintahan inspektorat
bupati walikota gubernur camat lurah pembina penata pengatur juru muda utama madya tingkat nomor tanggal tahun bulan
triwulan semester rencana strategis renstra renja lakip sakip perjanjian kontrak evaluasi monitoring pengawasan
pengendalian verifikasi validasi rekapitulasi rekonsiliasi koordinasi konsultasi fasilitasi sosialisasi bimbingan
teknis pembinaan pelatihan pendidikan kompetensi disiplin absensi kehadiran cuti mutasi promosi pensiun gaji tunjangan
honorarium penghasilan perjalanan lembur pajak retribusi pendapatan belanja pembiayaan kas bendahara penerimaan
pengeluaran pembantu pembayaran tagihan kuitansi faktur bukti pertanggungjawaban akuntabilitas transparansi akuntansi
neraca keuangan ekonomi sosial budaya kesehatan puskesmas imunisasi gizi posyandu rujukan pasien rawat inap jalan obat
farmasi laboratorium sekolah guru siswa kurikulum perpustakaan pariwisata kebudayaan pemuda olahraga pertanian
perikanan peternakan perkebunan kehutanan ketahanan pangan benih pupuk irigasi jalan jembatan drainase perumahan
permukiman air minum sanitasi persampahan lingkungan hidup kebersihan pertamanan perhubungan lalu lintas angkutan
terminal parkir komunikasi informatika jaringan aplikasi sistem informasi statistik persandian perizinan penanaman
modal pelayanan terpadu satu pintu kependudukan pencatatan sipil akta kartu keluarga ketenagakerjaan transmigrasi
perdagangan perindustrian koperasi usaha mikro kecil menengah kebakaran penyelamatan bencana penanggulangan ketertiban
ketenteraman polisi pamong praja perlindungan masyarakat pemberdayaan perempuan anak desa musyawarah perencanaan
pembangunan peraturan perundang-undangan undang-undang keputusan instruksi edaran hukum bantuan advokasi produk
telaahan staf nota rancangan konsep bahan rapat notulen undangan risalah berita acara serah terima tepat waktu sesuai
standar operasional prosedur ketentuan berlaku tersusunnya terlaksananya tersedianya terwujudnya meningkatnya
terpeliharanya terkelolanya tertatanya terpenuhinya optimalnya kualitas kuantitas efektivitas efisiensi kepuasan
indeks survei responden pengaduan tindak lanjut temuan hasil pemeriksaan auditor audit reviu mitigasi risiko
pengarusutamaan terintegrasi berkelanjutan rumah-rumah bahan-bahan tugas-tugas masing-masing rata-rata sehari-hari
kira-kira surat-surat barang-barang peraturan-peraturan
""".split()

ABBREVIATIONS = """
APBD APBN SKPD OPD DPA DPPA RKA RKPD RPJMD LKPJ LPPD LKjIP LKE SAKIP SPIP SOP SPM SPP SPD SP2D SPJ TPP ASN PNS PPPK
CPNS SKP DUK KGB BPJS NPWP TAPD KUA PPAS PPTK PPK PA KPA BMD KIB RKBMD SIMDA SIPD SIMPEG SIRUP LPSE e-Monev e-Kinerja
e-SAKIP UPTD UPT RSUD BPKAD BKD BKPSDM BAPPEDA DPMPTSP DISDUKCAPIL DPRD TU IT PC AC ATK BBM KTP KK RT RW PKK KB IKU
IKI IKK LHP LHKPN LHKASN BPK BPKP KPK TLHP PUG RKPDes APBDes PAD BUMD UMKM PBB BPHTB SPPT KPI dll dsb dst tsb yg dgn
s.d. a.n. u.b. Tk. No. Kab. Kec. Kel. Prov. Jl. Km. Rp Kasubbag Kabid Kasi Sekdis Plt. Plh. Pj. Ka. Sub. Bag. Kepeg.
Keu.
""".split()

HEADINGS = [
    "INDIKATOR KINERJA INDIVIDU", "PERUBAHAN INDIKATOR KINERJA INDIVIDU", "INDIKATOR KINERJA INDIVIDU (IKI)", "NO",
    "NO.", "SASARAN", "SASARAN KINERJA", "INDIKATOR KINERJA", "PENJELASAN/FORMULA PERHITUNGAN", "PENJELASAN / FORMULA",
    "FORMULASI PERHITUNGAN", "SUMBER DATA", "KETERANGAN", "TARGET", "SATUAN", "PENANGGUNG JAWAB", "PIHAK KEDUA",
    "PIHAK PERTAMA", "PIHAK KEDUA,", "PIHAK PERTAMA,", "TAHUN", "PERANGKAT DAERAH", "JABATAN", "NAMA", "NIP", "TUGAS",
    "FUNGSI", "ATASAN LANGSUNG", "PEJABAT PENILAI", "YANG DINILAI", "MENGETAHUI,", "PERJANJIAN KINERJA",
    "RENCANA KINERJA TAHUNAN", "Jabatan :", "Tugas :", "Nama :", "Perangkat Daerah :", "Unit Kerja :", "Tahun :",
    "Fungsi :", "Ikhtisar Jabatan :",
]  # fmt: skip

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()

PLACES = """
Medan Padang Jambi Palembang Bengkulu Pekanbaru Serang Bandung Bogor Cirebon Semarang Surakarta Magelang Kudus Jepara
Yogyakarta Sleman Surabaya Malang Kediri Madiun Jember Denpasar Mataram Kupang Ende Pontianak Singkawang Palangka
Sampit Banjarmasin Martapura Samarinda Balikpapan Tarakan Manado Bitung Gorontalo Palu Poso Makassar Parepare Kendari
Bau-Bau Ambon Ternate Sorong Manokwari Jayapura Merauke Biak Nabire
""".split()

GIVEN_NAMES = """
Agus Budi Siti Nur Dewi Sri Eko Dwi Tri Rina Rini Yuni Wati Hadi Joko Bambang Slamet Suryadi Hartono Wahyu Indra Fitri
Ratna Lestari Kartika Puspita Aminah Fatimah Zainal Abidin Hasan Husein Ibrahim Ismail Yusuf Iskandar Rahman Rahmat
Hidayat Nugroho Santoso Setiawan Kurniawan Gunawan Wijaya Saputra Pratama Ramadhan Firmansyah Maulana Syahrul
Syarifuddin Nasution Siregar Simanjuntak Hutapea Sitorus Tampubolon Lubis Harahap Ginting Sembiring Tarigan Manalu
Sinaga Daulay Made Wayan Nyoman Ketut Gede Putu Komang Ayu Gusti Andi Daeng Baso Muhammad Ahmad Abdul Aziz Latif Karim
Halim Malik Yohanes Maria Theresia Petrus Paulus Yosef Markus Lukas Kristina Elisabeth Dayang Masitah Norhayati
Jumiati Mulyani Handayani Rahayu Astuti Utami Permata Sari Anggraini Oktaviani Novita Melati Cahyani Wulandari Susanti
Hendra Irwan Rizky Fajar Taufik Ilham Arif Yanto Sutrisno Suharto Sukarno Mulyadi Junaidi Effendi Anwar Bakri Tanjung
Chaniago
""".split()

TITLES_BEFORE = ("Drs.", "Dra.", "Ir.", "dr.", "drg.", "H.", "Hj.", "Dr.", "Prof.", "Ns.", "R.", "Apt.")
TITLES_AFTER = (
    "S.E.", "SE", "S.Sos.", "S.Sos", "S.H.", "SH", "S.T.", "ST", "S.IP.", "S.IP", "S.Kom.", "S.Kom", "S.Pd.", "S.Pd",
    "S.KM.", "SKM", "S.Kep.", "S.STP", "S.Si.", "S.Farm.", "S.Hut.", "S.P.", "S.Pt.", "A.Md.", "A.Md.Kom.", "M.Si.",
    "M.Si", "M.M.", "MM", "M.AP.", "M.AP", "M.T.", "MT", "M.Kes.", "M.Kes", "M.Pd.", "M.H.", "M.Kn.", "Ak.", "CA",
    "Ph.D.",
)  # fmt: skip
RANKS = {
    "Juru Muda": "I/a", "Juru Muda Tk. I": "I/b", "Juru": "I/c", "Juru Tk. I": "I/d",
    "Pengatur Muda": "II/a", "Pengatur Muda Tk. I": "II/b", "Pengatur": "II/c", "Pengatur Tk. I": "II/d",
    "Penata Muda": "III/a", "Penata Muda Tk. I": "III/b", "Penata": "III/c", "Penata Tk. I": "III/d",
    "Pembina": "IV/a", "Pembina Tk. I": "IV/b", "Pembina Utama Muda": "IV/c", "Pembina Utama Madya": "IV/d",
    "Pembina Utama": "IV/e",
}  # fmt: skip
"""Pangkat → golongan (Peraturan Pemerintah 99/2000, Lampiran)."""


def is_set_aside(word: str) -> bool:
    """Whether ``word`` is kept for validation; decided by its CRC-32, the same everywhere and always."""
    return zlib.crc32(word.lower().encode()) % SET_ASIDE == 0


@cache
def general(set_aside: bool) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """General words and how likely each is; those set aside, or all the others."""
    words = [
        word
        for word in wordfreq.top_n_list("id", GENERAL)
        if word.isascii() and word.isalpha() and is_set_aside(word) == set_aside
    ]
    weights = np.array([wordfreq.word_frequency(word, "id") for word in words]) ** FLATTENING
    return tuple(words), np.cumsum(weights / weights.sum())


@cache
def terms(set_aside: bool) -> tuple[str, ...]:
    """The words of the forms; those set aside, or all the others."""
    return tuple(word for word in dict.fromkeys(TERMS) if is_set_aside(word) == set_aside)


@cache
def wordings() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Stretches of at least two words that hold none set aside: of the vocabulary's phrases, and of its terms, posts
    and offices."""
    known = vocab.load()
    return _stretches(known.phrases), _stretches((*known.terms, *known.posts, *known.offices))


def _stretches(texts: Iterable[str]) -> tuple[str, ...]:
    """Parts of ``texts`` that hold no word set aside and no mark."""
    parts = (
        " ".join(part)
        for text in texts
        for fit, run in groupby(text.split(), lambda word: word.replace("-", "").isalpha() and not is_set_aside(word))
        if fit and len(part := tuple(run)) > 1
    )
    return tuple(dict.fromkeys(parts))
