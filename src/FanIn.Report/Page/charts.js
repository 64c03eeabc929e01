// What curves and ranges share: the chart, its tooltip, its legend and the note under it.

const tooltipStyle = () => ({
  confine: true, transitionDuration: 0, padding: [8, 12], borderWidth: 1,
  backgroundColor: token("--paper"), borderColor: token("--hair"), textStyle: { color: token("--ink") },
  extraCssText: "box-shadow:0 4px 18px rgb(0 0 0/.12);border-radius:8px;",
});

function tip(heading, rows) {
  return element("div", { class: "tip" }, element("b", {}, heading),
    ...rows.map((row) => element("div", {}, element("span", {}, drawMark(row.index), row.name), element("em", {}, row.text))));
}

// A chart of ECharts that is drawn anew when something changes.
function chart(place, option) {
  const instance = echarts.init(place, null, { renderer: "svg" });
  const draw = () => {
    instance.resize();
    instance.setOption(option(place.clientWidth, textSize()), true);
    // Paper is narrower than the screen: there the drawing is scaled as a whole.
    const drawing = place.querySelector("svg");
    drawing?.setAttribute("viewBox", `0 0 ${instance.getWidth()} ${instance.getHeight()}`);
  };
  drawings.push(draw);
  draw();
  return draw;
}

const textSize = () => Math.round(parseFloat(getComputedStyle(root).fontSize) * 0.75);

function legend(entries, hidden, changed) {
  return element("div", { class: "bar legend", role: "group", "aria-label": "Series" },
    ...entries.map((entry) =>
      element("button", {
        type: "button", "aria-pressed": "true",
        onclick: (event) => {
          hidden.has(entry.index) ? hidden.delete(entry.index) : hidden.add(entry.index);
          event.currentTarget.setAttribute("aria-pressed", String(!hidden.has(entry.index)));
          changed();
        },
      }, drawMark(entry.index), entry.name)));
}

// What a figure can't draw is said, not hidden.
function missing(lines, axis, place) {
  const sentences = [];
  const lost = lines.filter((line) => line.lost > 0);
  if (lost.length) {
    const words = lost.map((line) => (line.lost === line.total ? `${line.name} (all ${line.total} values)` : `${line.name} (${line.lost} of ${line.total})`));
    sentences.push(`Not drawn, because ${axis.log ? "zero, negative" : "infinite"} or not a number: ${words.join(", ")}.`);
  }
  const cut = axis.log && isNumber(axis.min) ? lines.filter((line) => line.values.some((v) => isNumber(v) && v > 0 && v < axis.min)) : [];
  if (cut.length) sentences.push(`Values under ${format(axis.min)} are cut off: ${cut.map((line) => line.name).join(", ")}.`);
  if (sentences.length) place.append(element("p", { class: "note" }, sentences.join(" ")));
}
