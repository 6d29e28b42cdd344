"""The notebooks run from a clean checkout, say what they claim, and hold no output."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = sorted((TOP / "notebooks").glob("*.ipynb"))
NAMES = [
    *("01-xi-biden-2023", "02-signals", "03-skill", "04-bring-your-own-events", "05-new-signal"),
    "06-from-an-article",
]
#: What a notebook may import beside the standard library.
USUAL = {"forecast", "pandas", "numpy", "matplotlib", "sklearn", "mlflow"}


def cells_of(path: Path, kind: str) -> list[str]:
    """Texts of a kind of cells, read as JSON: what runs a notebook takes a second and a half to import."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


@pytest.fixture(scope="module")
def around(trained, tmp_path_factory):
    """A workspace with the shipped facts and models around the notebooks; what they write stays in it."""
    root = tmp_path_factory.mktemp("notebooks")
    (root / "data").mkdir()
    (root / "data" / "raw").symlink_to(trained / "data" / "raw")
    (root / "mlruns").mkdir()
    for kept in ("mlruns/models", "data/features"):
        (trained / kept).mkdir(parents=True, exist_ok=True)
        (root / kept).symlink_to(trained / kept)
    shutil.copytree(TOP / "notebooks", root / "notebooks")
    return root


def test_the_notebooks_are_those_that_are_promised():
    assert [path.stem for path in NOTEBOOKS] == NAMES


