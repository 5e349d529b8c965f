"""`{% load ui %}`: the components, each shown with its states at /styleguide/. Arguments after * are by name only.

Blocks of base.html: title, head, breadcrumbs, heading, context, actions, filters, content, scripts, live_url,
body_class ("wide": the page takes the window). base_plain.html (sign-in, errors): title, content, foot.

Display
    {% icon name size=20 variant="outline|solid|mini" label="" %}          heroicons' names
    {% status "on_track|at_risk|off_track|not_started|closed" label="" %}
    {% weather "sunny|cloudy|rainy|stormy" trend="up|flat|down" compact=False %}   {% trend "up" compact=False %}
    {% person obj_or_name sub="" large=False avatar_only=False %}         None: "Non attribué"
    {% badge text tone="neutral|accent|good|warning|bad|outline" %}
    {% progress share label="" mark=None running=False %}                 share 0-1
    {% date value relative=True %}    relative, absolute on hover; `relative=False`: the other way round
    {% abbr "CPI" text="" %}          explained by web/tags/glossary.py
    {% figure fig compact=True %}     fig: tech4value.figures.Figure; inside <div class="figures">
    {% figure_inline fig compact=False %}   {% figure_explained fig %} (panel content)   {% delta fig %}
    {% empty title why action="" url="" icon="inbox" panel=False %}   panel: the action opens in the side panel
    {% timeline %}{% timeline_item when who="" %}…{% endtimeline_item %}{% endtimeline %}
    {% remark author when %}…{% endremark %}       a comment
    {% skeleton lines=3 %}
Layout
    {% crumb label url="" %}   in the block breadcrumbs, the page itself last, without an address
    {% tabs label="" %}{% tab label url active=False count=None %}{% endtabs %}
    {% card title="" url="" more="" bare=False %}…{% endcard %}
    {% notice tone="info|good|warning|bad" %}…{% endnotice %}
    {% table caption id="" compact=False tall=False show_caption=False %}<thead>…<tbody>…{% endtable %}
      {% th label sort="" num=False column="" %}  {% th_select %}  {% td_select value label %}
      {% bulk_bar %}…{% endbulk_bar %}  {% column_chooser table_id %}    cells: class "num", "cell-name"
    {% pagination page %}    {% query name=value other=None %} (this address with other parameters)
    {% dialog id title %}…{% enddialog %}   {% confirm id title text url action danger=True %}
      both opened by <button type="button" data-dialog-open="ID">
    {% live_region id tag="div" css="" %}…{% endlive_region %}   drawn again when the page's version changes
    {% job_progress job url %}   url answers with the same component while the job runs
Forms
    {% field form.name unit="" full=False label="" hint=None rows=3 … %}   {% fields form %}   {% form_errors form %}
      rows: tech4value.search.fields (RowField, KeyField, MentionText); `{% load mentions %}` shows their texts
      wrap in <form class="form" method="post" data-warn-unsaved>; several columns: <div class="form-grid">
    {% filters form target="" %}    a GET form as chips, in the block filters
Charts
    {% chart chart %}   tech4value.figures.chart; SVG, its table, Explorer    {% sparkline values label="" %}
    {% heat share text="" %}   {% risk_matrix cells probability="" impact="" %}
Filters
    money:"EUR" money_round:"EUR" compact_money:"EUR" signed_money:"EUR" number:2 quantity percent:1
    delta:"money:EUR" in_unit:"days" date_short date_long date_time month days fte duration spaced get:key

Side panel: any element with hx-get and hx-target="#panel". Its answer begins with an <h2>.
Toasts: tech4value.web.toasts.
CSS helpers: stack stack-s stack-l row row-between grid grid-2 grid-3 split figures form-grid grow push num muted
faint small truncate breakable prose no-print only-print.
Buttons: btn btn-primary btn-danger btn-quiet btn-small btn-icon.
"""

from tech4value.web.tags import charts, display, filters, forms, layout
from tech4value.web.tags.registry import register

__all__ = ["charts", "display", "filters", "forms", "layout", "register"]
