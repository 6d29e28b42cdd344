"""`forecast update gdelt`: the files that its lists name from a day on, each fetched once and verified."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from click.testing import CliRunner, Result

from event_rows import counts, gdelt_line
from forecast.cli.main import main
from publisher_host import body, serving


def packed(name: str, *lines: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name.removesuffix(".zip"), "".join(f"{line}\n" for line in lines))
    return content.getvalue()


def update(address: str, root: object, *words: str) -> Result:
    command = ["update", "gdelt", "--from", address, "--root", str(root), *words]
    return CliRunner().invoke(main, command, catch_exceptions=False)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


def daily(days: tuple[str, ...], *, broken: str = "") -> dict:
    files = {
        f"{day}.export.CSV.zip": packed(f"{day}.export.CSV.zip", gdelt_line(day, "USA", "CHN", version=1))
        for day in days
    }
    md5 = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    lines = [f"{'0' * 32 if name.startswith(broken or '-') else digest}  {name}" for name, digest in md5.items()]
    listing = "\n".join(["0123  GDELT.MASTERREDUCEDV2.1979-2013.zip", "0123  201303.zip", *lines, ""])
    return {"/events/md5sums": body(listing.encode())} | {f"/events/{name}": body(file) for name, file in files.items()}


def test_daily_files_from_a_day_on_are_fetched_once(root):
    with serving(daily(("20180301", "20180302", "20180303"))) as here:
        first = update(here.address, root, "--since", "2018-03-02")
        again = update(here.address, root, "--since", "2018-03-02")
    assert first.exit_code == again.exit_code == 0
    assert sorted(day for (_, _, day, _) in counts(root, "gdelt")) == ["2018-03-02", "2018-03-03"]
    assert "2 new files, 2 rows" in first.stderr
    assert again.stderr.splitlines() == ["forecast: 2 files are held already"]


def test_files_of_each_quarter_of_an_hour(root):
    name = "20180302001500.export.CSV.zip"
    file = packed(name, gdelt_line("2018-03-02", "USA", "CHN"))
    listing = f"{len(file)} {hashlib.md5(file).hexdigest()} http://elsewhere.example/gdeltv2/{name}\n1 0 http://x/y.gkg.csv.zip\n"
    answers = {"/gdeltv2/masterfilelist.txt": body(listing.encode()), f"/gdeltv2/{name}": body(file)}
    with serving(answers) as here:
        done = update(here.address, root, "--since", "2018-03-02", "--every", "15min")
    assert done.exit_code == 0, done.output
    assert len(counts(root, "gdelt")) == 1


def test_a_file_that_is_not_the_listed_one_is_refused(root):
    with serving(daily(("20180301",), broken="20180301")) as here:
        done = update(here.address, root, "--since", "2018-03-01")
    assert done.exit_code == 9
    assert "its MD5 is not the listed" in done.stderr
    assert done.stderr.count("\n") == 1
    assert counts(root, "gdelt") == {}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["gdelt"], 2, "gdelt takes --since DAY"),
        (["gdelt", "--since", "2018-03-01", "--dry-run"], 2, "gdelt takes --since DAY"),
        (["--since", "2018-03-01"], 2, "--since goes with gdelt"),
        (["gdelt", "--since", "soon"], 5, "--since: 'soon' is no day of the calendar"),
        (
            ["gdelt", "--since", "2018-03-01", "--from", "http://example.org"],
            9,
            "give an address that begins with https",
        ),
    ],
)
def test_mistakes(root, words, code, says):
    done = CliRunner().invoke(main, ["update", *words, "--root", str(root)], catch_exceptions=False)
    assert done.exit_code == code
    assert says in done.stderr
