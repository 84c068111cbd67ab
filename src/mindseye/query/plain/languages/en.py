"""English."""

from __future__ import annotations

from typing import Final

from mindseye.query.model import Sort
from mindseye.query.plain import holidays as h
from mindseye.query.plain import readings as r
from mindseye.query.plain.grammar import Rule
from mindseye.query.plain.language import Frame, Language, Locating, Shooting
from mindseye.query.plain.period import Month, Season

_MONTHS = (
    "january,jan;february,feb;march,mar;april,apr;may;june,jun;july,jul;august,aug;"
    "september,sept,sep;october,oct;november,nov;december,dec"
)

_DATES: Final = (
    Rule("<month> [of] <year>", r.a_day),
    Rule("[the] <day> [st|nd|rd|th] [of] <month> [,|of] <year>", r.a_day),
    Rule("<month> [the] <day> [st|nd|rd|th] [,|of] <year>", r.a_day),
    Rule("<year>-<mm>", r.iso_month),
    Rule("<year>(-|/|.)<mm>(-|/|.)<dd>", r.iso_day),
    Rule("[the] <event> [of|in|,] <year>", r.event_of),
    Rule("[the] <event> [of] last year", r.event_back(1)),
    Rule("[the] <event> [of] this year", r.event_back(0)),
    Rule("(last|this past) <event>", r.last_event, "own"),
    Rule("this <event>", r.this_event),
    Rule("last <weekday>", r.last_weekday, "own"),
    Rule("this <weekday>", r.weekday_of_week(0), "closed"),
    Rule("<weekday> last week", r.weekday_of_week(1)),
    Rule("last year", r.years(1), "own"),
    Rule("this year", r.years(0)),
    Rule("the year before last", r.years(2)),
    Rule("last month", r.months(1), "own"),
    Rule("this month", r.months(0)),
    Rule("last week", r.weeks(1), "own"),
    Rule("this week", r.weeks(0)),
    Rule("last weekend", r.last_weekend, "own"),
    Rule("this weekend", r.this_weekend),
    Rule("last night", r.days(1, 0), "own"),
    Rule("(this morning|this afternoon|this evening|tonight)", r.days(0), "closed"),
    Rule("the day before yesterday", r.days(2)),
    Rule("yesterday [morning|afternoon|evening]", r.days(1), "closed"),
    Rule("today", r.days(0), "closed"),
    Rule("<count> <unit> ago", r.ago),
    Rule("(a|an|one) <unit> ago", r.one_ago),
    Rule("[the] (last|past) <count> <unit>", r.past),
    Rule("the past <unit>", r.past),
    Rule("<year>(-|to)<last_year>", r.years_through),
    Rule("<event> (to|until|through|-) <last_event> [of] <year>", r.events_through),
    Rule("<month> <day> (-|to) <last_day> [,] <year>", r.days_through),
    Rule("<day> (-|to) <last_day> <month> <year>", r.days_through),
    Rule("[the] (early|beginning of|start of) <year>", r.part_of_year(1, 4)),
    Rule("[the] (mid|middle of) [-] <year>", r.part_of_year(5, 8)),
    Rule("[the] (late|end of) <year>", r.part_of_year(9, 12)),
    Rule("[the] (beginning|start) of last year", r.part_of_past_year(1, 1, 4)),
    Rule("[the] end of last year", r.part_of_past_year(1, 9, 12)),
    Rule("[the year] <year>", r.a_year, "bound"),
    Rule("<event>", r.this_event, "bound"),
    Rule("[the] <decade>", r.a_decade, "bound"),
)

_PHRASES: Final = (
    Rule("<sure>", r.within),
    Rule("(in|during|of) [the year] <year>", r.in_year, "closed"),
    Rule("from <year>", r.in_year, "framed"),
    Rule("<year>", r.in_year, "last"),
    Rule("(in|during) [the] <decade>", r.in_decade, "closed"),
    Rule("from [the] <decade>", r.in_decade, "framed"),
    Rule("(in|during) [the month of] <month>", r.in_month, "closed"),
    Rule("on <month> [the] <day> [st|nd|rd|th]", r.on_day, "closed"),
    Rule("on [the] <day> [st|nd|rd|th] of <month>", r.on_day, "closed"),
    Rule("since <date>", r.since, "closed"),
    Rule("(before|prior to) <date>", r.before, "closed"),
    Rule("after <date>", r.after, "closed"),
    Rule("(until|till|up to) <date>", r.until, "closed"),
    Rule("between <date> and <until>", r.between, "closed"),
    Rule("from <date> (to|until|till|through|-) <until>", r.between, "closed"),
    Rule("[,] (newest|latest|most recent) [ones|photos|pictures] first", r.in_order(Sort.NEWEST)),
    Rule("[,] (oldest|earliest) [ones|photos|pictures] first", r.in_order(Sort.OLDEST)),
    Rule("[,] (sorted|ordered) by (date|newest)", r.in_order(Sort.NEWEST)),
    Rule("[,] (sorted|ordered) by oldest", r.in_order(Sort.OLDEST)),
)

_TENS = "thirties forties fifties sixties seventies eighties nineties".split()

