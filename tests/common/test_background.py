import logging
import threading

import pytest

from common.background import Courier


def test_errands_run_in_order_and_a_failing_one_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    courier = Courier("test")

    def fail() -> None:
        raise RuntimeError("broker gone")

    with caplog.at_level(logging.ERROR):
        for errand in (lambda: done.append(1), fail, lambda: done.append(2)):
            assert courier.post(errand)
        courier.join()
    assert done == [1, 2]
    assert "errand failed" in caplog.text


def test_a_full_courier_drops_and_says_so() -> None:
    courier, gate, started = Courier("test", capacity=1), threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        gate.wait(10)

    assert courier.post(wait)
    assert started.wait(10)
    assert courier.post(lambda: None)
    assert not courier.post(lambda: None)
    gate.set()
    courier.join()
