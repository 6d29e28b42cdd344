"""Configurations: what a model is before it has learned anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from forecast.errors import ModelError
from forecast.models import make_model
from forecast.models.base import PeriodModel
from forecast.panel.panel import Panel
from forecast.training.bundle import Card


@dataclass(frozen=True, eq=False)
class Configuration:
    """A name of the registry with parameters.

    Parameters
    ----------
    model_id : str
    parameters : dict

    Examples
    --------
    >>> registered("base-rate").same_as(registered("base-rate"))
    True
    """

    model_id: str
    parameters: dict[str, Any]

    def same_as(self, other: Configuration) -> bool:
        """Whether both learn the same from the same rows."""
        ours, theirs = (json.dumps([c.model_id, c.parameters], sort_keys=True, default=str) for c in (self, other))
        return ours == theirs

    def learn(self, rows: Panel) -> PeriodModel:
        """A model that has learned from rows for training.

        Raises
        ------
        ModelError
            If this program's model of that name has other parameters, or the rows cannot teach it.
        """
        try:
            model = make_model(self.model_id)
            model.set_params(**self.parameters)
        except (TypeError, ValueError) as error:
            raise ModelError(f"{self.model_id} cannot be made with {self.parameters}: {error}") from None
        return model.fit(rows.signals, rows.outcomes)


def registered(model: str) -> Configuration:
    """The configuration that the registry gives under a name."""
    return Configuration(model, make_model(model).get_params(deep=False))


def configuration_of(card: Card) -> Configuration:
    """The configuration of a trained model."""
    return Configuration(card.model_id, card.parameters)
