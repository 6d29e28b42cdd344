"""The champion: the model that a retraining chose, as plain files that nothing can change half.

::

    mlruns/champion-meeting                   a symbolic link into the folder below, replaced in one step
    mlruns/champions/<model>-<target>-<version>/
        state.npz card.json                   the bundle (`forecast.training.bundle`)
        decision.json                         why it became champion, of which facts and by which program
    mlruns/champions/meeting.json             the champions one after the other, for the way back

The folders are never written again. A reader follows the link once and then reads from one folder, so it sees the old
champion or the new one, never a mix. `store` writes, `reading` reads.
"""

from forecast.promotion.store import alone, export_champion, prune, switch
from forecast.training.champion import Champion, champion_name, former_names, read_champion

__all__ = [
    "Champion",
    "alone",
    "champion_name",
    "export_champion",
    "former_names",
    "prune",
    "read_champion",
    "switch",
]
