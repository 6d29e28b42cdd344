"""Names and codes of states in whatever way a table writes them: ISO, Correlates of War, old codes, many languages."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final, Literal

from forecast.dates import Day
from forecast.errors import StateError
from forecast.facts import package_rows
from forecast.facts.countries import find_state, states

#: Marks that a letter may lose when it is compared; those of other scripts carry the sound.
_ACCENTS: Final = range(0x300, 0x370)


def name_key(text: str) -> str:
    """Fold case, accents and punctuation; letters of all scripts are kept.

    Examples
    --------
    >>> name_key("  Côte-d’Ivoire "), name_key("Южная Корея")
    ('cote d ivoire', 'южная корея')
    """
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    plain = unicodedata.normalize("NFC", "".join(one for one in plain if ord(one) not in _ACCENTS))
    return " ".join("".join(one if unicodedata.category(one)[0] not in "PZSC" else " " for one in plain).split())


@cache
def variants() -> dict[str, dict[str, str]]:
    """States by the names in common use that the locale data lack, by language; under ``code`` by codes of old."""
    found: dict[str, dict[str, str]] = {}
    for row in package_rows("readers/state_variants.csv"):
        found.setdefault(row["language"], {})[row["name"]] = row["state"]
    return found


@cache
def _own_names() -> dict[str, tuple[str, ...]]:
    """Codes and names of the table of states, and the codes that mean the same; the newest state first."""
    found: dict[str, dict[str, None]] = {}
    for state in states().values():
        for name in (state.code, state.name, *state.aliases):
            found.setdefault(name_key(name), {})[state.code] = None
    for code, state_code in (*by_alpha_2().items(), *variants()["code"].items()):
        found.setdefault(name_key(code), {state_code: None})
    return {
        key: tuple(sorted(codes, key=lambda code: (states()[code].exists_to, code), reverse=True))
        for key, codes in found.items()
    }


def is_own_name(text: str) -> bool:
    """Whether a text is a code, old or new, or a name or alias of the table of states."""
    return name_key(text) in _own_names()


@cache
def by_alpha_2() -> dict[str, str]:
    """Alpha-2 codes of the states of the table; one that several had is that of the newest."""
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    by_age = sorted(states().values(), key=lambda one: one.exists_to)
    return {aliases[one.code][0]: one.code for one in by_age if len(aliases.get(one.code, ())) == 1}


@cache
def names_in(language: str) -> dict[str, str]:
    """Names of the states of the table in a language, by code; a dissolved state has no name of its own.

    Examples
    --------
    >>> names_in("pt")["DEU"], names_in("zh")["FRA"]
    ('Alemanha', '法国')
    """
    from babel import Locale

    territories = Locale.parse(language).territories
    return {code: territories[alpha_2] for alpha_2, code in by_alpha_2().items() if alpha_2 in territories}


@cache
def _numbers() -> dict[Literal["iso", "cow"], dict[int, str]]:
    """Numeric codes: of ISO 3166, and of the Correlates of War list."""
    from babel.core import get_global

    codes = by_alpha_2()
    iso = {
        int(code): codes[given[0]]
        for code, given in get_global("territory_aliases").items()
        if code.isdigit() and len(code) == 3 and len(given) == 1 and given[0] in codes
    }
    # Numbers of one state that was two: the older one is another state of the table.
    iso.update({278: "DDR", 720: "YMD", 810: "SUN", 890: "YUG", 891: "SCG", 200: "CSK"})
    cow: dict[int, str] = {}
    for state in sorted(states().values(), key=lambda one: one.exists_to):
        if state.order < 1000:
            cow[state.order] = state.code
    return {"iso": iso, "cow": cow}


@cache
def _foreign_names() -> dict[str, dict[str, frozenset[str]]]:
    """Names in the languages of the locale data: key -> code -> languages."""
    from babel import UnknownLocaleError
    from babel.localedata import locale_identifiers

    found: dict[str, dict[str, set[str]]] = {}
    for language in (one for one in locale_identifiers() if "_" not in one):
        try:
            names_here = names_in(language)
        except (UnknownLocaleError, ValueError):
            continue
        for code, name in names_here.items():
            found.setdefault(name_key(name), {}).setdefault(code, set()).add(language)
    for language, names in variants().items():
        for name, code in names.items() if language != "code" else ():
            found.setdefault(name_key(name), {}).setdefault(code, set()).add(language)
    return {key: {code: frozenset(said) for code, said in codes.items()} for key, codes in found.items()}


def state_named(text: str) -> str | None:
    """The state that an English name, an ISO code or a code that it replaced means: the newest of several, or none.

    Examples
    --------
    >>> state_named("the former Yugoslav Republic of Macedonia"), state_named("ROM"), state_named("EUR")
    ('MKD', 'ROU', None)
    """
    codes = _own_names().get(name_key(text).removeprefix("the "), ())
    return codes[0] if codes else None


def state_codes() -> list[str]:
    """Codes of three letters that mean a state: of ISO 3166, and those that they replaced."""
    return sorted({*states(), *(code for code in variants()["code"] if len(code) == 3)})


def number_system(texts: Iterable[str]) -> tuple[Literal["iso", "cow"] | None, str]:
    """Whose numbers these are, if only one list has all of them; else none, and why.

    Examples
    --------
    >>> number_system(["156", "840"])
    ('iso', '')
    >>> number_system(["710", "2"])
    ('cow', '')
    """
    numbers = {int(text) for text in texts}
    fits = [system for system, known in _numbers().items() if numbers <= set(known)]
    if len(fits) == 1:
        return fits[0], ""
    if fits:
        return None, "may be numbers of ISO 3166 or of the Correlates of War; say codes=iso or codes=cow"
    best = max(_numbers(), key=lambda system: len(numbers & set(_numbers()[system])))
    lost = sorted(numbers - set(_numbers()[best]))
    return None, f"are numbers of no one list; {best} lacks {', '.join(map(str, lost[:8]))}"


class StateNames:
    """Finds states for one table, and remembers in which languages they were named."""

    def __init__(self, numbers: Literal["iso", "cow"] | None = None) -> None:
        self.numbers = numbers
        self.languages: Counter[str] = Counter()
        self._suggested: dict[str, str] = {}

    def find(self, text: str, *, on: Day | None = None) -> str:
        """Code of the state that is named."""
        key = name_key(text)
        codes: tuple[str, ...] = ()
        if key.isdigit():
            found = _numbers()[self.numbers].get(int(key)) if self.numbers else None
            codes = (found,) if found else ()
        else:
            codes = _own_names().get(key, ())
            if not codes:
                named = _foreign_names().get(key, {})
                self.languages.update(language for said in named.values() for language in said)
                codes = tuple(named)
        if not codes:
            raise StateError(f"unknown state {text!r}{self.suggestion(key)}")
        alive = [code for code in codes if on is None or states()[code].exists_on(on)]
        if not alive:
            return find_state(codes[0], on=on)
        if len(alive) > 1 and key not in _own_names():
            raise StateError(f"{text!r} may be {' or '.join(sorted(alive))}; write the code")
        return alive[0]

    def suggestion(self, key: str) -> str:
        """The nearest name in English and the languages of this table, as the end of a sentence: one for a text."""
        if key in self._suggested:
            return self._suggested[key]
        common = {language for language, _ in self.languages.most_common(3)}
        names: dict[str, str] = {}
        for name, said in _foreign_names().items():
            for code, languages in said.items():
                if languages & common:
                    names[name] = code
        names.update({name: codes[0] for name, codes in _own_names().items()})
        # A short code is near to anything.
        alike = [name for name in names if len(name) > 3 or len(key) <= 3]
        near = difflib.get_close_matches(key, alike, n=1, cutoff=0.6)
        self._suggested[key] = f"; did you mean {states()[names[near[0]]].name} ({names[near[0]]})?" if near else ""
        return self._suggested[key]

    def forget_suggestions(self) -> None:
        """Suggest anew, now that the languages of the table are known."""
        self._suggested.clear()

    def language(self) -> str:
        """Name of the language in which most names were found; empty if all were codes or English."""
        from babel import Locale

        if not self.languages:
            return ""
        most = max(self.languages.values())
        # Of languages with the same names the one that more people read is meant.
        read = ("fr", "es", "pt", "de", "it", "ru", "zh", "ar", "nl", "ja", "ko", "tr", "pl")
        leading = [language for language, count in self.languages.items() if count == most]
        best = min(leading, key=lambda one: (read.index(one) if one in read else len(read), one))
        return str(Locale.parse(best).get_display_name("en") or best)
