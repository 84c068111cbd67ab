"""German."""

from __future__ import annotations

from typing import Final

from mindseye.query.model import Sort
from mindseye.query.plain import holidays as h
from mindseye.query.plain import readings as r
from mindseye.query.plain.grammar import Rule
from mindseye.query.plain.language import Frame, Language, Locating, Shooting
from mindseye.query.plain.period import Month, Season

_MONTHS = (
    "januar,jänner,jan;februar,feb;märz,maerz;april,apr;mai;juni,jun;juli,jul;august,aug;"
    "september,sept,sep;oktober,okt;november,nov;dezember,dez"
)
_LAST: Final = (
    "(letzten|letzte|letztes|letzter|letztem|vergangenen|vergangene|vergangenes|vorigen|vorige|"
    "voriges)"
)
_THIS: Final = "(dieses|diesen|diese|dieser|diesem)"

_DATES: Final = (
    Rule("<month> <year>", r.a_day),
    Rule("<day>[.] <month> <year>", r.a_day),
    Rule("<day>.<mm>.<year>", r.day_first),
    Rule("<year>-<mm>", r.iso_month),
    Rule("<year>-<mm>-<dd>", r.iso_day),
    Rule("[dem] <event> [des Jahres|von] <year>", r.event_of),
    Rule(f"<event> {_LAST} Jahres", r.event_back(1)),
    Rule("<event> dieses Jahres", r.event_back(0)),
    Rule(f"{_LAST} <event>", r.last_event, "own"),
    Rule(f"{_THIS} <event>", r.this_event),
    Rule(f"{_LAST} <weekday>", r.last_weekday, "own"),
    Rule(f"{_LAST} (Jahr|Jahres)", r.years(1), "own"),
    Rule(f"{_THIS} (Jahr|Jahres)", r.years(0)),
    Rule("(vorletztes|vorletzten) Jahr", r.years(2)),
    Rule(f"{_LAST} (Monat|Monats)", r.months(1), "own"),
    Rule(f"{_THIS} (Monat|Monats)", r.months(0)),
    Rule(f"{_LAST} Woche", r.weeks(1), "own"),
    Rule(f"{_THIS} Woche", r.weeks(0)),
    Rule(f"{_LAST} Wochenende", r.last_weekend, "own"),
    Rule(f"{_THIS} Wochenende", r.this_weekend),
    Rule("gestern [Abend|Morgen]", r.days(1), "closed"),
    Rule("(letzte|vergangene) Nacht", r.days(1, 0)),
    Rule("vorgestern", r.days(2)),
    Rule("heute", r.days(0), "closed"),
    Rule("vor <count> <unit>", r.ago),
    Rule("[in den] (letzten|vergangenen) <count> <unit>", r.past),
    Rule("<year>(-|bis)<last_year>", r.years_through),
    Rule("<event> bis <last_event> <year>", r.events_through),
    Rule("[vom] <day>[.] bis [zum] <last_day>[.] <month> <year>", r.days_through),
    Rule("Anfang <year>", r.part_of_year(1, 4)),
    Rule("Mitte <year>", r.part_of_year(5, 8)),
    Rule("Ende <year>", r.part_of_year(9, 12)),
    Rule(f"Ende {_LAST} Jahres", r.part_of_past_year(1, 9, 12)),
    Rule("[dem Jahr] <year>", r.a_year, "bound"),
    Rule("[dem] <event>", r.this_event, "bound"),
    Rule("[den] <decade>", r.a_decade, "bound"),
)

_PHRASES: Final = (
    Rule("<sure>", r.within),
    Rule("(in|im Jahr|im Jahre|im) <year>", r.in_year, "closed"),
    Rule("(von|aus|aus dem Jahr) <year>", r.in_year, "framed"),
    Rule("<year>", r.in_year, "last"),
    Rule("(in den|während der) <decade>", r.in_decade, "closed"),
    Rule("(aus|von) den <decade>", r.in_decade, "framed"),
    Rule("(im|im Monat) <month>", r.in_month, "closed"),
    Rule("am <day>[.] <month>", r.on_day, "closed"),
    Rule("seit <date>", r.since, "closed"),
    Rule("vor <date>", r.before, "closed"),
    Rule("nach <date>", r.after, "closed"),
    Rule("bis <date>", r.until, "closed"),
    Rule("zwischen <date> und <until>", r.between, "closed"),
    Rule("von <date> bis <until>", r.between, "closed"),
    Rule("[,] [die] neueste [Fotos|Bilder] zuerst", r.in_order(Sort.NEWEST)),
    Rule("[,] [die] neuesten [Fotos|Bilder] zuerst", r.in_order(Sort.NEWEST)),
    Rule("[,] [die] (älteste|ältesten) [Fotos|Bilder] zuerst", r.in_order(Sort.OLDEST)),
)

