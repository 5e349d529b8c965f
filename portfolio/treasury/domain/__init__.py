"""The cash of an organisation, day by day. Pure: no Django, no clock."""
