"""A challenger against the champion: the same folds, the outcomes since, and the checks that decide.

What can be compared honestly? A model trained today has no outcomes of its own yet. So its *configuration* (the name in
the registry and the parameters) is compared by rolling origins: in each of the last years both configurations are
trained anew on what was known before the year and forecast it (`folds`). Where the two configurations are the same, as
in a usual refresh, their forecasts in the folds are the same and the difference is exactly zero: not worse. What the
new facts contribute cannot be scored before their outcomes come; so `checks` guards what can go wrong with them. Beside
it the champion as it stands is compared on the outcomes resolved since it was trained, with a challenger trained on the
champion's own day: one trained later has seen those outcomes.

`challenge` computes all this and writes nothing, `champions` writes the champion's folder and link, `report` is what a
retraining leaves to read, and `registry` mirrors it in MLflow.
"""
