"""Every source that has an address is refreshed, whole or not at all, from hosts of this machine."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from forecast.cli.main import main
from forecast.errors import DataMissingError, FetchError
from forecast.readers.coded_source import contents_of
from forecast.readers.seals import seal_folder
from forecast.readers.wikipedia_trips import code_trips
from forecast.verbs import run as running
from forecast.verbs.ingest import ingest
from forecast.verbs.update import refresh
from forecast.workspace import load_history
from publisher_host import FILES, Host, archives, body, serving
from readers.test_wikipedia_trips import TITLE, Wiki
from readers.test_wikipedia_trips import serving as serving_wiki
from text_tables import day

CHINA = Path(__file__).parent / "readers" / "fixtures" / "china"
PATHS = {
    "/outbound_trips.csv": "journeys", "/inbound_cn_master.csv": "visits",
    "/pipeline/data/summit_attendees.csv": "attendees",
}  # fmt: skip
TODAY = "2024-10-01"
JOURNEY = "Xi Jinping,{0},{0},Mexico,Mexico City,State visit.,,,,,\n"


def lists(**more: str) -> dict[str, object]:
    texts = {path: (CHINA / f"{name}.csv").read_text(encoding="utf-8") for path, name in PATHS.items()}
    width = texts["/outbound_trips.csv"].splitlines()[0].count(",")
    for path, line in more.items():
        texts[f"/{path}.csv"] += ",".join((line.strip().split(",") + [""] * 20)[: width + 1]) + "\n"
    return {path: body(text.encode(), kind="text/csv") for path, text in texts.items()}


@pytest.fixture
def root(tmp_path) -> Path:
    """A workspace with China's lists as its host first has them."""
    root = tmp_path / "ws"
    (root / "data" / "raw" / "china").mkdir(parents=True)
    (root / "data" / "raw" / "engagements").mkdir()
    (root / "data" / "raw" / "engagements" / "manifest.json").write_text("{}", encoding="utf-8")
    folder = tmp_path / "lists"
    folder.mkdir()
    for name, part in (("journeys", "outbound"), ("visits", "inbound"), ("attendees", "hosted")):
        shutil.copy(CHINA / f"{name}.csv", folder / f"china-{part}-x.csv")
    ingest("china", folder, root=root)
    return root


def run(root: Path, host: Host, **more: object) -> dict[str, object]:
    (row,) = refresh(root=root, origins={"china": host.address}, today=TODAY, **more).to_dict("records")
    return row


def tree(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_what_is_new_takes_the_place_of_the_old(root):
    with serving(lists()) as host:
        first = run(root, host)
        assert first["done"] == "nothing new"
        host.answers.update(lists(outbound_trips=JOURNEY.format("2024-09-20")))
        dry = run(root, host, dry_run=True)
        assert (dry["done"], dry["ends_on"]) == ("would be updated", first["ends_on"])
        done = run(root, host)
        assert (done["publisher"], done["state"], done["done"]) == ("china", "fresh", "updated")
        assert (done["was"], done["ends_on"], done["behind_days"]) == (first["ends_on"], "2024-09-20", 11)
        assert run(root, host)["done"] == "nothing new"
    events = load_history(root).events
    assert (events["started_on"] == "2024-09-20").sum() == 1


def test_a_stay_to_come_waits_until_it_is_over(root):
    with serving(lists(outbound_trips=JOURNEY.format("2024-10-02"))) as host:
        assert run(root, host)["done"] == "nothing new"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("content", "state", "done"),
    [(None, "unreachable", ""), (b"<html>moved</html>", None, "refused"), (b"\xff\xfe", None, "refused")],
)
def test_a_list_that_fails_leaves_all_as_it_was(root, path, content, state, done):
    before = tree(root)
    answers = lists(outbound_trips=JOURNEY.format("2024-09-20"))
    answers[path] = body(b"gone", status=404) if content is None else body(content)
    with serving(answers) as host:
        row = run(root, host)
    assert row["done"] == done
    assert state in (None, row["state"])
    assert path.rpartition("/")[2] in row["problem"]
    assert tree(root) == before


