"""The tree of centroids against k-means over all of them and against comparing with each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.index.conftest import clustered

from mindseye.index.tree import _shares, grow
from mindseye.testing.index_contract import unit_rows


@pytest.mark.parametrize("count", [1, 2, 7, 100])
def test_a_tree_has_as_many_unit_centroids_as_were_asked_for(count):
    tree = grow(clustered(3000), count)
    assert tree.centroids.shape == (count, 64)
    assert np.linalg.norm(tree.centroids, axis=1) == pytest.approx(np.ones(count), abs=1e-5)
    assert (int(tree.starts[0]), int(tree.starts[-1])) == (0, count)


def test_rows_go_to_the_nearest_centroid_nearly_always():
    tree = grow(clustered(5000), 100)
    rows = clustered(2000, seed=7)
    lists, cosines = tree.assign(rows)
    exact = rows @ tree.centroids.T
    assert np.mean(lists == exact.argmax(axis=1)) > 0.95
    assert cosines == pytest.approx(exact[np.arange(len(rows)), lists], abs=1e-5)


def test_centroids_lie_nearly_as_near_as_those_of_k_means_over_all():
    import faiss

    rows = clustered(5000)
    whole = faiss.Kmeans(64, 64, niter=8, spherical=True)
    whole.train(rows)
    plain = float((rows @ whole.centroids.T).max(axis=1).mean())
    assert float(grow(rows, 64).assign(rows)[1].mean()) > plain - 0.02


def test_the_same_rows_grow_the_same_tree():
    rows = clustered(2000)
    assert np.array_equal(grow(rows, 30).centroids, grow(rows, 30).centroids)


def test_equal_rows_and_fewer_rows_than_centroids_still_make_a_tree():
    tree = grow(np.repeat(unit_rows(1, dim=64), 5, axis=0), 20)
    assert np.isfinite(tree.centroids).all()
    assert (tree.assign(unit_rows(1, dim=64))[1] > 0.99).all()


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40), st.integers(0, 400))
def test_every_group_gets_a_share_and_all_are_given_out(members, more):
    count = len(members) + more
    sizes = _shares(np.array(members), count)
    assert sizes.sum() == count
    assert sizes.min() >= 1
