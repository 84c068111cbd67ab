"""Chinese, simplified and traditional."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mindseye.query.model import Sort
from mindseye.query.plain import holidays as h
from mindseye.query.plain import readings as r
from mindseye.query.plain.grammar import Rule, Slot, any_of, lexicon, number
from mindseye.query.plain.language import Frame, Language, Locating, Shooting
from mindseye.query.plain.period import Month, Season
from mindseye.query.plain.tokens import Token

_DIGITS: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}


def numeral(value: int) -> str:
    """A number from 1 to 99 in Chinese characters: 二十三."""
    tens, ones = divmod(value, 10)
    said = "" if not tens else "十" if tens == 1 else f"{_NAMES[tens]}十"
    return said + (_NAMES[ones] if ones else "")


_NAMES: Final = "〇一二三四五六七八九"

NUMERALS: Final = {numeral(value): value for value in range(1, 100)}


def _han_year(said: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
    digits = [_DIGITS.get(token.text) for token in said[at : at + 4]]
    if len(digits) == 4 and None not in digits:
        year = int("".join(map(str, digits)))
        if 1800 <= year < 2100:
            yield at + 4, year


HAN_YEAR: Final = Slot(_han_year, frozenset(_DIGITS))
"""A slot for a year of four characters: 二〇二三."""

MONTHS: Final = {
    f"{value}月份,{value}月,{numeral(value)}月份,{numeral(value)}月": Month(value)
    for value in range(1, 13)
}

_DATES: Final = (
    Rule("<year>年<month>[的]<day>(日|号|號)", r.a_day),
    Rule("<year>年<month>", r.a_day),
    Rule("<year>-<mm>", r.iso_month),
    Rule("<year>(-|/|.)<mm>(-|/|.)<dd>", r.iso_day),
    Rule("<year>年[的]<event>", r.event_of),
    Rule("<year>年", r.a_year),
    Rule("今年[的]<event>", r.event_back(0)),
    Rule("去年[的]<event>", r.event_back(1)),
    Rule("前年[的]<event>", r.event_back(2)),
    Rule("今年<month><day>(日|号|號)", r.day_back(0)),
    Rule("去年<month><day>(日|号|號)", r.day_back(1)),
    Rule("前年<month><day>(日|号|號)", r.day_back(2)),
    Rule("(今年|本年)", r.years(0)),
    Rule("(去年|上一年)", r.years(1)),
    Rule("前年", r.years(2)),
    Rule("大前年", r.years(3)),
    Rule("(今年年初|今年初)", r.part_of_past_year(0, 1, 4)),
    Rule("(去年年初|去年初)", r.part_of_past_year(1, 1, 4)),
    Rule("(去年年底|去年底|去年年末)", r.part_of_past_year(1, 9, 12)),
    Rule("<year>年(初|年初)", r.part_of_year(1, 4)),
    Rule("<year>年(底|末|年底|年末)", r.part_of_year(9, 12)),
    Rule("(上个|上個|刚过去的|刚刚过去的|过去的这个)<event>", r.last_event),
    Rule("(这个|這個)<event>", r.this_event),
    Rule("(这个月|這個月|本月)", r.months(0)),
    Rule("(上个月|上個月|上月)", r.months(1)),
    Rule("(上上个月|上上個月|上上月)", r.months(2)),
    Rule("(上周末|上週末|上个周末|上個週末)", r.last_weekend),
    Rule("(这周末|這週末|本周末|这个周末|這個週末)", r.this_weekend),
    Rule("上(周|週|星期|个星期|個星期|礼拜|个礼拜)<weekday>", r.weekday_of_week(1)),
    Rule("(这|這|本)(周|週|星期|个星期|礼拜)<weekday>", r.weekday_of_week(0)),
    Rule("上(周|週|星期|个星期|個星期|礼拜|个礼拜|一周)", r.weeks(1)),
    Rule("(这|這|本)(周|週|星期|个星期|個星期|礼拜)", r.weeks(0)),
    Rule("(昨天|昨日)[早上|上午|中午|下午|傍晚]", r.days(1)),
    Rule("(昨晚|昨夜|昨天晚上)", r.days(1, 0)),
    Rule("(今天|今早|今晚|今天早上|今天上午|今天下午|今天晚上)", r.days(0)),
    Rule("前天[早上|上午|中午|下午|傍晚|晚上]", r.days(2)),
    Rule("大前天", r.days(3)),
    Rule("<count><unit>(前|以前|之前)", r.ago),
    Rule("(最近|过去|過去|近)[的]<count><unit>", r.past),
    Rule("<year>[年](到|至|-|~)<last_year>年", r.years_through),
    Rule("<year>年<event>(到|至|-|~)<last_event>", r.events_through),
    Rule("<year>年<month><day>[日|号](到|至|-|~)<last_day>(日|号)", r.days_through),
    Rule("<year>", r.a_year, "bound"),
    Rule("<event>", r.this_event, "bound"),
    Rule("<decade>", r.a_decade, "bound"),
)

_PHRASES: Final = (
    Rule("<sure>", r.within),
    Rule("<year>", r.in_year, "last"),
    Rule("在<decade>", r.in_decade, "closed"),
    Rule("<decade>", r.in_decade, "framed"),
    Rule("<month>", r.in_month, "closed"),
    Rule("<month><day>(日|号|號)", r.on_day, "closed"),
    Rule("[从|自|自从|從|自從]<date>(以来|以來|以后|以後|之后|之後|起|开始|至今|到现在)", r.since),
    Rule("(从|自从|從|自從)<date>", r.since, "closed"),
    Rule("<date>(以前|之前|前)", r.before, "closed"),
    Rule("[从|從|在]<date>(到|至|和|与|-|~)<until>[之间|之間|间|期间|的时候]", r.between),
    Rule("(按时间排序|按日期排序|最新的在前|从新到旧)", r.in_order(Sort.NEWEST)),
    Rule("(最旧的在前|从旧到新)", r.in_order(Sort.OLDEST)),
)

LANGUAGE: Final = Language(
    code="zh",
    function_words=(
        "的,在,了,和,与,跟,拍,摄,我,你,他,她,们,是,有,从,到,去,来,里,上,下,照,相,给,找,看,家,时,以"
    ),
    events={
        "春天,春季,春": Season(3),
        "夏天,夏季,夏": Season(6),
        "秋天,秋季,秋": Season(9),
        "冬天,冬季,冬": Season(12),
        **MONTHS,
        "圣诞节,圣诞,聖誕節,聖誕": h.CHRISTMAS,
        "平安夜": h.CHRISTMAS_EVE,
        "元旦": h.NEW_YEAR,
        "跨年": h.NEW_YEAR,
        "万圣节,萬聖節": h.HALLOWEEN,
        "情人节,情人節": h.VALENTINE,
        "感恩节,感恩節": h.THANKSGIVING,
        "复活节,復活節": h.EASTER,
        "春节,春節,过年,新年,农历新年": h.SPRING_FESTIVAL,
        "除夕,大年三十": h.SPRING_EVE,
        "端午节,端午,端午節": h.DRAGON_BOAT,
        "中秋节,中秋,中秋節": h.MID_AUTUMN,
        "国庆节,国庆,国庆假期,十一假期,國慶,國慶節": h.NATIONAL_WEEK,
        "五一,劳动节,五一假期,五一劳动节,勞動節": h.LABOUR_DAYS,
    },
    weekdays="一;二;三;四;五;六;日,天",
    units={"天,日": "d", "周,个星期,星期,週,個星期,个礼拜": "w", "个月,個月": "m", "年": "y"},
    counts={**NUMERALS, "两": 2, "兩": 2},
    dates=_DATES,
    phrases=_PHRASES,
    frame=Frame(
        asks=(
            "给我看看,给我看,给我找,帮我找,帮我找一下,我想看,我要看,查找,搜索,寻找,找一下,找出,找,显示,看看,"
            "給我看,幫我找,顯示,搜尋"
        ),
        determiners="所有的,所有,全部的,全部,一些",
        photos="",
        links="",
        newest="最新拍摄的,最新拍的,最新的,最近拍摄的,最近拍的,最近的,最新,最近",
        oldest="最早,最老,最旧,最早拍的,最早的,最老的,最旧的,最久以前的,最舊的",
        trailers=(
            "的照片,的相片,的图片,的图像,的影像,的圖片,照片,相片,图片,圖片,拍的照片,拍摄的照片,"
            "拍的相片,拍摄的,拍的"
        ),
    ),
    shooting=Shooting(
        using="用,拿,我用,使用",
        done="拍的,拍摄的,拍攝的,拍下的,照的",
        holders="我的,我",
        devices="相机,手机,单反,微单,相機,手機",
    ),
    locating=Locating(
        before="在,去,到,于,於,去了,到了,在了,飞往,飞到",
        behind="拍,旅行,旅游,旅遊,之旅,游玩,自由行,度假",
        owners="的",
        follows="看,吃,滑雪,骑,爬,参加,参观,逛,街头,海边,海滩,沙滩,古城,老城,过,玩,旅,住,遇,喝,游泳,"
        "潜水,冲浪,散步,徒步,露营,跑步,度假,机场,郊外,市区,期间",
        alone="",
        joins="和,与,及,、,跟,或",
        doubtful="桥头,大巴,日出,中央,白山,金山,和平,大同,西安事变,长春花,花园,公园,海边,大学,高山,朝阳,东方",
    ),
    prepositions="在,于,於,我在,我们在,我,我们",
    endings="拍摄的,拍到的,拍的,照的,期间的,期间,时候的,的时候,的",
    never=(
        "圣诞老人,聖誕老人,圣诞树,圣诞帽,今年轻,前年轻,去年轻,五月天,5月天,八月十五,正月十五,年代初,三月亮,二月兰,十月怀胎,七月半,六月雪,"
        "一日三餐,百年前,千年前,年级,年款,年产"
    ),
    decades=(
        "{year}年代,{short}年代,二十世纪{short}年代,20世纪{short}年代,上世纪{short}年代",
        tuple(f"{name}十年代" for name in "三四五六七八九"),
    ),
    slots={
        "year": any_of(number(1800, 2100, digits=4), HAN_YEAR),
        "last_year": any_of(number(1800, 2100, digits=4), HAN_YEAR),
        "day": any_of(number(1, 31), lexicon({name: n for name, n in NUMERALS.items() if n < 32})),
    },
)