def test_a_list_that_shrank_is_refused_unless_that_is_allowed(root):
    before = tree(root)
    answers = lists()
    text = (CHINA / "visits.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    answers["/inbound_cn_master.csv"] = body("".join(text[: len(text) // 2]).encode())
    with serving(answers) as host:
        row = run(root, host)
        assert row["done"] == "refused"
        assert "accept with --allow-shrink" in row["problem"]
        assert tree(root) == before
        assert run(root, host, allow_shrink=True)["done"] == "updated"


def test_old_records_are_stale_and_sources_without_an_address_fixed(root):
    shutil.copytree(root / "data" / "raw" / "china", root / "data" / "raw" / "gazette")
    path = root / "data" / "raw" / "gazette" / "manifest.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**said, "publisher": "gazette"}), encoding="utf-8")
    seal_folder(path.parent)
    with serving(lists()) as host:
        rows = refresh(root=root, origins={"china": host.address}, today="2026-01-01")
    assert rows[["publisher", "state"]].to_numpy().tolist() == [["china", "stale"], ["gazette", "fixed"]]


def test_a_damaged_source_is_named_and_keeps_no_other_from_being_refreshed(root):
    shutil.copytree(root / "data" / "raw" / "china", root / "data" / "raw" / "a-gazette")
    path = root / "data" / "raw" / "a-gazette" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"journeys", b"journeyz", 1))
    with serving(lists()) as host:
        gazette, china = refresh(root=root, origins={"china": host.address}, today=TODAY).to_dict("records")
    assert (gazette["publisher"], gazette["done"], gazette["ends_on"]) == ("a-gazette", "refused", "")
    assert "manifest.json: is not what seal.json beside it says" in gazette["problem"]
    assert (china["publisher"], china["problem"]) == ("china", "")


def test_lists_of_trips_are_fetched_again_with_the_etiquette_of_the_api(tmp_path):
    with serving_wiki(Wiki()) as wiki:
        from readers.test_wikipedia_trips import fetched

        page = fetched(wiki, as_of=day("2019-09-29"))
        coded = code_trips([page], leader_state="FRA", today=day(TODAY))
        folder = tmp_path / "data" / "raw" / coded.publisher
        folder.mkdir(parents=True)
        for name, content in contents_of(coded).items():
            (folder / name).write_bytes(content)
        without = refresh(root=tmp_path, today=TODAY).to_dict("records")
        wiki.asked.clear()
        (row,) = refresh(root=tmp_path, today=TODAY, contact="ann@example.org").to_dict("records")
        again = refresh(root=tmp_path, today=TODAY, contact="ann@example.org")["done"].tolist()
    assert (without[0]["state"], without[0]["done"]) == ("unreachable", "")
    assert "give --contact" in without[0]["problem"]
    assert (row["publisher"], row["state"], row["done"]) == ("wikipedia-trips-fra", "stale", "updated")
    assert (row["was"], row["ends_on"]) == ("2019-06-01", "2019-10-05")
    assert {query["maxlag"] for query in wiki.asked} == {"5"}
    assert wiki.asked[0]["titles"] == TITLE
    assert again == ["nothing new"]


def test_one_source_that_fails_keeps_no_other_from_being_refreshed(root):
    ingest("state-department", _records(root), root=root)
    china = tree(root / "data" / "raw" / "china")
    with serving(archives(FILES)) as host:
        origins = {"china": host.address, "state-department": host.address}
        rows = refresh(root=root, origins=origins, today=TODAY)
    assert rows["publisher"].tolist() == ["china", "state-department"]
    assert rows["state"].tolist() == ["unreachable", "stale"]
    assert rows["done"].tolist()[1] in ("updated", "nothing new")
    assert tree(root / "data" / "raw" / "china") == china


def _records(root: Path) -> Path:
    folder = root / "records"
    shutil.copytree(FILES / "travels", folder)
    shutil.copytree(FILES / "visits" / "data", folder / "visits")
    return folder


def test_the_command_lists_sources_and_ends_with_the_code_of_what_failed(root, monkeypatch):
    with serving(lists()) as host:
        monkeypatch.setattr("forecast.verbs.update.CHINA", host.address)
        done = CliRunner().invoke(main, ["update", "--root", str(root)])
        assert done.exit_code == 0, done.output
        assert "nothing new" in done.stdout
        host.answers.clear()
        lost = CliRunner().invoke(main, ["update", "--root", str(root)])
    assert lost.exit_code == 9
    assert "unreachable" in lost.stdout
    assert "forecast: china stays as it is: http" in lost.stderr


@pytest.mark.parametrize("reached", [True, False])
def test_a_schedule_refreshes_the_sources_that_the_settings_name(root, monkeypatch, reached):
    (root / "forecast.toml").write_text('sources = ["china"]\n', encoding="utf-8")
    choices = running._Choices(**dict.fromkeys((field.name for field in fields(running._Choices)), None))
    with serving(lists() if reached else {}) as host:
        monkeypatch.setattr("forecast.verbs.update.CHINA", host.address)
        choices = replace(choices, root=root, say=lambda step: None)
        if reached:
            assert running._update(choices) == "china nothing new"
        else:
            with pytest.raises(FetchError, match="answered 404"):
                running._update(choices)


def test_a_folder_without_facts_is_no_workspace(tmp_path):
    with pytest.raises(DataMissingError):
        refresh(root=tmp_path / "nowhere")


def test_a_workspace_of_ledgers_has_nothing_to_refresh_and_says_so(tmp_path):
    (tmp_path / "data" / "raw" / "engagements").mkdir(parents=True)
    done = CliRunner().invoke(main, ["update", "--root", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    assert "none has an address" in done.stdout
