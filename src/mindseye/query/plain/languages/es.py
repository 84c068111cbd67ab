"""Spanish."""

from __future__ import annotations

from typing import Final

from mindseye.query.model import Sort
from mindseye.query.plain import holidays as h
from mindseye.query.plain import readings as r
from mindseye.query.plain.grammar import Rule
from mindseye.query.plain.language import Frame, Language, Locating, Shooting
from mindseye.query.plain.period import Month, Season

_MONTHS = (
    "enero;febrero;marzo;abril;mayo;junio;julio;agosto;septiembre,setiembre;octubre;noviembre;"
    "diciembre"
)

_DATES: Final = (
    Rule("<month> [de|del] <year>", r.a_day),
    Rule("[el] <day> de <month> [de|del] <year>", r.a_day),
    Rule("<year>-<mm>", r.iso_month),
    Rule("<year>-<mm>-<dd>", r.iso_day),
    Rule("<day>/<mm>/<year>", r.day_first),
    Rule("[el|la] <event> [de|del|del año] <year>", r.event_of),
    Rule("[el|la] <event> del año pasado", r.event_back(1)),
    Rule("[el|la] <event> de este año", r.event_back(0)),
    Rule("[el|la] <event> (pasado|pasada)", r.last_event),
    Rule("[el|la] (pasado|pasada|último|última) <event>", r.last_event),
    Rule("(este|esta) <event>", r.this_event),
    Rule("[el] <weekday> pasado", r.last_weekday),
    Rule("[el] año pasado", r.years(1)),
    Rule("este año", r.years(0)),
    Rule("[el] año antepasado", r.years(2)),
    Rule("[el] mes pasado", r.months(1)),
    Rule("este mes", r.months(0)),
    Rule("[la] semana pasada", r.weeks(1)),
    Rule("esta semana", r.weeks(0)),
    Rule("[el] fin de semana pasado", r.last_weekend),
    Rule("este fin de semana", r.this_weekend),
    Rule("ayer", r.days(1), "closed"),
    Rule("anoche", r.days(1, 0)),
    Rule("(anteayer|antier)", r.days(2)),
    Rule("hoy", r.days(0), "closed"),
    Rule("hace <count> <unit>", r.ago),
    Rule("[en|durante] (los|las) últimos <count> <unit>", r.past),
    Rule("[en|durante] (los|las) últimas <count> <unit>", r.past),
    Rule("<year>(-|a)<last_year>", r.years_through),
    Rule("<event> a <last_event> [de|del] <year>", r.events_through),
    Rule("[del] <day> al <last_day> de <month> [de|del] <year>", r.days_through),
    Rule("[a] (principios|comienzos) (de|del) <year>", r.part_of_year(1, 4)),
    Rule("[a] mediados (de|del) <year>", r.part_of_year(5, 8)),
    Rule("[a] (finales|fines) (de|del) <year>", r.part_of_year(9, 12)),
    Rule("[el año] <year>", r.a_year, "bound"),
    Rule("[el|la] <event>", r.this_event, "bound"),
    Rule("[los] <decade>", r.a_decade, "bound"),
)

_PHRASES: Final = (
    Rule("<sure>", r.within),
    Rule("(en|en el año|durante) <year>", r.in_year, "closed"),
    Rule("(de|del) <year>", r.in_year, "framed"),
    Rule("<year>", r.in_year, "last"),
    Rule("(en|durante) los <decade>", r.in_decade, "closed"),
    Rule("de los <decade>", r.in_decade, "framed"),
    Rule("(en|en el mes de) <month>", r.in_month, "closed"),
    Rule("el <day> de <month>", r.on_day, "closed"),
    Rule("desde <date>", r.since, "closed"),
    Rule("antes (de|del) <date>", r.before, "closed"),
    Rule("después (de|del) <date>", r.after, "closed"),
    Rule("hasta <date>", r.until, "closed"),
    Rule("entre <date> y <until>", r.between, "closed"),
    Rule("(de|desde) <date> (a|hasta) <until>", r.between, "closed"),
    Rule("[,] [las] más recientes primero", r.in_order(Sort.NEWEST)),
    Rule("[,] [las] más antiguas primero", r.in_order(Sort.OLDEST)),
)

LANGUAGE: Final = Language(
    code="es",
    function_words=(
        "el,la,los,las,un,una,unos,unas,de,del,al,a,en,y,o,con,sin,por,para,sobre,bajo,entre,desde,"
        "hasta,durante,antes,después,mi,mis,nuestro,nuestra,nuestros,su,sus,yo,que,es,son,era,"
        "fotos,"
        "imágenes,donde,cuando,hacia,junto"
    ),
    events={
        "primavera": Season(3),
        "verano": Season(6),
        "otoño": Season(9),
        "invierno": Season(12),
        **{names: Month(number) for number, names in enumerate(_MONTHS.split(";"), start=1)},
        "navidad,navidades": h.CHRISTMAS,
        "nochebuena": h.CHRISTMAS_EVE,
        "nochevieja,fin de año": h.NEW_YEARS_EVE,
        "año nuevo": h.NEW_YEAR,
        "reyes,día de reyes": h.EPIPHANY,
        "semana santa": h.HOLY_WEEK,
        "pascua": h.EASTER,
        "halloween": h.HALLOWEEN,
        "san valentín": h.VALENTINE,
    },
    weekdays="lunes;martes;miércoles;jueves;viernes;sábado;domingo",
    units={"día,días": "d", "semana,semanas": "w", "mes,meses": "m", "año,años": "y"},
    counts={
        "un,una": 1,
        **{
            name: value
            for value, name in enumerate(
                "dos tres cuatro cinco seis siete ocho nueve diez once doce".split(), start=2
            )
        },
    },
    dates=_DATES,
    phrases=_PHRASES,
    frame=Frame(
        asks="muéstrame,muestra,busca,buscar,encuentra,quiero ver,enséñame,mostrar",
        determiners="todas,todos,las,los,mis,nuestras,todas las,todas mis",
        photos="fotos,imágenes,fotografías,foto,imagen",
        links="de la,de las,de los,del,de,con,donde,en las que,en el,en la",
        newest="más recientes,últimas,recientes,más nuevas",
        oldest="más antiguas,más viejas",
    ),
    shooting=Shooting(
        taken_by="tomada con,tomadas con,hecha con,hechas con,sacada con,sacadas con",
        holders="mi,nuestra,una,un,la,el,mi cámara",
    ),
    locating=Locating(
        before="en,en la,en el,en los",
        journeys="viaje a,viaje por,visita a",
        sources="en,desde",
        alone="en,desde,antes,después,de noche,el,la,hace",
        the="",
        joins="y,o,y en",
        doubtful=(
            "granada,león,mérida,cruz,rosario,paz,valencia,colón,santiago,sol,mar,playa,pie,"
            "barco,bote,china,nice,split,bar,man,male,salto,lima,como,concepción,victoria,"
            "trinidad,esperanza,moto,bici,blanco,negro,rojo,la,el,campo,calle,parque,carrera,agua"
        ),
    ),
    prepositions="en,de,del,durante,por,a,desde,para",
    participles="tomadas,tomada,hechas,sacadas,que tomé,que hice",
    never="",
    labels="número,habitación,modelo,ruta,talla,calendario,casi,unos,unas,solo,de",
    decades=(
        "años {year},años {short}",
        tuple(
            f"años {name}"
            for name in "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
        ),
    ),
)
