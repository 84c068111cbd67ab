"""French."""

from __future__ import annotations

from typing import Final

from mindseye.query.model import Sort
from mindseye.query.plain import holidays as h
from mindseye.query.plain import readings as r
from mindseye.query.plain.grammar import Rule
from mindseye.query.plain.language import Frame, Language, Locating, Shooting
from mindseye.query.plain.period import Month, Season

_MONTHS = (
    "janvier,janv;février,févr;mars;avril,avr;mai;juin;juillet,juil;août;"
    "septembre;octobre,oct;novembre,nov;décembre,déc"
)
_LAST: Final = "(dernier|dernière|passé|passée)"

_DATES: Final = (
    Rule("<month> [de] <year>", r.a_day),
    Rule("[le] <day> [er] <month> <year>", r.a_day),
    Rule("<year>-<mm>", r.iso_month),
    Rule("<year>-<mm>-<dd>", r.iso_day),
    Rule("<day>/<mm>/<year>", r.day_first),
    Rule("[le|la|l'] <event> [de|de l'année] <year>", r.event_of),
    Rule("[le|la|l'] <event> de (l'année dernière|l'an dernier)", r.event_back(1)),
    Rule("[le|la|l'] <event> de cette année", r.event_back(0)),
    Rule(f"[le|la|l'] <event> {_LAST}", r.last_event),
    Rule("(ce|cet|cette) <event>", r.this_event),
    Rule(f"<weekday> {_LAST}", r.last_weekday),
    Rule(f"(l'année|l'an) {_LAST}", r.years(1)),
    Rule("cette année", r.years(0)),
    Rule(f"le mois {_LAST}", r.months(1)),
    Rule("(ce mois|ce mois-ci)", r.months(0)),
    Rule(f"la semaine {_LAST}", r.weeks(1)),
    Rule("(cette semaine)", r.weeks(0)),
    Rule(f"le (week-end|weekend) {_LAST}", r.last_weekend),
    Rule("ce (week-end|weekend)", r.this_weekend),
    Rule("hier", r.days(1), "sure language"),
    Rule("hier (soir|matin|après-midi)", r.days(1)),
    Rule("la nuit dernière", r.days(1, 0)),
    Rule("avant-hier", r.days(2)),
    Rule("aujourd'hui", r.days(0), "closed"),
    Rule("il y a <count> <unit>", r.ago),
    Rule("[au cours des|pendant les|dans les|les|des|ces] <count> derniers <unit>", r.past),
    Rule("[au cours des|pendant les|dans les|les|des|ces] <count> dernières <unit>", r.past),
    Rule("<year>(-|à)<last_year>", r.years_through),
    Rule("<event> à <last_event> [de] <year>", r.events_through),
    Rule("[du] <day> au <last_day> <month> <year>", r.days_through),
    Rule("(début|au début de) <year>", r.part_of_year(1, 4)),
    Rule("(mi|milieu) [-] <year>", r.part_of_year(5, 8)),
    Rule("(fin|à la fin de) <year>", r.part_of_year(9, 12)),
    Rule("[l'année|l'an] <year>", r.a_year, "bound"),
    Rule("[le|la|l'] <event>", r.this_event, "bound"),
    Rule("[les] <decade>", r.a_decade, "bound"),
)

_PHRASES: Final = (
    Rule("<sure>", r.within),
    Rule("(en|pendant l'année|pendant) <year>", r.in_year, "closed"),
    Rule("de <year>", r.in_year, "framed"),
    Rule("<year>", r.in_year, "last"),
    Rule("(dans les|pendant les) <decade>", r.in_decade, "closed"),
    Rule("des <decade>", r.in_decade, "framed"),
    Rule("(en|au mois de|au mois d') <month>", r.in_month, "closed"),
    Rule("le <day> [er] <month>", r.on_day, "closed"),
    Rule("depuis <date>", r.since, "closed"),
    Rule("avant <date>", r.before, "closed"),
    Rule("après <date>", r.after, "closed"),
    Rule("jusqu'(à|en) <date>", r.until, "closed"),
    Rule("entre <date> et <until>", r.between, "closed"),
    Rule("(de|d') <date> (à|jusqu'à|jusqu'en) <until>", r.between, "closed"),
    Rule("[,] [les] plus (récentes|récents) (d'abord|en premier)", r.in_order(Sort.NEWEST)),
    Rule(
        "[,] [les] plus (anciennes|anciens|vieilles) (d'abord|en premier)", r.in_order(Sort.OLDEST)
    ),
)

