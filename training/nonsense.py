"""Queries that no photograph answers, for calibration: gibberish, and talk of things unseen.

Three parts: `teach` pushes such queries away in training, `fit` calibrates, `report` is only
reported on. The first two take turns in the subjects of the same topics; the last has word lists
of its own.
"""

from __future__ import annotations

import random
import string

# Each topic: openings, subjects, predicates; every combination reads as a sentence of the kind.
Topic = tuple[tuple[str, ...], tuple[str, ...]]

OWN_TOPICS: tuple[Topic, ...] = (
    (
        (
            "annual interest rate",
            "corporate income tax",
            "invoice payment deadline",
            "pension reform",
            "inflation forecast",
            "audit of the balance sheet",
            "currency exchange policy",
            "shareholder voting rights",
            "mortgage refinancing terms",
            "the national budget deficit",
        ),
        (
            "was revised last week",
            "and its legal consequences",
            "explained for beginners",
            "according to the new regulation",
            "exceeds expectations",
            "meeting minutes",
            "faq",
        ),
    ),
    (
        (
            "null pointer exception",
            "database migration",
            "asynchronous function",
            "regular expression",
            "memory allocation",
            "compiler optimisation",
            "unit test coverage",
            "api rate limit",
            "type inference",
            "firmware update",
        ),
        (
            "in the standard library",
            "fails with an error",
            "documentation",
            "how do I fix it",
            "best practice",
            "is deprecated since version 3",
            "release notes",
        ),
    ),
    (
        (
            "the categorical imperative",
            "quantum entanglement",
            "the theory of justice",
            "prime number theorem",
            "grammatical gender",
            "the meaning of truth",
            "probability theory",
            "the subjunctive mood",
            "free will",
            "the origin of language",
        ),
        (
            "in the nineteenth century",
            "is a difficult concept",
            "according to Kant",
            "lecture notes",
            "cannot be proved",
            "and its critics",
        ),
    ),
    (
        (
            "Umsatzsteuervoranmeldung",
            "die Zinspolitik der Zentralbank",
            "Haftungsausschluss",
            "Kündigungsfrist im Mietvertrag",
            "Softwarelizenz",
            "der Begriff der Freiheit",
            "Wahrscheinlichkeitsrechnung",
            "Datenschutzerklärung",
            "Rentenversicherungsbeitrag",
        ),
        (
            "für das dritte Quartal",
            "nach neuem Recht",
            "einfach erklärt",
            "wurde geändert",
            "Fehlermeldung beim Start",
            "und ihre Folgen",
            "häufige Fragen",
        ),
    ),
    (
        (
            "增值税申报",
            "中央银行的利率政策",
            "软件许可协议",
            "概率论",
            "养老保险缴费",
            "合同的解除条件",
            "数据库索引优化",
            "通货膨胀预期",
            "语法规则",
            "自由的概念",
        ),
        (
            "最新规定",
            "常见问题",
            "是什么意思",
            "的法律后果",
            "第三季度报告",
            "出现错误怎么办",
            "简介",
        ),
    ),
    (
        (
            "la déclaration d'impôt",
            "le taux d'intérêt",
            "la clause de confidentialité",
            "la théorie des probabilités",
            "l'assurance vieillesse",
            "la licence du logiciel",
        ),
        (
            "du troisième trimestre",
            "selon la nouvelle loi",
            "questions fréquentes",
            "a été modifiée",
            "et ses conséquences",
            "message d'erreur",
        ),
    ),
)

REPORT_TOPICS: tuple[Topic, ...] = (
    (
        (
            "quarterly tax compliance spreadsheet",
            "terms of service",
            "cyber insurance premium",
            "patent infringement claim",
            "customs tariff schedule",
            "employee stock options",
            "anti-money-laundering directive",
            "depreciation of fixed assets",
        ),
        (
            "for small companies",
            "updated in March",
            "summary",
            "checklist",
            "draft 2",
            "under review",
        ),
    ),
    (
        (
            "kernel scheduling latency",
            "public key encryption",
            "garbage collector",
            "merge conflict",
            "gradient descent",
            "time zone database",
            "segmentation fault",
            "dependency injection",
        ),
        ("explained", "tutorial", "benchmark results", "does not work", "in production"),
    ),
    (
        (
            "epistemology",
            "the law of large numbers",
            "dative case",
            "utilitarian ethics",
            "general relativity",
            "semantic ambiguity",
        ),
        ("an introduction", "open questions", "and modern thought", "exam questions"),
    ),
    (
        (
            "Gewerbesteuerbescheid",
            "Netzwerkprotokoll",
            "Relativitätstheorie",
            "Tarifverhandlung",
            "Aktiengesetz",
            "Erkenntnistheorie",
        ),
        ("Zusammenfassung", "im Jahr 2019", "Frist verlängert", "Einführung"),
    ),
    (
        ("企业所得税", "公钥加密算法", "相对论", "劳动合同法", "股票期权", "网络协议", "认识论"),
        ("总结", "入门教程", "实施细则", "修订草案", "考试题目"),
    ),
    (
        (
            "l'impôt sur les sociétés",
            "le protocole réseau",
            "la relativité générale",
            "le droit des contrats",
        ),
        ("résumé", "introduction", "projet de loi", "mode d'emploi"),
    ),
)


def gibberish(rng: random.Random) -> str:
    """Return letters, digits or key presses without sense: one to four words."""
    alphabet = rng.choice(
        (
            string.ascii_lowercase,
            string.ascii_lowercase,
            "qwertyuiopasdfghjklzxcvbnm" * 2,
            "bcdfghjklmnpqrstvwxz",
            string.ascii_letters + string.digits,
            string.digits,
            "的一是不了人我在有他",
        )
    )
    words = ("".join(rng.choices(alphabet, k=rng.randint(3, 9))) for _ in range(rng.randint(1, 4)))
    return " ".join(words)


def sentences(topics: tuple[Topic, ...]) -> list[str]:
    """Return every subject alone and with every predicate."""
    found = []
    for subjects, predicates in topics:
        for subject in subjects:
            found.append(subject)
            found += [f"{subject} {predicate}" for predicate in predicates]
    return found


def nonsense(part: str, count: int) -> list[str]:
    """Return `count` queries of a part: sentences, then a third of gibberish; seeded."""
    rng = random.Random(f"nonsense/{part}")
    if part == "report":
        known = sentences(REPORT_TOPICS)
    else:
        turn = 0 if part == "teach" else 1
        known = sentences(tuple((subjects[turn::2], said) for subjects, said in OWN_TOPICS))
    rng.shuffle(known)
    known = known[: count * 2 // 3]
    return known + [gibberish(rng) for _ in range(count - len(known))]
