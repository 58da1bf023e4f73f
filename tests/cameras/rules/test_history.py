"""Hours and what they come to; many that die at once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cameras.rules.history import HOUR, Hour, filled, hour_of, since, uptime, worst
from cameras.rules.outage import SINGLE_MAX, Dead, outage_of

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@st.composite
def hours(draw: st.DrawFn) -> Hour:
    tries = draw(st.integers(0, 50))
    pictures = draw(st.integers(0, tries))
    return Hour(
        AT - HOUR * draw(st.integers(0, 800)), tries, pictures, draw(st.integers(0, pictures)),
        draw(st.integers(0, 10_000)) if pictures else 0,
    )  # fmt: skip


@given(st.lists(hours()))
def test_shares_are_shares_and_untried_hours_count_for_nothing(rows: list[Hour]) -> None:
    found = uptime(rows)
    tried = [row for row in rows if row.tries]
    assert uptime(tried) == found
    assert found.hours == len(tried)
    assert (found.share is None) is (not tried)
    if found.share is not None and found.fit_share is not None:
        assert 0 <= found.fit_share <= found.share <= 1 + 1e-9
        assert min(row.share or 0 for row in tried) - 1e-9 <= found.share
    assert (found.picture_ms is None) is not any(row.pictures for row in rows)


def test_a_dead_hour_counts_once_however_often_it_was_tried() -> None:
    good, dead = Hour(AT, tries=6, pictures=6, duration_ms=600), Hour(AT - HOUR, tries=120)
    found = uptime([good, dead, Hour(AT - 2 * HOUR)])
    assert (found.share, found.fit_share, found.picture_ms, found.hours) == (0.5, 0.5, 100.0, 2)
    assert uptime([Hour(AT, tries=4, pictures=3, flagged=2)]).fit_share == 0.25


def test_a_day_is_24_hours_up_to_now_with_gaps_filled() -> None:
    row = Hour(hour_of(AT) - 3 * HOUR, tries=2, pictures=1)
    day = filled([row, Hour(hour_of(AT) - 24 * HOUR, tries=1)], at=AT, count=24)
    assert [hour.at for hour in day] == [hour_of(AT) - HOUR * back for back in range(23, -1, -1)]
    assert [hour for hour in day if hour.tries] == [row]
    assert since([row, Hour(hour_of(AT) - 24 * HOUR)], at=AT, span=timedelta(days=1)) == [row]


def test_the_worst_hour_is_the_later_of_two_alike() -> None:
    early, late = Hour(AT - 2 * HOUR, tries=2, pictures=1), Hour(AT - HOUR, tries=4, pictures=2)
    assert worst([early, late, Hour(AT), Hour(AT - 3 * HOUR, tries=1, pictures=1)]) == late
    assert worst([Hour(AT)]) is None


dead_ones = st.lists(
    st.builds(Dead, st.just("K"), st.sampled_from(["", "Tebet", "Gambir", "Menteng", "Senen"]), st.sampled_from("AB")),
    max_size=60,
)


@given(dead_ones)
def test_no_camera_is_lost_in_the_line_of_many(rows: list[Dead]) -> None:
    found = outage_of(rows)
    if len(rows) <= SINGLE_MAX:
        assert found is None
        return
    assert found is not None
    assert found.count == len(rows)
    for named, others in ((found.villages, found.villages_others), (found.owners, found.owners_others)):
        assert sum(count for _name, count in named) + others == len(rows)
        assert all(name and count for name, count in named)
        assert [count for _name, count in named] == sorted((count for _name, count in named), reverse=True)


def test_the_largest_groups_are_named() -> None:
    rows = [Dead(str(n), village, "Dishub") for n, village in enumerate(["Tebet"] * 5 + ["Gambir"] * 2 + [""] * 4)]
    found = outage_of(rows)
    assert found is not None
    assert (found.villages, found.villages_others) == ((("Tebet", 5), ("Gambir", 2)), 4)
    assert (found.owners, found.owners_others) == ((("Dishub", 11),), 0)
