"""What the columns of a table mean: names in several languages, and the words of its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from forecast.facts.codebook import PLOVER
from forecast.facts.events import LEVELS, OPTIONAL, REQUIRED, SETTINGS, STATUSES
from forecast.readers.state_names import name_key

#: Columns of a ledger, and `country`, `kind` and `days`, which are only means to them.
FIELDS: Final = (*REQUIRED, *OPTIONAL, "country", "kind", "days")
#: Short names of the fields, as a user may write them in a mapping.
SHORT: Final = {
    "start": "started_on", "end": "ended_on", "known": "known_on", "visitor": "source", "host": "recipient",
    "traveller": "source", "traveler": "source", "destination": "recipient", "date": "days", "dates": "days",
}  # fmt: skip
OPTIONS: Final = ("encoding", "separator", "dates", "header", "codes", "sheet")

_NAMES: Final = {
    "started_on": "started on|start|start date|starts on|date start|begin|begins|begin date|beginning|from"
    "|from date|arrival|arrival date|date from|first day|debut|date debut|date de debut|date d arrivee|arrivee|du"
    "|depuis|beginn|anfang|von|startdatum|anfangsdatum|beginn datum|ankunft|inicio|fecha inicio|fecha de inicio"
    "|desde|llegada|data inicio|data de inicio|data inicial|chegada|inizio|data inizio|data di inizio|dal|arrivo"
    "|aankomst|begindatum|van|начало|дата начала|с|开始|开始日期|起始日期|начальная дата|baslangic"
    "|baslangic tarihi|poczatek|data rozpoczecia|البداية",
    "ended_on": "ended on|end|end date|ends on|date end|to|to date|until|departure|departure date|last day|date to"
    "|fin|date fin|date de fin|date de depart|depart|au|jusqu au|ende|bis|enddatum|abreise|fecha fin|fecha de fin"
    "|fecha final|hasta|salida|fim|data fim|data de fim|data final|ate|partida|fine|data fine|data di fine|al"
    "|partenza|einddatum|tot|vertrek|конец|дата окончания|по|结束|结束日期|终止日期|bitis|bitis tarihi|koniec"
    "|data zakonczenia|النهاية",
    "known_on": "known on|known|known date|announced|announced on|announcement|announcement date|published"
    "|published on|publication date|publication|reported on|date reported|connu le|connu|annonce le|annonce"
    "|date d annonce|date de publication|publie le|bekannt|bekannt seit|bekannt am|veroffentlicht"
    "|veroffentlicht am|conocido|conocido el|anunciado|fecha de publicacion|fecha de anuncio|conhecido em"
    "|anunciado em|data de publicacao|noto dal|annunciato il|data di pubblicazione|bekend op|gepubliceerd|известно"
    "|опубликовано|дата публикации|公布日期|发布日期",
    "source": "source|visitor|visiting country|visiting state|traveller|traveler|guest|guest country|origin"
    "|country of origin|home country|home|leader country|country leader|sender|from country|country 1|state 1"
    "|side a|visiteur|pays visiteur|pays d origine|pays en visite|voyageur|invite|besucher|gast"
    "|gastland des besuchers|besuchendes land|herkunftsland|reisender|visitante|pais visitante|pais de origen"
    "|pais de origem|viajero|visitatore|paese visitatore|paese di origine|bezoeker|bezoekend land|гость"
    "|страна гостя|посетитель|来访国|访问国|出访国",
    "recipient": "recipient|host|host country|host state|host nation|visited|visited country|country visited"
    "|state visited|destination|destination country|country of destination|receiver|target|to country|country 2"
    "|state 2|side b|hote|pays hote|pays visite|pays d accueil|pays de destination|gastgeber|gastland"
    "|besuchtes land|zielland|reiseziel|anfitrion|pais anfitrion|pais visitado|destino|pais de destino|anfitriao"
    "|ospite|paese ospitante|paese visitato|destinazione|gastheer|bezocht land|bestemming|хозяин"
    "|принимающая страна|страна назначения|страна визита|东道国|目的地|出访国家|被访国|受访国",
    "country": "country|state|nation|pays|etat|land|staat|pais|estado|paese|stato|страна|государство|国家|ulke"
    "|kraj|دولة",
    "days": "date|dates|date s|day|days|period|jour|jours|periode|datum|daten|zeitraum|reisedaten|fecha|fechas"
    "|periodo|data|datas|date del viaggio|дата|даты|日期|时间|tarih|termin|التاريخ",
    "level": "level|rank|office|title|position|niveau|rang|fonction|titre|qualite|ebene|amt|funktion|nivel|cargo"
    "|rango|funcao|livello|carica|rang des besuchers|functie|уровень|должность|级别|职务",
    "setting": "setting|format|cadre|rahmen|marco|formato|contesto|формат|形式",
    "kind": "kind|type|type of visit|visit type|nature|purpose|reason|type de visite|type de deplacement"
    "|nature de la visite|nature du deplacement|motif|objet|art|art des besuchs|besuchsart|anlass|zweck|tipo"
    "|tipo de visita|motivo|tipo di visita|soort|soort bezoek|вид|вид визита|цель|类型|访问类型|目的",
    "status": "status|state of affairs|statut|etat du deplacement|stand|estado de la visita|situacao"
    "|stato della visita|статус|状态",
    "mode": "mode|modus|modo",
    "event": "event|event type|evenement plover",
    "place": "place|location country|country of meeting|lieu pays|pays du lieu|ort land|lugar pais",
    "persons": "persons|person|people|leader|leader name|name|names|dirigeant|nom|personnes|personen|person en"
    "|personas|lider|nombre|pessoas|nome|nomi|persone|naam|лидер|имя|лица|领导人|姓名|人物",
    "note": "note|notes|remark|remarks|details|comment|comments|remarque|remarques|notes et remarques|commentaire"
    "|bemerkung|bemerkungen|anmerkung|anmerkungen|nota|notas|observaciones|observacoes|osservazioni|opmerkingen"
    "|примечание|примечания|备注",
    "url": "url|link|source url|address|lien|adresse|enlace|ligacao|quelle|fonte|fuente|источник|来源|链接",
    "context": "context|contexte|kontext|contexto",
    "venue": "venue|summit|sommet|gipfel|cumbre|cupula|vertice|саммит|峰会",
    "dialogue": "dialogue|dialog",
    "access": "access",
    "offices": "offices",
}


def _by_name() -> dict[str, str]:
    found = {name_key(name): field for field, names in _NAMES.items() for name in names.split("|")}
    for name in FIELDS:
        found[name_key(name)] = name
    return found


_FIELD_OF: Final = _by_name()


#: Words around the name of a column that say no more than the table does, and of what form its cells are.
_AROUND: Final = re.compile(
    r"^(?:trip|visit|travel|journey|voyage|viaje|reise) (?=.)|(?<=.) (?:iso|iso ?[23]|code|name)$"
)


#: A cell of more characters names no column; it need not be folded to be looked up.
_LONGEST: Final = 500


def field_of(name: str) -> str:
    """Field that a column's name means; empty if none is recognised.

    Examples
    --------
    >>> field_of("Date de début"), field_of("Pays visité (nom)"), field_of("TripStartDate"), field_of("Coût")
    ('started_on', 'recipient', 'started_on', '')
    """
    return match_of(name)[0]


@lru_cache(maxsize=4096)
def match_of(name: str) -> tuple[str, int]:
    """Field that a column's name means, and how far the name had to be cut for it."""
    if len(name) > _LONGEST:
        return "", 0
    whole = name_key(name)
    if whole in _FIELD_OF:
        return _FIELD_OF[whole], 0
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name)
    apart = name_key(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare))
    for cuts, key in enumerate((apart, _AROUND.sub("", apart), _AROUND.sub("", _AROUND.sub("", apart))), 1):
        if key in _FIELD_OF:
            return _FIELD_OF[key], cuts
    return "", 0


