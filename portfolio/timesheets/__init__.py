"""Time that people spend: typed by week, approved, fed to plans and costs."""
