"""Which worker does what."""

import warnings

from siaga.celery import QUEUES, app


def test_every_task_goes_to_a_queue_that_a_worker_listens_to() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        app.finalize(auto=True)
        app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    routes = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}
    assert set(routes.values()) == set(QUEUES)
    assert {name for name, queue in routes.items() if queue != "control"} == {
        "dispatch.tasks.cameras_assign", "dispatch.tasks.snapshots_take", "dispatch.tasks.faces_recognise",
        "dispatch.tasks.webhook_deliver", "cameras.tasks.cameras_patrol",
        "dispatch.tasks.camera_watch_tick",
        "dispatch.tasks.pictures_derive",
    }  # fmt: skip


def test_every_row_of_the_clock_names_a_task() -> None:
    app.loader.import_default_modules()
    assert {row["task"] for row in app.conf.beat_schedule.values()} - set(app.tasks) == set()
