"""The numbers of the traffic: Jakarta's published figures of 2024, and our own assumptions where it published none."""

from collections.abc import Mapping, Sequence

# --- Published for 2024 ---------------------------------------------------------------------------------------------
CALLS_A_YEAR = 637_292
CALLS_A_DAY = 1741.0
CALLS_A_DAY_PEAK_MONTH = 2766.0
# Per cent of all calls. 0.7 % are missing in the source; the rest is scaled up to the whole.
KIND_WEIGHTS: Mapping[str, float] = {"dropped": 58.2, "prank": 22.7, "non_emergency": 17.4, "emergency": 1.0}
# Kota and what per cent of the calls come from it, by its official code.
CITY_WEIGHTS: Mapping[str, float] = {"31.75": 26.0, "31.74": 23.0, "31.73": 21.0, "31.71": 15.0, "31.72": 15.0}
# Emergencies of the five kinds that were counted: ambulance, accident, fire, wild animal, social conflict.
COUNTED_EMERGENCIES: Mapping[str, int] = {
    "medis": 2607,
    "kecelakaan": 736,
    "kebakaran": 735,
    "hewan-liar": 634,
    "tawuran": 446,
}

# --- Our own assumptions --------------------------------------------------------------------------------------------
# 1 % of all calls are 6,373 emergencies; the five counted kinds make 5,158. The rest is shared out by these weights.
OTHER_EMERGENCIES_A_YEAR = round(CALLS_A_YEAR * 0.01) - sum(COUNTED_EMERGENCIES.values())
OTHER_EMERGENCY_WEIGHTS: Mapping[str, float] = {
    "pohon-tumbang": 14, "penyelamatan": 12, "kriminal": 12, "banjir": 10, "kabel-putus": 8, "kebakaran-kendaraan": 7,
    "orang-terlantar": 7, "bocor-gas": 6, "kdrt": 6, "orang-hilang": 5, "penemuan-mayat": 4, "bunuh-diri": 4,
    "bangunan-roboh": 3, "gempa": 1, "ancaman-bom": 1,
}  # fmt: skip
# Calls by the hour of the day (local time), relative: few before dawn, most from the afternoon rush to the evening.
HOUR_WEIGHTS: Sequence[float] = (
    2.6, 2.0, 1.6, 1.4, 1.5, 2.1, 3.2, 4.3, 4.8, 5.0, 5.1, 5.0,
    4.9, 4.8, 4.9, 5.2, 5.7, 6.1, 6.3, 6.1, 5.5, 4.8, 4.0, 3.1,
)  # fmt: skip
# What kind of hang-up the dropped calls are: while it still rings, without a word after the answer, in mid-sentence.
DROPPED_RINGING, DROPPED_SILENT, DROPPED_BROKEN = 0.55, 0.30, 0.15
WITHOUT_NUMBER = 0.04
WITH_PHONE_POSITION = 0.35  # the phone itself says where it is (AML); radius 8 to 60 m
WITH_CELL_POSITION = 0.40  # the network says it; radius 300 to 2000 m
ENGLISH = 0.03
PRANKS_BY_REPEATERS = 0.45
REPEATERS = 60
# Seconds: mean of the conversation, by kind.
TALK_MEAN_S: Mapping[str, float] = {"dropped": 12.0, "prank": 18.0, "non_emergency": 95.0, "emergency": 120.0}
PATIENCE_MEAN_S = 75.0  # of callers who want to talk; nobody hangs up in the first ten seconds
CALLBACK_REACHED = 0.55
# A prefix that no Indonesian operator has: possible numbers, nobody's telephone.
NUMBER_PREFIX = "+62840"