#: Words of the prose -> what must hold of the values that the notebook has computed.
CLAIMS: dict[str, dict[str, str]] = {
    "01-xi-biden-2023": {
        "public before 1 January 2023": "why.forecast['model_version'].str.startswith('2023-01-01').all()",
        "Until June the forecast lies below the dyad's own record":
            "(china['probability'] < china['climatology'])[china['as_of'] < '2023-06-10'].all()",
        "The balloon hardly moves it": "abs(at('2023-02-17') - at('2023-02-03')) < 0.06",
        "On 16 June it jumps: the window now reaches the G20 in New Delhi (9 to 10 September)":
            "at('2023-06-16') - at('2023-06-09') > 0.2 and held('2023-06-16', 'g20') == ('2023-09-09', '2023-09-10')"
            " and held('2023-06-09', 'g20') is None",
        "On 18 August it jumps again: the window now reaches the eve of APEC (16 to 17 November), where the United":
            "at('2023-08-18') - at('2023-08-11') > 0.1 and held('2023-08-25', 'apec') == ('2023-11-16', '2023-11-17')"
            " and held('2023-08-18', 'apec') is None",
        "When the G20 is over, what APEC is worth remains": "at('2023-09-15') < at('2023-09-08') - 0.1",
        "On 3 November it is nearly certain: a meeting was announced on 31 October":
            "at('2023-11-03') > 0.9 and at('2023-10-27') < 0.8 and len(announced('2023-10-31'))",
        "On 17 November they had met, but the announced days reached to that day":
            "at('2023-11-17') > 0.9 and announced('2023-10-31')['ended_on'].astype(str).eq('2023-11-17').any()",
        "A week later it has fallen below the record": "at('2023-11-24') < china['climatology'].iloc[-1]",
        "no higher than the dyad's own record": "why.summits['without'].iloc[0] < why.climatology",
        "carries the flag `announced`": "china.set_index('as_of')['announced']['2023-11-10']",
        "(15 to 185 days long)": "{15, 185} == {min(lengths), max(lengths)}",
        "the answer stays high from February to the G20, for every one of these windows holds both summits, and lower":
            "by_november.set_index('as_of')['probability'][:'2023-09-08'].min() > 0.8"
            " > by_november.set_index('as_of')['probability']['2023-09-15':'2023-10-27'].max()",
        "the forecast is high from the week in which the window reaches the days around Hiroshima":
            "at('2023-02-10', japan) < 0.6 < 0.7 < at('2023-02-17', japan) and at('2023-02-24', japan) > 0.9",
        "It is nearly certain on 4 August, a week after": "at('2023-08-04', japan) > 0.97 > at('2023-07-28', japan)",
        "a high forecast is no feat: its climatology is high as well": "japan['climatology'].min() > 0.45",
    },
    "02-signals": {
        "each quarter of ten years":
            "len(set(panel.signals.index.get_level_values('as_of').astype(str).str[:4])) == 10",
        "Some families are missing for most rows": "(by_family.head(4) > 0.75).all()",
        "before 2021 only ledgers report such events":
            "(lambda calls: calls[calls.index.get_level_values('as_of') < '2021'].isna().to_numpy().mean() > 0.98"
            " > 0.5 > calls[calls.index.get_level_values('as_of') > '2021-02'].isna().to_numpy().mean())"
            "(panel.signals.filter(like='calls__'))",
        "Without the calendar (`- venues`) the model is about as good as climatology":
            "abs(skill['- venues']) < 0.05 < 0.1 < skill['default']",
        "The dyad's own meetings add a little": "0 < skill['default'] - skill['- meetings'] < 0.05",
        "Visits of ministers add nothing in these two years": "skill['- visits'] > skill['default'] - 0.01",
    },
    "03-skill": {
        "a model that always says \"no\" is right most of the time": "scores['base_rate'].max() < 0.3",
        "0 is no better, 1 is perfect": "(scores.loc[scores['model_id'] == 'climatology', 'skill'] == 0).all()",
        "too low, as they were between 30% and 60% in these two years":
            "(lambda some: some['outcome'].mean() > some['probability'].mean())"
            "(hazard[hazard['probability'].between(0.3, 0.6)])",
        "Most of the skill lies where a summit falls into the window. Where none does, the forecast is little better":
            "cell['venue in the window'] > 0.25 and abs(cell['no venue in the window']) < 0.1",
        "where leaders have not met for five years (`onset`) it is less sure than elsewhere (`routine`)":
            "round(ONSET_DAYS / 365.25) == 5 and wide['onset'] > wide['routine']",
        "The calendar alone, with one rate for all dyads, is the peer to beat":
            "0 < skill['venue-calendar', 90] < skill['hazard', 90]",
    },
    "04-bring-your-own-events": {
        "The row of 22 October 2024 announces a meeting of the next day":
            "(lambda row: (row['started_on'], row['status']) == ('2024-10-23', 'announced'))"
            "(ledger[ledger['known_on'] == '2024-10-22'].iloc[0])",
        "BRICS was to meet in Kazan from 22 to 24 October 2024":
            "fc.venues_ahead('China-India', as_of='2024-10-01', horizon=60, root=home).query(\"series == 'brics'\")"
            "[['starts_on', 'ends_on']].astype(str).to_numpy().tolist() == [['2024-10-22', '2024-10-24']]",
        "They met on 23 October": "events.loc[events['occurred_on'].astype(str) == '2024-10-23', 'meeting'].any()",
        "both are members of BRICS was known": "'brics' in set(why.summits['series'])",
    },
    "05-new-signal": {
        "`changed` names the signal that saw them: the slip, and not the thaw":
            "report['changed'].str.contains('slip').all() and not report['changed'].str.contains('thaw').any()",
        "Here its interval holds zero":
            "(lambda row: row['gain_low'] < 0 < row['gain_high'])(gain[gain['change'] == '+ thaw'].iloc[0])",
        "A run in MLflow keeps the figures": "kept['status'].eq('FINISHED').all() and len(kept) == 1",
    },
    "06-from-an-article": {
        "That Biden has *not* spoken to Xi is no row": "not rows['mode'].isin(['phone', 'call']).any()",
        "the G20 summit its days in the calendar":
            "('2023-09-09', '2023-09-10') in set(zip(rows['started_on'], rows['ended_on']))",
        "Most of the probability is the summit": "why.summits['without'].min() < after['probability'].iloc[0] / 2",
        "counts as an occasion, and the forecast carries the flag `announced`":
            "(lambda row: row['announced'] and row['probability'] > 0.9)"
            "(fc.predict('USA-CHN', as_of='2023-11-11', by='2023-11-30', root=root).iloc[0])",
    },
}  # fmt: skip
#: What the claims of a notebook need beside its own names.
GIVEN = {
    "01-xi-biden-2023": """
from forecast.periods import PERIODS
at = lambda day, frame=china: frame.set_index('as_of')['probability'][day]
lengths = [end - start for start, end in PERIODS]
record = fc.engagements("USA-CHN", as_of="2023-12-31", root=root)
def held(as_of, series):
    found = fc.venues_ahead("USA-CHN", as_of=as_of, horizon=90, root=root).query("series == @series")
    return None if found.empty else tuple(found[["starts_on", "ends_on"]].astype(str).iloc[0])
def announced(known_on):
    rows = record[(record["known_on"].astype(str) == known_on) & (record["status"] == "announced")]
    assert not rows.empty
    return rows
""",
    "02-signals": "skill = found.set_index('change')['skill']",
    "03-skill": "from forecast.panel.circumstances import ONSET_DAYS\ncell = cuts.set_index('cell')['skill']\n"
                "wide = cuts.set_index('cell')['skill_high'] - cuts.set_index('cell')['skill_low']\n"
                "skill = scores.set_index(['model_id', 'horizon_days'])['skill']",
    "04-bring-your-own-events": "home = here",
}  # fmt: skip
#: What a notebook prints or shows as a table, of which it keeps no value.
SHOWN = {
    "03-skill": ["Skill is against climatology"],
    "04-bring-your-own-events": [
        "lines 3, 7, 19, recipient: unknown state 'Inda'; did you mean India (IND)", "ledger:chn-ind",
    ],
    "06-from-an-article": ["CONSULT third-party, minister", "REJECT meet, leader", "visits"],
}  # fmt: skip
_NUMBERS = re.compile(
    r"\d[\d,.]*%?|\b(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred)\b"
)


