"""What callers say, by type, written for the simulator; `{place}` is the kelurahan."""

from collections.abc import Mapping, Sequence

EMERGENCY: Mapping[str, Sequence[str]] = {
    "medis": (
        "Tolong, bapak saya pingsan dan napasnya berat. Kami di {place}, gang dekat musala.",
        "Ibu saya dadanya sakit, keringat dingin, tangannya lemas. Alamat di {place}, rumah pagar hijau.",
        "Ada orang kejang di depan warung, di {place}. Belum sadar juga.",
        "Istri saya mau melahirkan, ketubannya sudah pecah, kami di {place}.",
        "Anak saya tersedak, mukanya sudah biru. {place}, tolong cepat.",
        "Tetangga jatuh dari tangga, kepalanya berdarah banyak. Di {place}.",
    ),
    "kecelakaan": (
        "Ada tabrakan motor dengan mobil di {place}, satu orang tidak bisa bangun.",
        "Motor ditabrak truk, kakinya terjepit. Posisi di jalan raya {place}.",
        "Kecelakaan beruntun tiga mobil di {place}, macet total, ada yang luka.",
        "Pejalan kaki terserempet motor, berdarah di kepala, di {place} dekat lampu merah.",
        "Mobil terbalik masuk selokan di {place}, sopirnya masih di dalam.",
    ),
    "kebakaran": (
        "Kebakaran, Pak! Rumah di gang {place}, apinya sudah sampai atap.",
        "Ada asap tebal dari lantai dua ruko di {place}, orang-orang keluar semua.",
        "Dapur tetangga terbakar, tabung gasnya masih di dalam. {place}.",
        "Kios di pasar {place} terbakar, merembet ke sebelah.",
        "Gudang terbakar di {place}, banyak warga di sini, tolong pemadam.",
    ),
    "hewan-liar": (
        "Ada ular besar masuk kamar mandi rumah saya di {place}.",
        "Sarang tawon besar di pohon depan sekolah, {place}, sudah ada yang disengat.",
        "Biawak masuk ke dapur, anak-anak takut. Di {place}.",
        "Monyet lepas masuk permukiman {place}, sudah menggigit orang.",
    ),
    "tawuran": (
        "Tawuran pelajar di {place}, bawa senjata tajam.",
        "Ada dua kelompok saling lempar batu di bawah jembatan {place}.",
        "Warga ribut, sudah bawa kayu, dekat lapangan {place}.",
        "Keributan di depan warung {place}, satu orang dikeroyok.",
    ),
    "pohon-tumbang": (
        "Pohon besar tumbang menutup jalan di {place}.",
        "Pohon roboh menimpa mobil parkir di {place}, tidak ada orang di dalam.",
        "Dahan patah menimpa kabel di {place}, jalan tidak bisa lewat.",
    ),
    "penyelamatan": (
        "Anak saya terkunci di dalam mobil, mesinnya mati, panas sekali. Di {place}.",
        "Orang terjebak di lift gedung {place}, sudah setengah jam.",
        "Jari anak terjepit pagar besi di {place}, tidak bisa lepas.",
        "Ada pekerja jatuh ke gorong-gorong di {place}.",
    ),
    "kriminal": (
        "Saya baru dijambret, pelakunya dua orang naik motor ke arah {place}.",
        "Ada begal di {place}, korbannya kena bacok di tangan.",
        "Rumah saya kemasukan maling, orangnya masih di dalam. {place}.",
        "Minimarket di {place} dirampok, mereka bawa celurit.",
    ),
    "banjir": (
        "Air sudah sepinggang di {place}, ada orang tua yang tidak bisa jalan.",
        "Tanggul jebol di {place}, airnya masuk rumah cepat sekali.",
        "Kami terjebak di lantai dua, air masih naik, di {place}.",
    ),
    "kabel-putus": (
        "Kabel listrik putus menjuntai di jalan {place}, keluar percikan api.",
        "Tiang listrik miring mau roboh di {place}.",
        "Gardu meledak di {place}, kabelnya jatuh ke trotoar.",
    ),
    "kebakaran-kendaraan": (
        "Mobil terbakar di pinggir jalan {place}, apinya besar.",
        "Bus keluar asap dari mesin, penumpang sudah turun, di {place}.",
        "Motor terbakar di pom bensin {place}.",
    ),
    "orang-terlantar": (
        "Ada bapak tua tergeletak di halte {place}, bingung, tidak tahu rumahnya.",
        "Seorang ODGJ mengamuk membawa kayu di {place}.",
        "Ada ibu dengan bayi tidur di emperan toko {place}, bayinya sakit.",
    ),
    "bocor-gas": (
        "Bau gas menyengat di rumah petak {place}, banyak yang pusing.",
        "Tabung gas bocor, mendesis terus, di warung makan {place}.",
        "Pipa gas kena gali proyek di {place}, baunya ke mana-mana.",
    ),
    "kdrt": (
        "Tolong, suami saya memukuli saya, saya sembunyi di kamar. {place}.",
        "Tetangga saya menjerit minta tolong, sepertinya dipukul suaminya, di {place}.",
        "Anak kecil dipukuli bapaknya sampai luka, rumah kontrakan di {place}.",
    ),
    "orang-hilang": (
        "Anak saya umur lima tahun hilang di pasar {place}, baju merah.",
        "Ibu saya pikun, pergi dari rumah sejak pagi, terakhir di {place}.",
        "Keponakan saya belum pulang sekolah, nomornya mati, kami di {place}.",
    ),
    "penemuan-mayat": (
        "Ada mayat mengambang di kali {place}.",
        "Tetangga kos tidak keluar tiga hari, baunya menyengat, di {place}.",
        "Ditemukan orang meninggal di bangunan kosong {place}.",
    ),
    "bunuh-diri": (
        "Ada orang berdiri di pinggir jembatan {place}, mau loncat.",
        "Teman saya mengirim pesan mau mengakhiri hidup, kosnya di {place}.",
        "Kakak saya mengunci diri dan minum racun serangga, di {place}.",
    ),
    "bangunan-roboh": (
        "Tembok proyek roboh menimpa pekerja di {place}.",
        "Rumah tua ambruk di {place}, masih ada orang di dalam.",
    ),
    "gempa": (
        "Gempa, plafon kantor runtuh, ada yang tertimpa, di {place}.",
        "Habis gempa ini dinding sekolah di {place} retak besar dan miring.",
    ),
    "ancaman-bom": (
        "Ada telepon bilang bom di mal {place}, satpam sudah mengosongkan lantai satu.",
        "Tas mencurigakan ditinggal di stasiun {place}, ada kabelnya.",
    ),
}
NON_EMERGENCY: Sequence[str] = (
    "Saya mau tanya cara mengurus surat pindah di kelurahan {place}.",
    "Lampu jalan di {place} mati sudah seminggu, lapornya ke mana?",
    "Jalan di {place} berlubang besar, tolong diperbaiki.",
    "Sampah di TPS {place} belum diangkut tiga hari.",
    "Nomor telepon puskesmas {place} berapa ya?",
    "Tetangga pasang musik keras tiap malam di {place}.",
    "Mobil saya mogok di {place}, minta nomor derek.",
    "Air PAM di {place} mati sejak kemarin.",
    "Ada parkir liar di depan sekolah {place} setiap pagi.",
    "Saluran air di {place} mampet, minta dibersihkan.",
)
PRANK: Sequence[str] = (
    "Halo, pesan martabak satu.",
    "Hahaha, coba tebak ini siapa.",
    "Kebakaran! Eh, bohong, dadah.",
    "Bisa nyanyi tidak, Kak?",
    "Halo, halo, tes, satu dua tiga.",
    "Minta pulsa dong.",
)
BROKEN: Sequence[str] = ("Halo, tolong, di …", "Pak, ini ada …", "Saya mau lapor, di dekat …")
CALLED_BACK: Sequence[str] = (
    "Maaf, tadi salah pencet.",
    "Tidak apa-apa, tadi dipegang anak saya.",
    "Tadi mau tanya saja, sudah tidak perlu.",
)
ENGLISH: Mapping[str, Sequence[str]] = {
    "medis": ("My friend has collapsed and is not breathing well. We are in {place}.",),
    "kecelakaan": ("A motorbike was hit by a car in {place}, the rider is hurt.",),
    "kebakaran": ("There is a fire on the second floor of a building in {place}.",),
    "kriminal": ("My bag was just snatched in {place}, two men on a motorbike.",),
    "": ("Hello, how do I reach the immigration office from {place}?",),
}
