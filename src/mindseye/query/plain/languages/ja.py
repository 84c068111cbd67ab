"""Japanese."""

from __future__ import annotations

from typing import Final

from mindseye.query.model import Sort
from mindseye.query.plain import holidays as h
from mindseye.query.plain import readings as r
from mindseye.query.plain.grammar import Rule, any_of, lexicon, number
from mindseye.query.plain.language import Frame, Language, Locating
from mindseye.query.plain.languages.zh import HAN_YEAR, MONTHS, NUMERALS
from mindseye.query.plain.period import Season

_ERAS: Final = {"昭和": 1925, "平成": 1988, "令和": 2018}
"""An era's name -> the year before its first."""

_ERA_YEARS: Final = {
    f"{era}{said}": before + count
    for era, before in _ERAS.items()
    for count in range(1, 65)
    for said in ((str(count), "元") if count == 1 else (str(count),))
}

_DATES: Final = (
    Rule("<year>年<month><day>日", r.a_day),
    Rule("<year>年[の]<month>", r.a_day),
    Rule("<year>-<mm>", r.iso_month),
    Rule("<year>(-|/|.)<mm>(-|/|.)<dd>", r.iso_day),
    Rule("<year>年[の]<event>", r.event_of),
    Rule("<year>年", r.a_year),
    Rule("今年[の]<event>", r.event_back(0)),
    Rule("(去年|昨年)[の]<event>", r.event_back(1)),
    Rule("(一昨年|おととし)[の]<event>", r.event_back(2)),
    Rule("(去年|昨年)[の]<month><day>日", r.day_back(1)),
    Rule("今年[の]<month><day>日", r.day_back(0)),
    Rule("今年", r.years(0)),
    Rule("(去年|昨年)", r.years(1)),
    Rule("(一昨年|おととし)", r.years(2)),
    Rule("(前の|この前の)<event>", r.last_event),
    Rule("この<event>", r.this_event),
    Rule("今月", r.months(0)),
    Rule("先月", r.months(1)),
    Rule("先々月", r.months(2)),
    Rule("(先週末|先週の週末)", r.last_weekend),
    Rule("(今週末|この週末)", r.this_weekend),
    Rule("先週の<weekday>", r.weekday_of_week(1)),
    Rule("今週の<weekday>", r.weekday_of_week(0)),
    Rule("先週", r.weeks(1)),
    Rule("今週", r.weeks(0)),
    Rule("(昨日|きのう)", r.days(1)),
    Rule("(昨夜|昨晩)", r.days(1, 0)),
    Rule("(今日|きょう|今朝)", r.days(0)),
    Rule("(一昨日|おととい)", r.days(2)),
    Rule("<count><unit>前", r.ago),
    Rule("(過去|ここ|最近|直近)[の]<count><unit>[間]", r.past),
    Rule("<year>[年](から|-|~)<last_year>年[まで]", r.years_through),
    Rule("<year>年[の]<event>(から|-|~)<last_event>[まで]", r.events_through),
    Rule("<year>", r.a_year, "bound"),
    Rule("<event>", r.this_event, "bound"),
    Rule("<decade>", r.a_decade, "bound"),
)

_PHRASES: Final = (
    Rule("<sure>", r.within),
    Rule("<year>", r.in_year, "last"),
    Rule("<decade>に", r.in_decade),
    Rule("<decade>", r.in_decade, "framed"),
    Rule("<month>", r.in_month, "closed"),
    Rule("<month><day>日", r.on_day, "closed"),
    Rule("<date>(以降|以来|からの|から今まで)", r.since),
    Rule("<date>(以前|より前|前)", r.before, "closed"),
    Rule("<date>(から|と|-|~)<until>(まで|の間|までの間)", r.between),
    Rule("新しい順[に|で]", r.in_order(Sort.NEWEST)),
    Rule("古い順[に|で]", r.in_order(Sort.OLDEST)),
)

LANGUAGE: Final = Language(
    code="ja",
    function_words="の,に,は,を,で,と,が,も,へ,撮,写,から,まで,や",
    events={
        "春": Season(3),
        "夏": Season(6),
        "秋": Season(9),
        "冬": Season(12),
        **MONTHS,
        "クリスマス": h.CHRISTMAS,
        "クリスマスイブ": h.CHRISTMAS_EVE,
        "お正月,正月": h.SHOGATSU,
        "元旦,元日": h.NEW_YEARS_DAY,
        "大晦日": h.NEW_YEARS_EVE,
        "ハロウィン,ハロウィーン": h.HALLOWEEN,
        "バレンタイン,バレンタインデー": h.VALENTINE,
        "ゴールデンウィーク,GW": h.GOLDEN_WEEK,
        "お盆": h.OBON,
    },
    weekdays="月曜日,月曜;火曜日,火曜;水曜日,水曜;木曜日,木曜;金曜日,金曜;土曜日,土曜;日曜日,日曜",
    units={
        "日": "d",
        "週間": "w",
        "か月,ヶ月,カ月,ヵ月,ケ月": "m",
        "年": "y",
    },
    counts=NUMERALS,
    dates=_DATES,
    phrases=_PHRASES,
    frame=Frame(
        asks="",
        determiners="全ての,すべての,全部の",
        photos="",
        links="",
        newest="最新,最近,最新の,一番新しい,最近撮った,最近の",
        oldest="一番古い,最も古い,最初の",
        trailers=",".join(
            f"{joint}{photos}{ask}"
            for joint in ("の", "が写った", "を撮った", "が写っている", "で撮った", "撮った", "")
            for photos in ("写真", "画像", "フォト")
            for ask in ("", "を見せて", "を見せてください", "を表示", "を探して", "を検索")
        ),
    ),
    locating=Locating(
        before="",
        behind="で,にて,での,に行,へ行,旅行",
        owners="の",
        follows="",
        alone="",
        joins="と,や,、",
        doubtful="中央,緑,港,旭,北,南,東,西,光,泉,海老名",
    ),
    endings="で撮った,で撮影した,で撮影された,での,で,にて,に撮影した,に撮った,撮影した,撮った,の間の,の,に",
    never="夏休み,冬休み,春休み,年生,四月馬鹿,正月飾り",
    decades=("{year}年代,{short}年代", tuple(f"{name}十年代" for name in "三四五六七八九")),
    slots={
        "year": any_of(number(1800, 2100, digits=4), HAN_YEAR, lexicon(_ERA_YEARS)),
        "day": any_of(number(1, 31), lexicon({name: n for name, n in NUMERALS.items() if n < 32})),
    },
)
