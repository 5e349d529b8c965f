"""Snapshots made without a database: any number of projects, short or long texts, full or empty."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from portfolio.finance.domain.budget import Amounts, add_months, total
from reporting.dashboards.domain.facts import (
    FilterNames,
    LoadCell,
    MatrixCell,
    MilestoneRow,
    MoneyMonth,
    PoleLoad,
    PoleMoney,
    PortfolioFacts,
    Previous,
    ProjectRow,
    RiskRow,
    WeatherCounts,
    WeatherMonth,
)
from reporting.packs.snapshot import Snapshot

TODAY = date(2026, 11, 21)
NAMES = ["Mise en conformité RGPD", "Migration ERP Odoo", "Plateforme de données", "Offre SaaS", "Trajectoire RSE"]
CODES = ["RGPD", "ODOO", "DATA", "SAAS", "GREEN"]
POLES = ["Informatique", "Développement", "Données", "Sécurité", "Finances", "Ressources humaines", "RSE", "PMO"]
WEATHERS = ["stormy", "rainy", "cloudy", "sunny", "sunny"]
COMMENT = (
    "Le registre des traitements est complet à 80 %. Deux sous-traitants n’ont pas encore signé leur avenant ; "
    "la direction juridique relance chaque semaine. Le retard de quatre semaines sur l’audit à blanc se répercute "
    "sur la mise en production : arbitrage demandé sur le renfort du pôle Sécurité."
)
LONG = (
    "Refonte complète de la chaîne d’approvisionnement et de distribution multi-sites internationaux, "
    "lot numéro 27 bis"
)


def key(number: int) -> UUID:
    return UUID(int=number)


def amounts(index: int, offset: int) -> Amounts:
    planned = Decimal(18000 + 2500 * index + 900 * (offset % 4))
    past = offset <= 0
    actual = planned * Decimal("1.08" if index < 2 else "0.94") if past else Decimal(0)
    forecast = actual if past else planned * Decimal("1.12" if index == 0 else "1.01")
    return Amounts(planned, planned if offset <= 2 else Decimal(0), actual, forecast)


def milestones(index: int, count: int, *, long: bool) -> tuple[MilestoneRow, ...]:
    rows = []
    for number in range(count):
        due = TODAY + timedelta(days=40 * (number - count // 2))
        rows.append(
            MilestoneRow(
                id=key(1000 * index + number),
                project_id=key(index + 1),
                project_code=CODES[index % 5],
                project=NAMES[index % 5],
                name=f"{LONG} {number}" if long else f"Jalon {number + 1} : recette du lot {number + 1}",
                due_on=due,
                baseline_on=None if number == count - 1 else due - timedelta(days=(number % 3) * 12),
                actual_on=due if number < count // 2 - (index < 2) else None,
                owner="Camille Durand",
            )
        )
    return tuple(rows)


def risks(index: int, count: int, *, long: bool) -> tuple[RiskRow, ...]:
    return tuple(
        RiskRow(
            id=key(5000 + 100 * index + number),
            project_id=key(index + 1),
            project_code=CODES[index % 5],
            project=NAMES[index % 5],
            reference=f"R-{number + 1:03}",
            title=LONG if long else f"Indisponibilité du fournisseur {number + 1}",
            probability=5 - number % 5,
            impact=5 - (number + index) % 4,
            status="open",
            owner="Maximilienne de La Rochefoucauld-Montmorency" if long else "Hugo Petit",
            due_on=TODAY + timedelta(days=20 * number),
            mitigation=COMMENT if long else "Contrat de secours signé, bascule testée chaque trimestre.",
        )
        for number in range(count)
    )


def project(index: int, *, long: bool = False, bare: bool = False) -> ProjectRow:
    offsets = range(0) if bare else range(-8, 8)
    months = tuple(MoneyMonth(add_months(TODAY, offset), amounts(index, offset)) for offset in offsets)
    promises = () if bare else milestones(index, 20 if long else 7, long=long)
    threats = () if bare else risks(index, 12 if long else 4, long=long)
    late = [one for one in promises if one.is_late(TODAY)]
    pending = [one for one in promises if one.actual_on is None]
    money = total(one.money for one in months)
    return ProjectRow(
        id=key(index + 1),
        code=CODES[index % 5] + (str(index) if index >= 5 else ""),
        name=f"{LONG} {index}"[:120] if long else NAMES[index % 5],
        pole_id=key(900 + index % 8),
        pole=POLES[index % 8],
        phase="delivery",
        method="hybrid",
        starts_on=date(2026, 3, 1),
        ends_on=date(2027, 6, 30),
        programme="Transformation numérique",
        sponsor="Édouard Directeur",
        manager="Maximilienne de La Rochefoucauld-Montmorency" if long else "Chloé Cheffe",
        weather="" if bare else WEATHERS[index % 5],
        trend="" if bare else ["down", "flat", "up"][index % 3],
        reported_on=None if bare else TODAY - timedelta(days=3),
        comment="" if bare else COMMENT * (12 if long else 1),
        history=tuple(
            WeatherMonth(add_months(TODAY, offset), "" if bare or offset == -5 else WEATHERS[(index - offset) % 5])
            for offset in range(-5, 1)
        ),
        progress=None if bare else Decimal("0.42"),
        money=money,
        planned_to_date=sum((one.money.planned for one in months[:9]), Decimal(0)),
        milestones_total=len(promises),
        milestones_met=len(promises) - len(pending),
        milestones_late=len(late),
        next_milestone=next(iter(late or pending), None),
        open_risks=len(threats),
        top_risk=threats[0] if threats else None,
        months=months,
        milestones=promises,
        risks=threats,
    )


def facts(count: int, *, long: bool = False, bare: bool = False, poles: int = 8) -> PortfolioFacts:
    rows = tuple(project(index, long=long, bare=bare) for index in range(count))
    months = [
        MoneyMonth(add_months(TODAY, offset), total(row.months[offset + 8].money for row in rows if row.months))
        for offset in range(-8, 8)
    ]
    all_risks = sorted((one for row in rows for one in row.risks), key=lambda one: -one.score)
    late = sorted((m for r in rows for m in r.milestones if m.is_late(TODAY)), key=lambda m: -m.days_late(TODAY))
    due = [m for r in rows for m in r.milestones if m.actual_on is None and not m.is_late(TODAY)]
    due = [m for m in due if m.due_on <= TODAY + timedelta(days=60)]
    counts = Counter(row.weather or "unknown" for row in rows)
    matrix = Counter((one.probability, one.impact) for one in all_risks)
    money = total(row.money for row in rows)
    weather = WeatherCounts(**counts)
    by_pole = {pole: total(row.money for row in rows if row.pole == pole) for pole in POLES}
    return PortfolioFacts(
        today=TODAY,
        taken_at=datetime(2026, 11, 21, 21, 30, tzinfo=UTC),
        currency="EUR",
        filters=FilterNames(),
        projects=rows,
        weather=weather,
        money=money,
        planned_to_date=sum((row.planned_to_date for row in rows), Decimal(0)),
        months=() if bare or not rows else tuple(months),
        poles=tuple(
            PoleMoney(key(900 + i), pole, by_pole[pole])
            for i, pole in enumerate(POLES)
            if any(row.pole == pole for row in rows)
        ),
        milestones=(*late, *due),
        milestones_late=len(late),
        milestones_due=len(due),
        risks=tuple(all_risks),
        open_risks=len(all_risks),
        critical_risks=sum(one.is_critical for one in all_risks),
        matrix=tuple(MatrixCell(p, i, n) for (p, i), n in sorted(matrix.items())),
        capacity=tuple(
            PoleLoad(
                key(900 + i),
                pole,
                tuple(
                    LoadCell(
                        add_months(TODAY, offset),
                        Decimal(ratio := 120 - 9 * i - 4 * offset) / 10,
                        Decimal(10),
                        Decimal(ratio) / 100,
                        "over" if ratio > 110 else "tight" if ratio > 100 else "balanced" if ratio >= 80 else "under",
                    )
                    for offset in range(6)
                ),
            )
            for i, pole in enumerate(POLES[:poles])
        ),
        previous=Previous(TODAY - timedelta(days=30), replace(weather, rainy=0), money, 1, 0) if rows else None,
        as_of=datetime(2026, 11, 21, 20, tzinfo=UTC),
    )


def snapshot(of: PortfolioFacts, language: str = "fr", **values: str) -> Snapshot:
    return Snapshot(
        **{
            "company": "Tech4Value",
            "time_zone": "Europe/Paris",
            "title": "Comité de pilotage de novembre",
            "meeting_on": date(2026, 11, 26),
            "language": language,
            "confidentiality": "confidential",
            "author": "Pierre Mohamed-Olive",
            "facts": of,
            **values,
        }
    )
