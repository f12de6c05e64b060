/* Charts: <div data-chart="ID">, where ID names a json_script of
     {"kind": "line" | "bar", "categories": […], "series": [{"name", "values", "shade": 1–5, "kind", "stack", "dashed", "area"}],
      "bound": {"name", "value"}, "unit": "%", "min": 80, "max": 100}.
   Canvas and rich-text tooltips only: a strict policy allows no style attributes. The same figures stand ready as a table. */

import { load, say } from "./settings.js";

const drawn = new Map();

export function bindCharts(root) {
  for (const place of root.querySelectorAll("[data-chart]:not([data-bound])")) {
    place.dataset.bound = "";
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    place.setAttribute("role", "img");
    if (!place.hasAttribute("aria-label")) place.setAttribute("aria-label", describe(data));
    addTable(place, data);
    load("echarts").then(() => draw(place, data));
  }
}

document.addEventListener("luoshi:theme", () => {
  for (const [place, { chart, data }] of drawn) {
    if (place.isConnected) chart.setOption(options(data), true);
  }
});

window.addEventListener("beforeprint", () => { for (const { chart } of drawn.values()) chart.resize(); });

function draw(place, data) {
  // eslint-disable-next-line no-undef
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(data));
  new ResizeObserver(() => chart.resize()).observe(place);
  drawn.set(place, { chart, data });
}

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function options(data) {
  const ink2 = token("ink2");
  const font = { color: ink2, fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
  const suffix = data.unit || "";
  const plain = (value) => (value === null || value === undefined ? "—" : `${Number(value).toLocaleString("en-US")}${suffix}`);
  return {
    animation: false,
    textStyle: font,
    grid: { left: 4, right: data.kind === "line" ? 54 : 8, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: token("surface"),
      borderColor: token("line2"),
      textStyle: { ...font, color: token("ink") },
      axisPointer: { type: data.kind === "line" ? "line" : "shadow", lineStyle: { color: token("rule") }, shadowStyle: { color: token("line"), opacity: .5 } },
      valueFormatter: plain,
    },
    xAxis: {
      type: "category",
      data: data.categories,
      boundaryGap: data.kind !== "line",
      axisLine: { lineStyle: { color: token("line2") } },
      axisTick: { show: false },
      axisLabel: { ...font, hideOverlap: true, showMinLabel: true, showMaxLabel: true },
    },
    yAxis: {
      type: "value",
      min: data.min,
      max: data.max,
      splitNumber: data.kind === "line" ? 4 : 3,
      axisLabel: { ...font, formatter: plain },
      splitLine: { lineStyle: { color: token("line") } },
    },
    series: data.series.map((series) => seriesOptions(series, data, font, plain)).concat(boundOptions(data)),
  };
}

function seriesOptions(series, data, font, plain) {
  const colour = series.dashed ? token("ink2") : token(`data-${series.shade || 4}`);
  const kind = series.kind || data.kind;
  const shared = { name: series.name, type: kind, data: series.values, stack: series.stack, color: colour, cursor: "default" };
  if (kind === "bar") return { ...shared, barMaxWidth: 14, barCategoryGap: "36%", itemStyle: { color: colour } };
  return {
    ...shared,
    symbol: series.dashed ? "none" : "circle",
    symbolSize: 5,
    connectNulls: false,
    lineStyle: { color: colour, width: series.dashed ? 1.5 : 2, type: series.dashed ? [4, 3] : "solid" },
    endLabel: { show: !series.dashed && data.kind === "line", ...font, color: token("ink"), fontWeight: 600, formatter: ({ value }) => plain(value) },
  };
}

function boundOptions(data) {
  if (!data.bound) return [];
  return [{
    name: data.bound.name,
    type: "line",
    data: data.categories.map(() => data.bound.value),
    symbol: "none",
    silent: true,
    lineStyle: { color: token("rule"), width: 1 },
    color: token("rule"),
  }];
}

function describe(data) {
  return data.series.map((series) => {
    const last = [...series.values].reverse().find((value) => value !== null);
    return `${series.name}: ${last ?? "—"}${data.unit || ""}`;
  }).join("; ");
}

function addTable(place, data) {
  const details = document.createElement("details");
  details.className = "plot-table";
  const summary = document.createElement("summary");
  summary.className = "word word-link";
  summary.textContent = say("as_table");
  const table = document.createElement("table");
  table.className = "ls-table ls-table-dense";
  const head = table.createTHead().insertRow();
  for (const name of [say("period"), ...data.series.map((series) => series.name)]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    if (head.cells.length) cell.className = "ls-num";
    head.append(cell);
  }
  const body = table.createTBody();
  data.categories.forEach((category, index) => {
    const row = body.insertRow();
    const first = document.createElement("th");
    first.scope = "row";
    first.textContent = category;
    row.append(first);
    for (const series of data.series) {
      const cell = row.insertCell();
      cell.className = "ls-num";
      cell.dataset.label = series.name;
      const value = series.values[index];
      cell.textContent = value === null || value === undefined ? "—" : `${value.toLocaleString("en-US")}${data.unit || ""}`;
    }
  });
  const box = document.createElement("div");
  box.className = "ls-table-wrap ls-table-tall";
  box.append(table);
  details.append(summary, box);
  (place.closest(".sheet-body") || place.parentElement).append(details);
}
