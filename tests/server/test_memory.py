"""Answers are remembered as long as nothing is written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from mindseye.server.memory import Memory


def test_an_answer_is_made_once_for_a_generation() -> None:
    generation, made = ["a"], []
    memory = Memory(lambda: generation[0])
    for _ in range(3):
        memory.get("x", lambda: made.append(1))
    assert len(made) == 1
    generation[0] = "b"
    memory.get("x", lambda: made.append(1))
    assert len(made) == 2


def test_what_is_costly_may_lag_behind() -> None:
    generation, now = ["a"], [0.0]
    memory = Memory(lambda: generation[0], clock=lambda: now[0])
    assert memory.get("x", lambda: 1, hold=60) == 1
    generation[0], now[0] = "b", 59.0
    assert memory.get("x", lambda: 2, hold=60) == 1
    now[0] = 61.0
    assert memory.get("x", lambda: 3, hold=60) == 3


def test_what_was_written_meanwhile_is_not_missed() -> None:
    generation = ["a"]
    memory = Memory(lambda: generation[0])

    def make() -> str:
        generation[0] = "b"
        return "old"

    assert memory.get("x", make) == "old"
    assert memory.get("x", lambda: "new") == "new"


def test_those_who_ask_at_once_share_one_answer() -> None:
    memory, made, go = Memory(lambda: "a"), [], Event()

    def make() -> int:
        made.append(1)
        go.wait(10)
        return 7

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(memory.get, "x", make) for _ in range(4)]
        go.set()
        assert [one.result() for one in asked] == [7] * 4
    assert len(made) == 1


def test_an_error_is_not_remembered() -> None:
    memory = Memory(lambda: "a")

    def fail() -> int:
        raise ValueError

    for _ in range(2):
        try:
            memory.get("x", fail)
        except ValueError:
            continue
        raise AssertionError
    assert memory.get("x", lambda: 1) == 1


def test_only_the_answers_asked_for_lately_are_kept() -> None:
    memory, made = Memory(lambda: "a"), []
    for key in (*range(40), 39, 0):
        memory.get(key, lambda key=key: made.append(key))
    assert made == [*range(40), 0]