LANGUAGE: Final = Language(
    code="fr",
    function_words=(
        "le,la,les,l,y,a,j,c,un,une,des,du,de,d,au,aux,à,en,et,ou,avec,sans,dans,sur,sous,par,"
        "pour,chez,"
        "avant,après,depuis,pendant,entre,mon,ma,mes,notre,nos,son,sa,ses,leur,je,nous,il,elle,qui,"
        "que,est,sont,était,photos,images,seulement,vers,près,devant,derrière"
    ),
    events={
        "printemps": Season(3),
        "été": Season(6),
        "automne": Season(9),
        "hiver": Season(12),
        **{names: Month(number) for number, names in enumerate(_MONTHS.split(";"), start=1)},
        "noël": h.CHRISTMAS,
        "réveillon de noël": h.CHRISTMAS_EVE,
        "nouvel an,jour de l'an": h.NEW_YEAR,
        "saint-sylvestre,réveillon du nouvel an": h.NEW_YEARS_EVE,
        "pâques": h.EASTER,
        "pentecôte": h.PENTECOST,
        "halloween": h.HALLOWEEN,
        "saint-valentin": h.VALENTINE,
        "14 juillet": h.BASTILLE,
    },
    weekdays="lundi;mardi;mercredi;jeudi;vendredi;samedi;dimanche",
    units={"jour,jours": "d", "semaine,semaines": "w", "mois": "m", "an,ans,année,années": "y"},
    counts={
        "un,une": 1,
        **{
            name: value
            for value, name in enumerate(
                "deux trois quatre cinq six sept huit neuf dix onze douze".split(), start=2
            )
        },
    },
    dates=_DATES,
    phrases=_PHRASES,
    frame=Frame(
        asks=(
            "montre-moi,montre moi,montrez-moi,cherche,trouve,trouve-moi,je cherche,je veux voir,"
            "affiche"
        ),
        determiners="toutes,tous,les,mes,nos,des,toutes les,toutes mes",
        photos="photos,images,clichés,photographies,photo,image",
        links="de la,de l',de,du,des,d',avec,où,qui montrent,au,à la,en",
        newest="les plus récentes,plus récentes,dernières,récentes",
        oldest="les plus anciennes,plus anciennes,les plus vieilles,plus vieilles",
    ),
    shooting=Shooting(
        taken_by="prise avec,prises avec,pris avec,photographié avec,faite avec,faites avec",
        holders="mon,ma,notre,un,une,le,la,l',mon appareil",
    ),
    locating=Locating(
        before="à,en,au,aux,dans le,dans les,dans la",
        sources="à,en,au,aux",
        alone="en,depuis,avant,après,la nuit,l'été,l'année,il y a",
        the="",
        joins="et,ou,et en,et au,et à",
        doubtful=(
            "montagnes,plateau,centre,marche,nord,sud,est,ouest,littoral,lacs,vallée,sol,nice,"
            "tours,pau,angers,brest,lens,nancy,orange,reims,sète,mer,mars,male,man,split,bari,"
            "bar,pays,course,plage,or,eau,vélo,terre,pied,pieds,main,chine,avant,lit,train,la,le,"
            "côté,vol,port,cours,ligne,forme,bois,rouge,rose,blanc,noir,bleu,vert,selle,moto,jeu"
        ),
    ),
    prepositions="en,de,à,d',pendant,au,le,du,à l',de l',pour,durant,au cours de,lors de,dans,dès",
    participles="prises,pris,prise,que j'ai prises,photographié",
    never="mars et,il y a deux chiens",
    labels="numéro,chambre,modèle,route,taille,calendrier,millésime,environ,presque,seulement,de",
    decades=(
        "années {year},années {short}",
        tuple(
            f"années {name}"
            for name in (
                "trente",
                "quarante",
                "cinquante",
                "soixante",
                "soixante-dix",
                "quatre-vingt",
                "quatre-vingt-dix",
            )
        ),
    ),
)
