"""OSRM and Valhalla as they are documented, and every way in which they may fail."""

import pytest

from common import clock
from dispatch.routing.breaker import Breaker
from dispatch.routing.client import Router
from dispatch.routing.http import RouterFailed
from dispatch.routing.routers import ROUTERS, SOURCES_MAX, Point
from tests.fakes.routers import router_served

KINDS = sorted(ROUTERS)
SCENE = Point(-6.2, 106.85)
SOURCES = {"A": Point(-6.21, 106.85), "B": Point(-6.25, 106.86)}


@pytest.mark.parametrize("kind", KINDS)
def test_ways_are_those_of_the_router(kind: str) -> None:
    with router_served() as fake:
        legs = ROUTERS[kind](fake.url, list(SOURCES.values()), SCENE, 2.0)
        expected = [fake.leg((point.lat, point.lon), (SCENE.lat, SCENE.lon)) for point in SOURCES.values()]
    for leg, (metres, seconds) in zip(legs, expected, strict=True):
        assert leg is not None
        assert leg.distance_m == pytest.approx(metres, rel=1e-3)
        assert leg.travel_s == pytest.approx(seconds, abs=1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_without_a_road_has_no_way_and_the_others_have(kind: str) -> None:
    with router_served("partial") as fake:
        legs = ROUTERS[kind](fake.url, list(SOURCES.values()), SCENE, 2.0)
    assert [leg is None for leg in legs] == [True, False]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["error", "refuse", "garbage", "huge", "wrong", "slow", "drip"])
def test_every_failure_is_one_and_costs_no_more_than_the_deadline(kind: str, mode: str) -> None:
    with router_served(mode) as fake:
        begun_s = clock.monotonic_s()
        with pytest.raises(RouterFailed):
            ROUTERS[kind](fake.url, list(SOURCES.values()), SCENE, 0.4)
        assert mode in {"huge"} or clock.monotonic_s() - begun_s < 1.4


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://127.0.0.1", "nothing"])
def test_an_address_where_nobody_is_fails_at_once(url: str) -> None:
    with pytest.raises(RouterFailed):
        ROUTERS["osrm"](url, [SCENE], SCENE, 0.5)


def test_answers_are_remembered_and_only_what_is_missing_is_asked() -> None:
    with router_served() as fake:
        router = Router("osrm", fake.url, 2.0)
        first = router.legs({"A": SOURCES["A"]}, SCENE)
        assert router.legs({"A": SOURCES["A"]}, SCENE) == first
        assert len(fake.asked) == 1
        both = router.legs(SOURCES, SCENE)
        assert (len(fake.asked), fake.asked[1].count(";")) == (2, 1)  # one source, one target
        assert both["A"] == first["A"]
        assert router.legs({"C": Point(-6.3, 106.8)}, SCENE, may_ask=False) == {}
        many = {f"U{number}": Point(-6.2 - number / 1000, 106.9) for number in range(90)}
        assert len(router.legs(many, SCENE)) == SOURCES_MAX
        assert len(fake.asked) == 3


def test_a_router_that_fails_is_left_alone_and_tried_again() -> None:
    now = [0.0]
    with router_served("error") as fake:
        router = Router("osrm", fake.url, 2.0, breaker=Breaker(now_s=lambda: now[0]))
        for _turn in range(5):
            assert router.legs(SOURCES, SCENE) == {}
        assert len(fake.asked) == 3
        now[0] = 29.0
        router.legs(SOURCES, SCENE)
        assert len(fake.asked) == 3
        now[0] = 31.0  # one try, which fails: another pause
        router.legs(SOURCES, SCENE)
        router.legs(SOURCES, SCENE)
        assert (len(fake.asked), router.breaker.is_open) == (4, True)
        fake.mode, now[0] = "well", 62.0
        assert set(router.legs(SOURCES, SCENE)) == set(SOURCES)
        assert not router.breaker.is_open


def test_a_success_forgets_the_failures_before_it() -> None:
    breaker = Breaker(failures_max=2, now_s=lambda: 0.0)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.may_try()
    breaker.failed()
    assert not breaker.may_try()
