// Charts come drawn. "Explorer" loads Plotly once and draws the same description with zoom and hover.

let loading = null;

function plotly() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.body.dataset.plotly;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => {
      loading = null;
      reject(new Error("plotly"));
    });
    document.head.append(script);
  });
  return loading;
}

// The description names tokens ("var(--chart-actual)"); Plotly wants colours.
function resolveColours(value, probe) {
  if (typeof value === "string" && value.startsWith("var(")) {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  }
  if (Array.isArray(value)) return value.map((item) => resolveColours(item, probe));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveColours(item, probe)]));
  }
  return value;
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-chart-explore]") : null;
  if (!button) return;
  const chart = button.closest(".chart");
  const drawing = chart.querySelector(".chart-draw");
  const place = chart.querySelector(".chart-plotly");
  if (!place.hidden) {
    place.hidden = true;
    drawing.hidden = false;
    button.setAttribute("aria-pressed", "false");
    return;
  }
  button.disabled = true;
  try {
    const library = await plotly();
    const spec = resolveColours(JSON.parse(chart.querySelector("script[type='application/json']").textContent), chart.querySelector("[data-probe]"));
    place.hidden = false;
    drawing.hidden = true;
    button.setAttribute("aria-pressed", "true");
    await library.newPlot(place, spec.data, spec.layout, { responsive: true, displaylogo: false, locale: document.documentElement.lang });
  } catch {
    place.hidden = true;
    drawing.hidden = false;
  }
  button.disabled = false;
});