LANGUAGE: Final = Language(
    code="de",
    function_words=(
        "der,die,das,den,dem,des,ein,eine,einen,einem,einer,eines,im,in,am,an,auf,mit,ohne,und,"
        "oder,"
        "von,vom,aus,zu,zum,zur,bei,beim,vor,nach,seit,bis,zwischen,über,unter,neben,hinter,"
        "während,"
        "mein,meine,meinem,meinen,meiner,unser,unsere,unserem,unseren,ich,wir,er,sie,es,ist,sind,"
        "war,waren,für,um,als,wo,fotos,bilder,nur,alle"
    ),
    events={
        "frühling,frühjahr,frühlings": Season(3),
        "sommer,sommers": Season(6),
        "herbst,herbsts": Season(9),
        "winter,winters": Season(12),
        **{names: Month(number) for number, names in enumerate(_MONTHS.split(";"), start=1)},
        "weihnachten": h.CHRISTMAS,
        "heiligabend,heilig abend": h.CHRISTMAS_EVE,
        "silvester,sylvester": h.NEW_YEARS_EVE,
        "neujahr": h.NEW_YEARS_DAY,
        "ostern": h.EASTER,
        "pfingsten": h.PENTECOST,
        "halloween": h.HALLOWEEN,
        "valentinstag": h.VALENTINE,
        "tag der deutschen einheit": h.UNITY,
    },
    weekdays="montag;dienstag;mittwoch;donnerstag;freitag;samstag,sonnabend;sonntag",
    units={
        "tag,tage,tagen": "d",
        "woche,wochen": "w",
        "monat,monate,monaten": "m",
        "jahr,jahre,jahren": "y",
    },
    counts={
        "ein,einem,einer,eine": 1,
        **{
            name: value
            for value, name in enumerate(
                "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(), start=2
            )
        },
    },
    dates=_DATES,
    phrases=_PHRASES,
    frame=Frame(
        asks=(
            "zeig mir,zeige mir,zeig,suche,suche nach,finde,such,such mir,ich suche,ich möchte,"
            "bitte zeig mir"
        ),
        determiners="alle,die,meine,unsere,alle meine,einige",
        photos="fotos,bilder,aufnahmen,fotografien,foto,bild",
        links="von,vom,mit,aus,auf denen,die zeigen",
        newest="neuesten,neueste,neusten,aktuellsten,letzten",
        oldest="ältesten,älteste",
    ),
    shooting=Shooting(
        taken_by="aufgenommen mit,fotografiert mit,gemacht mit,geknipst mit,geschossen mit",
        using="mit",
        done="fotografiert,aufgenommen,geknipst,gemacht,geschossen",
        holders="meiner,meinem,unserer,unserem,der,dem,einer,einem,meiner alten,meiner neuen",
        devices="kamera",
    ),
    locating=Locating(
        before="in,in der,im,in den,auf",
        journeys="reise nach,ausflug nach,fahrt nach,flug nach",
        sources="aus,aus der,aus den,in",
        alone="letzten,letztes,letzte,im,vor,seit,zwischen,bei nacht,gestern",
        the="",
        joins="und,oder,und in",
        doubtful=(
            "essen,halle,hamm,hagen,bergen,siegen,worms,fürth,hof,singen,regen,baden,moers,bad,"
            "wald,feld,berg,see,stein,see,bar,man,nice,split,orange,mobile,reading,bath,china,"
            "jordan,chad,niger,oman,georgia,sydney,austin,dallas,milan,paradies,markt,dom,leer,"
            "rom,lima,sofia,florenz,kassel,marl,sand,grün,hall,strand,natur,kanal,winter,minden,"
            "mann,männer,mitte,küche,sari,tür,dabei,mau,bid,salto,wasser,gestreiften,bottrop,"
            "hürth,ort,wagen,boden,stade,reihe,garten,park,bus,auto,bett,haus,tor,bogen"
        ),
    ),
    prepositions="im,am,in,zu,an,vom,von,aus,aus dem,über,in den,in der,zur,um,während,in diesem",
    participles="aufgenommen,fotografiert,die ich,gemacht,geschossen",
    articles="der,die,das,mein,meine,ihr,ihre,sein,seine,den",
    never="heute show,heute-show,tag der arbeit",
    labels=(
        "nummer,zimmer,raum,modell,baureihe,linie,seite,kalender,jahrgang,etwa,rund,ca,über,nur,"
        "fast"
    ),
    decades=(
        (
            "{year}er,{year}ern,{year}er jahren,{year}er jahre,{short}er,{short}ern,"
            "{short}er jahren,{short}er jahre"
        ),
        tuple(
            f"{name}ern"
            for name in "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
        ),
    ),
)