# Each in a kernel of its own.
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_what_it_says_holds(path, around):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    own = len(notebook.cells)
    checks = [f"assert {check}, {phrase!r}" for phrase, check in CLAIMS[path.stem].items()]
    notebook.cells += [nbformat.v4.new_code_cell(text) for text in (GIVEN.get(path.stem, ""), *checks)]
    place = {"metadata": {"path": str(around / "notebooks")}}
    NotebookClient(notebook, kernel_name="python3", timeout=300, resources=place).execute()
    shown = [output for cell in notebook.cells[:own] for output in cell.get("outputs", [])]
    # A warning in red would be the first thing that a reader sees.
    assert not [output for output in shown if output.output_type == "stream" and output.name == "stderr"]
    kinds = [kind for output in shown for kind in output.get("data", {})]
    assert "text/html" in kinds
    if path.stem != "05-new-signal":
        assert "image/png" in kinds
    text = "\n".join(
        str(held) for output in shown for held in (*output.get("data", {}).values(), output.get("text", ""))
    )
    assert [words for words in SHOWN.get(path.stem, ()) if words not in text] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_number_in_prose_is_a_setting_of_the_notebook_or_a_claim_that_is_checked(path):
    prose = [" ".join(text.split()) for text in cells_of(path, "markdown")]
    settings = "\n".join(cells_of(path, "code"))
    claims = CLAIMS[path.stem]
    assert [phrase for phrase in claims if not any(phrase in text for text in prose)] == []
    loose = []
    for text in prose:
        rest = re.sub(r"`[^`]*`|\]\([^)]*\)|G20|G7", "", text)
        for phrase in claims:
            rest = rest.replace(re.sub(r"`[^`]*`|G20|G7", "", phrase), "")
        loose += [
            (number, rest)
            for number in (found[0].rstrip(".,") for found in _NUMBERS.finditer(rest))
            if not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", settings)
        ]
    assert loose == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell["metadata"] == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_only_forecast_and_the_usual_libraries(path):
    found = set()
    for node in ast.walk(ast.parse("\n".join(cells_of(path, "code")))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
    assert found - set(sys.stdlib_module_names) <= USUAL


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_logic_of_its_own(path):
    """A loop over axes or models is presentation; more than two functions, or a class, belongs in the package."""
    nodes = list(ast.walk(ast.parse("\n".join(cells_of(path, "code")))))
    assert not [node for node in nodes if isinstance(node, ast.ClassDef | ast.While)]
    assert len([node for node in nodes if isinstance(node, ast.FunctionDef)]) <= 1
