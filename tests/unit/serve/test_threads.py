"""Threads by kinds of work: what one kind takes is not missing for another."""

import asyncio
from threading import Event

from meshwright.serve.api.threads import Threads


def test_readings_that_do_not_end_keep_nobody_from_signing_in_or_asking():
    over = Event()

    async def run() -> tuple[str, ...]:
        threads = Threads()
        stuck = [asyncio.create_task(threads.read(over.wait)) for _ in range(20)]
        stuck += [asyncio.create_task(threads.long(over.wait)) for _ in range(20)]
        await asyncio.sleep(0.05)
        kinds = (threads.who, threads.password, threads.query)
        try:
            found = [await asyncio.wait_for(kind(lambda: "done"), 10) for kind in kinds]
        finally:
            over.set()
            await asyncio.gather(*stuck)
        return tuple(found)

    assert asyncio.run(run()) == ("done", "done", "done")


def test_what_waits_keeps_no_page_from_being_read():
    over = Event()

    async def run() -> str:
        threads = Threads()
        stuck = [asyncio.create_task(threads.long(over.wait)) for _ in range(20)]
        await asyncio.sleep(0.05)
        try:
            return await asyncio.wait_for(threads.read(lambda: "done"), 10)
        finally:
            over.set()
            await asyncio.gather(*stuck)

    assert asyncio.run(run()) == "done"
