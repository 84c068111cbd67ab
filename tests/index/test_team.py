"""Threads that share the work of one search."""

from __future__ import annotations

import os
import threading

import pytest

from mindseye.index import team
from mindseye.index.team import hands_for, side_by_side


@pytest.mark.parametrize(
    ("worth", "processors", "hands"),
    [(0.0, 8, 1), (0.9, 8, 1), (1.0, 8, 2), (2.5, 8, 3), (2.5, 2, 2), (99.0, 16, 4), (99.0, 1, 1)],
)
def test_work_is_shared_as_far_as_it_is_worth_it(monkeypatch, worth, processors, hands):
    monkeypatch.setattr(team, "_processors", lambda: processors)
    assert hands_for(worth) == hands


def test_shares_are_worked_on_at_once_and_come_back_in_order():
    together = threading.Barrier(3, timeout=30)

    def work(share):
        together.wait()
        return share, threading.current_thread() is threading.main_thread()

    assert side_by_side(work, [1, 2, 3]) == [(1, True), (2, False), (3, False)]


@pytest.mark.parametrize("bad", [0, 1])
def test_what_one_share_raises_is_raised(bad):
    def work(share):
        if share == bad:
            raise ValueError(str(share))

    with pytest.raises(ValueError, match=str(bad)):
        side_by_side(work, [0, 1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own():
    assert side_by_side(abs, [-1, -2]) == [1, 2]
    child = os.fork()
    if child == 0:
        os._exit(0 if side_by_side(abs, [-3, -4]) == [3, 4] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