LANGUAGE: Final = Language(
    code="en",
    function_words=(
        "a,an,the,in,on,at,of,with,without,and,or,by,from,to,into,near,around,during,before,after,"
        "between,since,until,while,when,where,my,our,your,his,her,its,their,we,i,you,he,she,they,"
        "it,is,are,was,were,who,that,which,for,under,over,behind,next,but,as,photos,pictures,"
        "taken,shot,only,all,last,this,ago"
    ),
    events={
        "spring,springtime": Season(3),
        "summer,summertime": Season(6),
        "autumn,fall": Season(9),
        "winter,wintertime": Season(12),
        **{names: Month(number) for number, names in enumerate(_MONTHS.split(";"), start=1)},
        "christmas,xmas,christmas time": h.CHRISTMAS,
        "christmas eve": h.CHRISTMAS_EVE,
        "new year,new year's,new years": h.NEW_YEAR,
        "new year's day": h.NEW_YEARS_DAY,
        "new year's eve,new years eve,nye": h.NEW_YEARS_EVE,
        "halloween": h.HALLOWEEN,
        "valentine's day,valentines day": h.VALENTINE,
        "independence day,4th of july,fourth of july": h.INDEPENDENCE,
        "thanksgiving,thanksgiving day": h.THANKSGIVING,
        "easter": h.EASTER,
        "chinese new year,lunar new year,spring festival": h.SPRING_FESTIVAL,
        "dragon boat festival": h.DRAGON_BOAT,
        "mid-autumn festival": h.MID_AUTUMN,
    },
    weekdays="monday;tuesday;wednesday;thursday;friday;saturday;sunday",
    units={"day,days": "d", "week,weeks": "w", "month,months": "m", "year,years": "y"},
    counts={
        name: value
        for value, name in enumerate(
            "one two three four five six seven eight nine ten eleven twelve".split(), start=1
        )
    },
    dates=_DATES,
    phrases=_PHRASES,
    frame=Frame(
        asks=(
            "show me,show,find,find me,search for,search,look for,looking for,give me,"
            "i want to see,"
            "i want,let me see,can you find,can you show me,display,please show me,please find,get,"
            "get me,where are,list"
        ),
        determiners="all,some,any,the,my,our,of,all of,all the,those,these",
        photos=(
            "photos,pictures,pics,images,photographs,snapshots,shots,photo,picture,image,pic,"
            "everything"
        ),
        links=(
            "of,with,showing,from,that show,where,in which,containing,featuring,i have of,i took of"
        ),
        newest="newest,latest,most recent,recent",
        oldest="oldest,earliest",
    ),
    shooting=Shooting(
        taken_by="shot on,shot with,taken on,taken with,captured on,captured with,"
        "photographed with,i took with,we took with",
        holders="my,our,his,her,the,a,an,my old,my new,my wife's",
        devices="camera,cameras,phone,dslr",
    ),
    locating=Locating(
        before="in,throughout,across,visiting",
        journeys=(
            "trip to,trips to,travel to,travels to,journey to,flight to,visit to,drive to,tour of,"
            "went to,vacation to"
        ),
        sources="from,in",
        alone=(
            "last,this,at night,by night,during,since,before,after,between,in,yesterday,trip,"
            "vacation,holiday,holidays,photos,pictures"
        ),
        the="the",
        joins="and,or,&,and in,or in",
        doubtful=(
            "nice,bath,reading,mobile,turkey,china,orange,split,cork,chili,chile,jordan,georgia,"
            "chad,sydney,austin,dallas,paris hilton,milan,israel,kenya,cuba,victoria,virginia,"
            "carolina,dakota,savannah,charlotte,houston,madison,sofia,lima,guinea,niger,mali,togo,"
            "oman,montana,man,buffalo,phoenix,hull,enterprise,surprise,paradise,independence,of,"
            "same,batman,van,male,most,central,university,green,worms,salt,lens,ham,bar,nancy,"
            "angers,police,lame,sale,tours,pau,hit,bari,wells,wash,eagle,salem,march,spring,fall,"
            "summer,winter,sandy,rugby,barrow,deal,florence,chelsea,brooklyn,india,holland,"
            "macedonia,black,white,brown,red,best,bend,rice,nelson,lincoln,jackson,washington,"
            "hamilton,alexandria,aurora,sierra,delta,columbia,mercedes,santiago,diego,san,bali,"
            "asia,hong,long,song,tank,ocean,park,middle,big,hope,love,friendship,aurora,union,"
            "liberty,columbus,davis,carson,clifton,tyler,allen,irving,arlington,laredo,nova,"
            "wan,tan,sun,date,made,pose,jump,race,goal,jersey,wales,polish,angola,bering,essen,"
            "halle,marina,camp,ube,bath,colon,como,bern,cologne,hamburg,lucknow,moscow mule"
        ),
    ),
    prepositions="in,during,from,on,of,at,for,over,back in,some time in",
    participles=(
        "taken,shot,captured,photographed,i took,we took,that i took,that we took,i have taken,"
        "that were taken,which were taken,were taken,was taken,i shot,made by me"
    ),
    articles="the,my,his,her,its,their,our,your,a",
    never=(
        "usa today,in batman,spring water,last spring water,march of,made in china,made in japan,"
        "made in,"
        "fall guy,today show,yesterday's news,before sunrise,the last summer,the last fall,"
        "sunday hat,yesterday by,black friday,good friday"
    ),
    outings=(
        "trip,vacation,holiday,holidays,party,birthday,wedding,hike,visit,concert,photos,pictures,"
        "pics,images,photo,picture,journey,festival,camping,reunion,race,game,snow,storm,garden,"
        "christmas,dinner"
    ),
    labels=(
        "room,route,number,model,size,version,edition,class,highway,flight,calendar,vintage,bmw,"
        "windows,runner,area,formula,worth,about,than,over,only,nearly,almost,a,of,plus,no,the,"
        "olympics,expo"
    ),
    decades=("{year}s,{year}'s,{short}s,{short}'s", _TENS),
)
