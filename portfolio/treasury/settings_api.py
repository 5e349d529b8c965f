"""How VAT is declared, and its rates in force, in the API: `/api/v1/vat-settings/`. The organisation's own rates are
rows of `/api/v1/vat-rates/`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.treasury.actions import change_settings
from portfolio.treasury.domain.vat import VatKind
from portfolio.treasury.models import TreasurySettings
from portfolio.treasury.terms import settings_row, vat_rules
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.api_settings import SettingsViewSet, settings_schema


class VatSettingsSerializer(serializers.ModelSerializer[TreasurySettings]):
    """The day of the month on which VAT of the month before is paid, the credit of the last return before the opening
    of the accounts, and `rates`: what each rate is worth today (0-1), by law or by the organisation's own rows.
    `version` is 0 as long as nobody has changed them; sent, it refuses a stale save."""

    rates = serializers.SerializerMethodField()
    version = serializers.IntegerField(min_value=0, required=False)

    class Meta:
        model = TreasurySettings
        fields = ("vat_return_day", "vat_credit", "rates", "version")

    @extend_schema_field(serializers.DictField(child=serializers.DecimalField(max_digits=5, decimal_places=4)))
    def get_rates(self, _row: TreasurySettings) -> dict[str, str]:
        """By kind of rate."""
        rules, day = vat_rules(), today()
        return {kind.value: f"{rules.rate(kind, day).quantize(Decimal('0.0001'))}" for kind in VatKind}


@settings_schema(VatSettingsSerializer, "vat_settings")
class VatSettingsViewSet(SettingsViewSet):
    """How VAT is declared."""

    permission = Permission.CASH_VIEW
    write_permission = Permission.CASH_EDIT
    serializer_class = VatSettingsSerializer

    def held(self) -> TreasurySettings:
        return settings_row()

    def perform_change(self, values: Mapping[str, Any], version: int | None) -> None:
        change_settings(actor=self.actor, values=values, version=version)
