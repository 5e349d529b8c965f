"""The cash of Tech4Value: what customers and suppliers have signed, who is paid, and a public aid that waits for the
go-live of Odoo. Six weeks more, and the balance goes under its threshold before the aid comes."""

from demo.story import AccountStory, CashStory, ContractStory, InstalmentStory, PayrollStory

MONTHLY, QUARTERLY, YEARLY = "month", "quarter", "year"

CASH = CashStory(
    keeper="Philippe Aubry",
    accounts=(
        AccountStory("Compte courant", "1184250.37", "250000"),
        AccountStory("Compte de réserve", "400000", "50000"),
    ),
    payrolls=(PayrollStory("Salaires", "402000", "263000", 28, 5),),
    rates=(("USD", "1.0850"),),
    slips=("ODOO", "Mise en production", 6),
    contracts=(
        ContractStory(
            "Abonnements des clients",
            "customer",
            "Clients sous contrat",
            instalments=(InstalmentStory("Mensualité", "651400.50", every=MONTHLY, month=-4, in_arrears=True),),
            days=0,
            terms="days_eom",
        ),
        ContractStory(
            "Assistance aux grands comptes",
            "customer",
            "Groupe Valmont",
            instalments=(InstalmentStory("Trimestre", "126400.50", every=QUARTERLY, month=-4),),
            days=45,
            terms="days_eom",
        ),
        ContractStory(
            "Renouvellement annuel des abonnements",
            "customer",
            "Union des mutuelles de l’Ouest",
            instalments=(InstalmentStory("Année d’avance", "612000", every=YEARLY, month=8),),
            days=30,
        ),
        ContractStory(
            "Pilote de la plateforme",
            "customer",
            "Trois clients pilotes",
            project="SAAS",
            net="84000",
            instalments=(
                InstalmentStory("Acompte à la signature", share="0.4", milestone="Trois clients pilotes signés"),
                InstalmentStory("Solde à l’ouverture du pilote", share="0.6", milestone="Ouverture du pilote"),
            ),
            days=30,
        ),
        ContractStory(
            "Aide à la transformation numérique",
            "customer",
            "Région Bretagne",
            project="ODOO",
            net="310000",
            instalments=(InstalmentStory("Solde sur procès-verbal", share="1", milestone="Mise en production"),),
            days=45,
            vat="none",
        ),
        ContractStory(
            "Licences Odoo 18",
            "supplier",
            "Odoo SA",
            project="ODOO",
            net="163000",
            instalments=(
                InstalmentStory("Licences, à la mise en production", share="1", milestone="Mise en production"),
            ),
            days=0,
        ),
        ContractStory(
            "Intégration Odoo",
            "supplier",
            "Atelier ERP Conseil",
            project="ODOO",
            net="96000",
            instalments=(
                InstalmentStory("Recette prononcée", share="0.5", milestone="Recette métier prononcée"),
                InstalmentStory("Fin de l’assistance", share="0.5", milestone="Fin de l’assistance renforcée"),
            ),
            days=45,
            terms="days_eom",
        ),
        ContractStory(
            "Plateforme de données",
            "supplier",
            "Lakeview Inc.",
            project="DATA",
            currency="USD",
            instalments=(InstalmentStory("Mensualité", "11800", every=MONTHLY, month=-3),),
            days=30,
            vat="none",
        ),
        ContractStory(
            "Postes reconditionnés",
            "supplier",
            "Seconde Vie Informatique",
            project="GREEN",
            instalments=(InstalmentStory("Lot annuel", "38500", every=YEARLY, month=5),),
            days=45,
            terms="eom_days",
            basis="delivery",
        ),
        ContractStory(
            "Loyers",
            "supplier",
            "Foncière des Docks",
            instalments=(InstalmentStory("Trimestre d’avance", "57300", every=QUARTERLY, month=-3),),
            days=5,
        ),
        ContractStory(
            "Hébergement et télécoms",
            "supplier",
            "Nuage de l’Ouest",
            instalments=(InstalmentStory("Mensualité", "31275.40", every=MONTHLY, month=-3, in_arrears=True),),
            days=30,
        ),
        ContractStory(
            "Assurances",
            "supplier",
            "Mutuelle des entreprises",
            instalments=(InstalmentStory("Prime annuelle", "94200", every=YEARLY, month=5),),
            days=15,
            vat="none",
        ),
    ),
)
