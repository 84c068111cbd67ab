"""Words that join others and say nothing of a picture, in the languages photos are asked for in.

Closed classes only: articles, pronouns, prepositions, conjunctions, auxiliary verbs. Written by
hand, folded as `mindseye.fold` folds.
"""

from __future__ import annotations

from typing import Final

_BY_LANGUAGE: Final = {
    "English": """
        a an the this that these those some any each every all both no
        i me my mine you your yours he him his she her hers it its we us our ours they them their
        and or but nor if than as so of in on at by to from with without into onto over under for
        about between through during up down off out near is are was were be been being am has have
        had do does did can could will would shall should may might must there here who whom whose
        which what when where how not s t""",
    "German": """
        der die das den dem des ein eine einen einem einer eines kein keine und oder aber wenn als
        wie in im ins an am ans auf aus bei beim mit nach von vom vor zu zum zur uber unter durch
        fur um ohne zwischen neben ist sind war waren sein wird werden hat haben hatte ich du er sie
        es wir ihr mich dich sich uns euch mein dein seine ihre nicht auch noch nur so da dort hier
        wer was wo""",
    "French": """
        le la les un une des du de d l et ou mais si que qui quoi dont ou en dans sur sous avec sans
        pour par chez entre vers a au aux est sont etait etaient etre ont avoir il elle ils elles on
        je tu nous vous ce cet cette ces mon ma mes ton ta tes son sa ses leur leurs ne pas plus se
        s qu n j y""",
    "Spanish": """
        el la los las un una unos unas lo y e o u pero si que quien de del al a en con sin por para
        sobre bajo entre hacia desde hasta es son era eran ser esta estan estar ha han hay yo tu el
        ella ello nosotros ellos ellas me te se nos les mi su sus este esta estos estas ese esa no
        como""",
    "Italian": """
        il lo la i gli le un uno una e ed o ma se che chi di del dello della dei degli delle a al
        allo alla ai agli alle da dal dalla dai in nel nello nella nei nelle con su sul sulla sui
        per tra fra e sono era erano essere ha hanno io tu lui lei noi voi loro mi ti si ci vi non
        questo questa questi queste""",
    "Portuguese": """
        o a os as um uma uns umas e ou mas se que quem de do da dos das em no na nos nas num numa
        com sem por pelo pela para ao aos sobre sob entre ate e sao era eram ser esta estao ha eu
        ele ela nos eles elas me te lhe seu sua seus suas este esta esse essa nao como""",
    "Dutch": """
        de het een en of maar als dat die dit deze in op aan met van voor naar uit bij door over
        onder tussen zonder te is zijn was waren wordt worden heeft hebben ik jij hij zij ze wij
        we er niet ook""",
    "Chinese": """
        的 了 着 过 在 是 和 与 或 把 被 从 向 对 于 里 上 下 中 有 这 那 我 你 他 她 它 们 一 个
        只 张 一个 一只 一张 一名 一位 一条 一群 这个 那个 我们 他们 她们 的一 在一 着一 个人""",
    "Japanese": "の は が を に で と も へ や から まで です ます した いる ある",
    "Korean": "은 는 이 가 을 를 에 의 와 과 도 에서 으로",
}

FUNCTION_WORDS: Final = frozenset(" ".join(_BY_LANGUAGE.values()).split())
"""All of them together: which language a query is in, nobody says."""
