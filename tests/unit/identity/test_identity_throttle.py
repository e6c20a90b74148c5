"""How often somebody may fail, and how much is remembered of it."""

from concurrent.futures import ThreadPoolExecutor

from meshwright.identity.throttle import Throttle


def test_a_name_may_fail_so_often_and_then_waits() -> None:
    throttle = Throttle(tries=3, refill=10.0)
    assert [throttle.attempt("ada", 0.0) for _ in range(3)] == [0.0] * 3
    assert throttle.attempt("ada", 0.0) == 10.0
    assert throttle.attempt("bob", 0.0) == 0.0


def test_waiting_gives_one_try_back_at_a_time() -> None:
    throttle = Throttle(tries=2, refill=10.0)
    throttle.attempt("ada", 0.0), throttle.attempt("ada", 0.0)
    assert throttle.attempt("ada", 5.0) == 5.0
    assert throttle.attempt("ada", 10.0) == 0.0
    assert throttle.attempt("ada", 10.0) > 0.0
    assert throttle.attempt("ada", 1e9) == 0.0


def test_who_proves_themselves_is_forgotten() -> None:
    throttle = Throttle(tries=1, refill=10.0)
    throttle.attempt("ada", 0.0)
    throttle.passed("ada")
    assert throttle.attempt("ada", 0.0) == 0.0


def test_a_clock_that_jumps_back_gives_no_tries() -> None:
    throttle = Throttle(tries=1, refill=10.0)
    throttle.attempt("ada", 100.0)
    assert throttle.attempt("ada", 0.0) > 0.0


def test_the_memory_is_bounded_however_many_names_come() -> None:
    throttle = Throttle(tries=1, refill=10.0, names=100)
    for number in range(10_000):
        throttle.attempt(f"name-{number}", float(number))
    assert len(throttle) == 100


def test_many_at_once_have_no_more_tries_than_one() -> None:
    throttle = Throttle(tries=5, refill=1000.0)
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: throttle.attempt("ada", 0.0), range(500)))
    assert waits.count(0.0) == 5
