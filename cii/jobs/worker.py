"""The worker: rings at 03:15, every five minutes for what was missed, each minute, soon for what is asked."""

import threading
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from cii.jobs.orders import take_orders
from cii.jobs.runs import RING, Bell, catch_up, tick
from cii.kernel.clock import ZURICH

GRACE = int(timedelta(hours=1).total_seconds())
"""A bell that rings late still rings; the library would be silent after one second."""

SOON = 2
"""Seconds until a run that somebody asks for begins; looking for one only reads."""


def make_worker(bell: Bell) -> BackgroundScheduler:
    """The scheduler with its four bells; start it with `.start()`, end it with `.shutdown()`."""
    scheduler = BackgroundScheduler(
        timezone=ZURICH, job_defaults={"misfire_grace_time": GRACE, "coalesce": True, "max_instances": 1}
    )
    hour, minute = RING
    night = CronTrigger(hour=hour, minute=minute, timezone=ZURICH)
    scheduler.add_job(catch_up, night, args=[bell], id="night")
    scheduler.add_job(catch_up, "interval", minutes=5, args=[bell], id="catch-up")
    scheduler.add_job(tick, "interval", minutes=1, args=[bell], id="minute")
    scheduler.add_job(take_orders, "interval", seconds=SOON, args=[bell], id="orders")
    return scheduler


def work_until(bell: Bell, stop: threading.Event) -> None:
    """Work until told to stop; what waits is caught up at once."""
    scheduler = make_worker(bell)
    catch_up(bell)
    tick(bell)
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)
