"""Forecasts over many as-of dates are those of `predict`, one by one."""

from __future__ import annotations

import pandas as pd
import pytest

import forecast as fc
from forecast.errors import DateError


@pytest.mark.parametrize("windows", [{"horizons": [30, 365]}, {"by": "2018-03-31"}])
def test_each_date_gives_the_numbers_of_predict(rivals, windows):
    # Two models answer: that of 2017 and that of 2018.
    rows = fc.follow("IND-PAK", start="2017-12-18", end="2018-01-06", root=rivals, **windows)
    dates = ["2017-12-18", "2017-12-25", "2018-01-01"]
    asked = [fc.predict("IND-PAK", as_of=day, root=rivals, **windows) for day in dates]
    told = pd.concat([pd.DataFrame(each) for each in asked], ignore_index=True)
    ours = pd.DataFrame(rows).drop(columns="issued_at")
    pd.testing.assert_frame_equal(ours, told.drop(columns="issued_at"), check_exact=True)
    assert rows["model_version"].str[:4].unique().tolist() == ["2017", "2018"]


def test_what_cannot_be_followed_is_refused(rivals):
    with pytest.raises(DateError, match="no as-of date between 2018-01-02 and 2018-01-30 with one every month"):
        fc.follow("IND-PAK", start="2018-01-02", end="2018-01-30", every="month", root=rivals)
    with pytest.raises(DateError, match="the last day 2018-01-10 is before the as-of date 2018-01-15"):
        fc.follow("IND-PAK", start="2018-01-01", end="2018-01-20", by="2018-01-10", root=rivals)