def score(cells: Sequence[str], named: Sequence[str] = ()) -> int:
    """How many fields a row of cells would name as a header; names that a mapping gives count too."""
    keys = {name_key(one) for one in named}
    fields = {field_of(cell) or (cell if keys and name_key(cell) in keys else "") for cell in cells if cell}
    return len(fields - {""})


def full_name(field: str) -> str:
    """The ledger's name of a field that a user wrote."""
    plain = "_".join(name_key(field).split())
    return SHORT.get(plain, plain)


#: What the words of a cell mean; compared as `name_key` folds them. The first word that the cell begins with or holds.
_LEVELS: Final = {
    "deputy": "vice president|vice president e|vice premier|deputy prime minister|deputy|vicepresidente|vize"
    "|vice premier ministre|вице|副总理|副主席",
    "deputy_minister": "deputy minister|vice minister|deputy foreign minister|state secretary|secretaire d etat"
    "|staatssekretar|viceministro|заместитель министра|副部长",
    "minister": "foreign minister|minister of foreign affairs|minister|ministre|aussenminister|außenminister"
    "|secretary of state|canciller|ministro|министр|外长|部长",
    "leader": "leader|president|presidente|prime minister|premier ministre|premier|premiere ministre|chancellor"
    "|chancelier|chanceliere|kanzler|bundeskanzler|bundeskanzlerin|king|queen|roi|reine|konig|konigin|rey|rei|emir"
    "|sultan|emperor|pope|pape|head of state|head of government|chef d etat|chef de l etat|chef du gouvernement"
    "|chef de gouvernement|staatsoberhaupt|regierungschef|ministerprasident|premierminister|praesident|prasident"
    "|primer ministro|primeiro ministro|primo ministro|dirigeant|президент|премьер министр|主席|总理|国家元首",
    "working": "working|working level|officials|fonctionnaires|beamte|expert|experts|official",
}
_SETTINGS: Final = {
    "margins": "margins|on the margins|sidelines|on the sidelines|en marge|am rande|al margen|a margem|a margine"
    "|на полях",
    "multilateral": "multilateral|multilaterale|multilateralen|summit|sommet|gipfel|cumbre|cupula|vertice"
    "|conference|conference internationale|g7|g8|g20|g 20|nato|otan|саммит|峰会|international meeting"
    "|multilateral meeting",
    "bilateral": "bilateral|bilaterale|bilateral meeting|bilateral visit|state visit|official visit|working visit"
    "|visit|visite d etat|visite officielle|visite de travail|visite bilaterale|visite|visita de estado"
    "|visita oficial|visita|visita de trabajo|staatsbesuch|offizieller besuch|arbeitsbesuch|besuch|visita di stato"
    "|visita ufficiale|визит|访问",
}
_STATUSES: Final = {
    "cancelled": "cancelled|canceled|annule|annulee|abgesagt|cancelado|cancelada|annullato|annullata|отменен|取消",
    "postponed": "postponed|reporte|reportee|verschoben|aplazado|aplazada|adiado|adiada|rinviato|rinviata|отложен|推迟",
    "announced": "announced|planned|scheduled|prevu|prevue|annonce|annoncee|geplant|angekundigt|previsto|prevista"
    "|anunciado|anunciada|annunciato|запланирован|计划",
    "occurred": "occurred|held|done|completed|made|realise|realisee|effectue|effectuee|a eu lieu|stattgefunden"
    "|durchgefuhrt|realizado|realizada|avvenuto|avvenuta|состоялся|已完成",
    "reported": "reported|rumoured|rumored",
}
_MODES: Final = {
    "visit": "visit|visite|besuch|visita|journey|travel|trip|voyage|deplacement|reise|viaje|viagem|viaggio|визит|访问",
    "third-party": "third party|third country|pays tiers|drittland",
    "multilateral": "multilateral|summit|sommet|gipfel",
    "meet": "meet|meeting|rencontre|treffen|reunion|incontro|встреча|会见",
    "phone": "phone|telephone|call|phone call|appel|anruf|telefon|llamada|telefonata|звонок|通话",
    "virtual": "virtual|video|videoconference|video conference|visioconference|videokonferenz|videoconferencia",
    "working-group": "working group|groupe de travail|arbeitsgruppe",
    "dialogue": "dialogue|dialog|dialogo",
    **{one: one for one in ("cancel", "announce", "suspend", "withdraw", "expel")},
}
_VOCABULARY: Final[Mapping[str, Mapping[str, str]]] = {
    "level": _LEVELS,
    "setting": _SETTINGS,
    "status": _STATUSES,
    "mode": _MODES,
}
_ALLOWED: Final = {
    "level": LEVELS,
    "setting": SETTINGS,
    "status": STATUSES,
    "event": tuple(PLOVER),
    "mode": tuple(_MODES),
}


def allowed(field: str) -> tuple[str, ...]:
    """The values of a field with a fixed vocabulary."""
    return _ALLOWED[field]


def meaning(field: str, text: str) -> str:
    """The value that a cell means in a fixed vocabulary; empty if it means none.

    Examples
    --------
    >>> meaning("level", "Premier ministre"), meaning("setting", "Sommet du G20"), meaning("status", "Prévu")
    ('leader', 'multilateral', 'announced')
    """
    known = {name_key(value): value for value in _ALLOWED[field]}
    key = name_key(text)
    if key in known:
        return known[key]
    vocabulary = _VOCABULARY.get(field, {})
    words = {name_key(word): value for value, words in vocabulary.items() for word in words.split("|")}
    if key in words:
        return words[key]
    # A longer text, by the first of the values that it holds a word of.
    for value, names in vocabulary.items():
        if any(re.search(rf"\b{re.escape(name_key(name))}\b", key) for name in names.split("|")):
            return value
    return ""
