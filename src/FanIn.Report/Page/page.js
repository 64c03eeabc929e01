// Turns the figures' data into charts: curves and ranges by ECharts, histograms and tiles by hand.
"use strict";
(() => {
  const root = document.documentElement;
  const figures = JSON.parse(document.getElementById("data").textContent).figures;
  const drawings = []; // what to do again when the theme, the width or a legend changes

  // Small helpers -----------------------------------------------------------

  const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const vector = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  const superscript = (n) => String(n).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));

  function format(value, digits = 3) {
    if (!isNumber(value)) return "–";
    if (value === 0) return "0";
    // Rounded first: rounding may carry into the next power of ten.
    const rounded = Number(value.toPrecision(Math.max(digits, Math.abs(value) >= 1e3 ? 4 : 0)));
    const size = Math.abs(rounded);
    if (size >= 1e-3 && size < 1e5) return String(rounded).replace("-", "−");
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e").map(Number);
    return `${String(mantissa).replace("-", "−")}×10${superscript(exponent)}`;
  }

  // Colours, dashes and markers: one of each for every name --------------------

  const dashes = [[], [8, 4], [2, 3], [], [14, 4], [], [8, 4], [2, 3]];
  const markers = ["circle", "rect", "triangle", "diamond", "M0,1 L1,-1 L-1,-1 Z", "M0,-1 L0.35,-0.35 L1,0 L0.35,0.35 L0,1 L-0.35,0.35 L-1,0 L-0.35,-0.35 Z"];
  const colours = 8;
  const dash = (index) => dashes[(index + Math.floor(index / colours)) % dashes.length];
  const marker = (index) => index % markers.length;
  const colour = (index) => token(`--series-${index % colours}`);

  const probe = element("span", { style: "display:none" });
  document.body.append(probe);

  // The token as the browser resolves it in the present theme.
  function token(name) {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  }

  function symbol(index) {
    const name = markers[marker(index)];
    return name.startsWith("M") ? `path://${name}` : name;
  }

  // The shape of a marker as an SVG path around (x, y).
  function markerPath(index, x, y, r) {
    switch (marker(index)) {
      case 0: return `M${x - r},${y} a${r},${r} 0 1,0 ${2 * r},0 a${r},${r} 0 1,0 ${-2 * r},0`;
      case 1: return `M${x - r},${y - r} h${2 * r} v${2 * r} h${-2 * r} Z`;
      case 2: return `M${x},${y - r} L${x + r},${y + r} L${x - r},${y + r} Z`;
      case 3: return `M${x},${y - 1.3 * r} L${x + 1.3 * r},${y} L${x},${y + 1.3 * r} L${x - 1.3 * r},${y} Z`;
      case 4: return `M${x},${y + r} L${x + r},${y - r} L${x - r},${y - r} Z`;
      default: return `M${x},${y - 1.5 * r} l${0.5 * r},${r} l${r},${0.5 * r} l${-r},${0.5 * r} l${-0.5 * r},${r} l${-0.5 * r},${-r} l${-r},${-0.5 * r} l${r},${-0.5 * r} Z`;
    }
  }

  function drawMark(index, target = element("span", { class: "mark", "aria-hidden": "true" })) {
    const stroke = `var(--series-${index % colours})`;
    target.replaceChildren(
      vector("svg", { viewBox: "0 0 28 13" },
        vector("path", { d: "M0,6.5 H28", style: `stroke:${stroke}`, "stroke-width": 2.4, "stroke-dasharray": dash(index).join(" ") || null, fill: "none" }),
        vector("path", { d: markerPath(index, 14, 6.5, 3.6), style: `fill:${stroke}` })));
    return target;
  }

  // Axes ----------------------------------------------------------------------
  // A logarithmic axis is a linear one of log10: bands, bars and ticks then need no special case.

  function axisOf(axis, values, { pad = 0.04, ticks = 6, grid = true, fromZero = true } = {}) {
    const to = axis.log ? (v) => (isNumber(v) && v > 0 ? Math.log10(v) : null) : (v) => (isNumber(v) ? v : null);
    const seen = values.map(to).filter((v) => v !== null);
    const bound = (value, otherwise) => (isNumber(value) ? to(value) : otherwise);
    let low = bound(axis.min, seen.length ? seen.reduce((a, b) => Math.min(a, b)) : 0);
    let high = bound(axis.max, seen.length ? seen.reduce((a, b) => Math.max(a, b)) : 1);
    if (!(high > low)) {
      const around = axis.log ? 1 : Math.max(0.5, Math.abs(low) * 0.1);
      // A lowest value that was asked for stays, even where all values lie under it.
      [low, high] = [isNumber(axis.min) ? low : low - around, low + around];
    }
    const room = (high - low) * pad;
    // Sizes that come near zero start at zero.
    if (fromZero && !axis.log && !isNumber(axis.min) && low > 0 && low < 0.2 * (high - low)) low = 0;
    const fixedLow = isNumber(axis.min) || (!axis.log && low === 0);
    const min = fixedLow ? low : low - room;
    const max = isNumber(axis.max) ? high : high + room;
    const marks = axis.log ? logTicks(min, max, ticks) : linearTicks(min, max, ticks);
    return { ...axis, to, min, max, marks, from: axis.log ? (v) => 10 ** v : (v) => v, grid };
  }

  function linearTicks(min, max, count) {
    const raw = (max - min) / count;
    const unit = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((m) => m * unit).find((s) => s >= raw * 0.999);
    const marks = [];
    for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) {
      marks.push({ at: k * step, label: format(Number((k * step).toPrecision(12)), 6) });
    }
    return marks;
  }

  function logTicks(min, max, count) {
    const marks = [];
    if (max - min < 2) {
      for (let e = Math.floor(min); e <= max; e++) {
        for (const m of max - min < 1 ? [1, 1.5, 2, 3, 4, 5, 7] : [1, 2, 5]) {
          const at = e + Math.log10(m);
          if (at >= min && at <= max) marks.push({ at, label: format(m * 10 ** e) });
        }
      }
      return marks;
    }
    const step = Math.max(1, Math.ceil((max - min) / (count + 2)));
    const plain = min >= -3.5 && max <= 4.5;
    for (let e = Math.ceil(min); e <= max; e++) {
      if (((e % step) + step) % step === 0) marks.push({ at: e, label: plain ? format(10 ** e) : `10${superscript(e)}` });
    }
    return marks;
  }

  function axisOption(axis, isX, size) {
    const soft = token("--soft");
    const at = axis.marks.map((m) => m.at);
    const labels = new Map(axis.marks.map((m) => [m.at.toPrecision(9), m.label]));
    return {
      type: "value", min: axis.min, max: axis.max,
      name: axis.title, nameLocation: isX ? "middle" : "end", nameGap: isX ? 32 : 14,
      nameTextStyle: { color: soft, fontSize: size, align: isX ? "center" : "left", padding: isX ? 0 : [0, 0, 0, 0] },
      axisLine: { show: isX, onZero: false, lineStyle: { color: soft, width: 1 } },
      axisTick: { show: isX, customValues: at, length: 4, lineStyle: { color: soft } },
      axisLabel: { color: soft, fontSize: size, customValues: at, hideOverlap: true, formatter: (v) => labels.get(v.toPrecision(9)) ?? "", showMinLabel: null, showMaxLabel: null },
      splitLine: { show: axis.grid, customValues: at, lineStyle: { color: token("--grid"), width: 1 } },
      minorTick: { show: false },
    };
  }

  function referenceLines(references, axis, isHorizontal, size) {
    const soft = token("--soft");
    return {
      silent: true, symbol: "none", animation: false,
      data: references.map((line) => ({
        [isHorizontal ? "yAxis" : "xAxis"]: axis.to(line.value),
        lineStyle: { color: soft, type: [3, 3], width: 1.2 },
        label: {
          show: true, formatter: () => line.label, color: soft, fontSize: size, distance: isHorizontal ? 4 : 6,
          position: isHorizontal ? "insideEndTop" : "start",
          textBorderColor: token("--paper"), textBorderWidth: 3,
        },
      })),
    };
  }

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

  // Curves ----------------------------------------------------------------------

  function lineFigure(figure, place) {
    const hidden = new Set();
    const plot = element("div", { class: "plot", role: "img", "aria-label": `${figure.yAxis.title} over ${figure.xAxis.title}: ${figure.lines.map((line) => line.name).join(", ")}` });
    let draw = () => {};
    place.append(legend(figure.lines, hidden, () => draw()), plot);
    missing(figure.lines.map((line) => ({
      name: line.name, lost: line.y.filter((y) => !isNumber(y) || (figure.yAxis.log && y <= 0)).length, total: line.y.length,
      values: [...line.y, ...(line.low ?? []), ...(line.high ?? [])],
    })), figure.yAxis, place);

    draw = chart(plot, (width, size) => {
      const lines = figure.lines.filter((line) => !hidden.has(line.index));
      const xs = lines.flatMap((line) => line.x);
      const ys = lines.flatMap((line) => [...line.y, ...(line.low ?? []), ...(line.high ?? [])]);
      const x = axisOf(figure.xAxis, xs, { pad: 0.012, ticks: clamp(Math.floor(width / 90), 3, 9), grid: false, fromZero: false });
      const y = axisOf(figure.yAxis, [...ys, ...figure.references.map((r) => r.value)], { ticks: 6 });
      const series = [];
      lines.forEach((line, k) => {
        const ink = colour(line.index);
        const points = line.x.map((v, i) => [x.to(v), y.to(line.y[i])]);
        if (line.low) series.push(band(line, x, y, ink));
        const every = Math.max(1, Math.round(points.length / 9));
        const offset = Math.floor((k * every) / Math.max(1, lines.length));
        series.push({
          name: String(line.index), type: "line", clip: true, z: 3, animation: false,
          lineStyle: { color: ink, width: 2, type: dash(line.index).length ? dash(line.index) : "solid", cap: "butt", join: "round" },
          itemStyle: { color: ink }, emphasis: { disabled: true },
          // A marker here and there: colour must not be the only difference. Single points between gaps need theirs.
          data: points.map((value, i) => {
            const alone = value[1] !== null && (points[i - 1]?.[1] ?? null) === null && (points[i + 1]?.[1] ?? null) === null;
            const marked = alone || points.length <= 12 || i % every === offset % every;
            return { value, symbol: marked ? symbol(line.index) : "none", symbolSize: 7 };
          }),
        });
      });
      if (figure.references.length) {
        series.push({ type: "line", data: [], silent: true, markLine: referenceLines(figure.references, y, true, size) });
      }
      return {
        animation: false, textStyle: { fontFamily: getComputedStyle(place).fontFamily },
        grid: { left: 4, right: 14, top: 40, bottom: 40, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        xAxis: axisOption(x, true, size), yAxis: axisOption(y, false, size), series,
        tooltip: {
          ...tooltipStyle(), trigger: "axis", axisPointer: { type: "line", snap: true, label: { show: false }, lineStyle: { color: token("--soft"), type: "solid", width: 1 } },
          formatter: (items) => {
            const at = x.from(items[0].axisValue);
            const rows = items.filter((item) => item.seriesType === "line" && item.seriesName !== "").map((item) => {
              const line = lines.find((l) => String(l.index) === item.seriesName);
              if (!line) return null;
              const i = item.dataIndex;
              const range = line.low && isNumber(line.low[i]) ? `  [${format(line.low[i])}, ${format(line.high[i])}]` : "";
              return { index: line.index, name: line.name, text: format(line.y[i]) + range, y: line.y[i] ?? -Infinity };
            }).filter((row) => row);
            rows.sort((a, b) => b.y - a.y);
            return tip(`${figure.xAxis.title}: ${format(at, 6)}`, rows);
          },
        },
      };
    });
  }

  // The area between the edges, broken where an edge has no place on the axis.
  function band(line, x, y, ink) {
    const pieces = [];
    let piece = [];
    line.x.forEach((v, i) => {
      const at = [x.to(v), y.to(line.low[i]), y.to(line.high[i])];
      // A lowest value of zero lies under a logarithmic axis: the band reaches down to its edge.
      if (at[1] === null && at[2] !== null && y.log && line.low[i] <= 0) at[1] = y.min;
      if (at.includes(null)) { if (piece.length > 1) pieces.push(piece); piece = []; } else piece.push(at);
    });
    if (piece.length > 1) pieces.push(piece);
    return {
      type: "custom", name: "", silent: true, clip: true, z: 1, animation: false, tooltip: { show: false },
      data: pieces.map((_, i) => [pieces[i][0][0], clamp(pieces[i][0][1], y.min, y.max)]),
      renderItem: (params, api) => {
        const p = pieces[params.dataIndex];
        const inside = (v) => clamp(v, y.min - 1, y.max + 1);
        return {
          type: "polygon",
          shape: { points: [...p.map(([a, low]) => api.coord([a, inside(low)])), ...p.toReversed().map(([a, , high]) => api.coord([a, inside(high)]))] },
          style: { fill: ink, opacity: 0.16 },
        };
      },
    };
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

  // Ranges ----------------------------------------------------------------------

  function rangeFigure(figure, place) {
    const plot = element("div", {
      class: "plot", role: "img",
      "aria-label": `${figure.axis.title}: ${figure.values.map((v) => `${v.name} ${format(v.numbers[0])}`).join(", ")}`,
    });
    place.append(plot);
    const [value, low, high] = [0, 1, 2];
    missing(figure.values.map((v) => ({
      name: v.name, lost: isNumber(v.numbers[value]) && !(figure.axis.log && v.numbers[value] <= 0) ? 0 : 1, total: 1,
      values: v.numbers,
    })), figure.axis, place);
    chart(plot, (width, size) => {
      const rowHeight = Math.round(size * 3.5);
      plot.style.height = `${figure.values.length * rowHeight + 76}px`;
      const all = [...figure.values.flatMap((v) => v.numbers), ...figure.references.map((r) => r.value)];
      const axis = axisOf(figure.axis, all, { ticks: clamp(Math.floor(width / 130), 3, 7) });
      const bottom = (v) => axis.to(v) ?? (figure.axis.log && v <= 0 ? axis.min : null);
      return {
        animation: false, textStyle: { fontFamily: getComputedStyle(place).fontFamily },
        grid: { left: 4, right: 18, top: 26, bottom: 40, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        xAxis: axisOption(axis, true, size),
        yAxis: {
          type: "category", inverse: true, data: figure.values.map((v) => v.name),
          axisLine: { show: false }, axisTick: { show: false },
          axisLabel: { color: token("--ink"), fontSize: size, interval: 0, margin: 14, width: Math.max(90, width * 0.45), overflow: "break" },
        },
        series: [{
          type: "custom", clip: true, data: figure.values.map((_, i) => [axis.min, i]),
          markLine: referenceLines(figure.references, axis, false, size),
          renderItem: (params, api) => {
            const item = figure.values[params.dataIndex];
            const ink = colour(item.index);
            const at = (v) => api.coord([v, params.dataIndex]);
            const [a, b, c] = [bottom(item.numbers[low]), axis.to(item.numbers[value]), axis.to(item.numbers[high])];
            const children = [];
            const stroke = (x1, y1, x2, y2, w) => children.push({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: ink, lineWidth: w, lineCap: "round" } });
            if (a !== null && c !== null) {
              const [p, q] = [at(a), at(c)];
              stroke(p[0], p[1], q[0], q[1], 2);
              stroke(p[0], p[1] - 5, p[0], p[1] + 5, 2);
              stroke(q[0], q[1] - 5, q[0], q[1] + 5, 2);
            }
            if (b !== null) {
              const p = at(b);
              children.push({ type: "path", shape: { pathData: markerPath(item.index, p[0], p[1], 5) }, style: { fill: ink, stroke: token("--paper"), lineWidth: 1 } });
            }
            return { type: "group", children };
          },
        }],
        tooltip: {
          ...tooltipStyle(), trigger: "axis", axisPointer: { type: "none" }, axis: "y",
          formatter: (items) => {
            const item = figure.values[items[0].dataIndex];
            return tip(figure.axis.title, [{ index: item.index, name: item.name, text: `${format(item.numbers[value])}  [${format(item.numbers[low])}, ${format(item.numbers[high])}]` }]);
          },
        },
      };
    });
  }

  // Histograms ------------------------------------------------------------------

  function histogramFigure(figure, place) {
    const count = figure.groups.reduce((most, group) => Math.max(most, group.layers.length), 0);
    const state = { all: count > 1, layer: Math.max(0, Math.floor(count / 2)), shared: true };

    const slider = element("input", { type: "range", min: 0, max: Math.max(0, count - 1), value: state.layer, "aria-label": "Layer", oninput: (e) => { state.layer = Number(e.target.value); draw(); } });
    const chosen = element("output", {});
    const view = segments([["All layers", true], ["One layer", false]], state.all, (all) => { state.all = all; draw(); });
    const same = element("input", { type: "checkbox", checked: "", onchange: (e) => { state.shared = e.target.checked; draw(); } });
    place.append(element("div", { class: "bar controls" }, view, element("label", {}, "Layer", slider, chosen), element("label", {}, same, "Same scale in all panels")));

    const panels = figure.groups.map((group) => {
      const picture = vector("svg", { role: "img" });
      const read = element("p", { class: "read" });
      return { group, picture, read, panel: element("div", { class: "panel" }, element("h3", {}, drawMark(group.index), group.name), picture, read) };
    });
    place.append(element("div", { class: "panels" }, ...panels.map((p) => p.panel)));

    const choose = (layer) => {
      if (layer === state.layer) return;
      state.layer = layer;
      slider.value = layer;
      draw();
    };

    const draw = () => {
      const names = figure.groups.find((g) => g.layers[state.layer])?.layers[state.layer]?.layer;
      chosen.textContent = names ?? "–";
      slider.setAttribute("aria-valuetext", names ?? "");
      for (const p of panels) drawHistograms(p, figure, state, count, choose);
    };
    drawings.push(draw);
    draw();
  }

  function drawHistograms(p, figure, state, count, choose) {
    const layers = p.group.layers;
    const selected = layers[state.layer];
    const own = state.all ? layers.reduce((most, l) => Math.max(most, l.reach), 0) : (selected?.reach ?? 0);
    const reach = (state.shared ? figure.reach : own) * 1.08 || 1;
    const width = Math.max(200, p.panel.clientWidth || 300);
    const left = 26;
    const right = 8;
    const peak = state.all ? 34 : 150;
    const step = state.all ? clamp(270 / Math.max(1, count), 7, 30) : 0;
    const top = 6 + peak;
    const base = state.all ? top + step * Math.max(0, count - 1) : top;
    const height = base + 40;
    const x = (v) => left + ((v + reach) / (2 * reach)) * (width - left - right);
    const ink = `var(--series-${p.group.index % colours})`;
    const parts = [];

    const marks = linearTicks(-reach, reach, 4);
    for (const mark of marks) {
      parts.push(vector("path", { d: `M${x(mark.at)},${top - peak} V${base}`, style: "stroke:var(--grid)" }));
      parts.push(vector("text", { x: x(mark.at), y: base + 17, "text-anchor": "middle" }, mark.label));
    }
    const drawn = state.all ? layers.map((layer, i) => [layer, i]) : selected ? [[selected, state.layer]] : [];
    const every = layers.length <= 8 ? 1 : layers.length <= 16 ? 5 : 10;
    const ridges = vector("g");
    const chosen = vector("g");
    for (const [layer, i] of drawn) {
      const y = state.all ? top + step * i : base;
      const strong = i === state.layer;
      const outline = ridge(layer, x, y, peak, left, width - right, !state.all);
      if (outline) {
        ridges.append(vector("path", { d: outline + " Z", style: "fill:var(--paper);fill-opacity:.85" }));
        (strong ? chosen : ridges).append(vector("path", {
          d: outline, style: `fill:${strong ? ink : "none"};fill-opacity:.3;stroke:${ink};stroke-width:${strong ? 2 : 1};stroke-opacity:${strong ? 1 : 0.65};stroke-linejoin:round`,
        }));
      }
      if (state.all && ((i + 1) % every === 0 || i === 0)) {
        parts.push(vector("text", { x: left - 6, y: y + 3.5, "text-anchor": "end" }, String(i + 1)));
      }
    }
    parts.push(ridges, chosen);
    parts.push(vector("path", { d: `M${left},${base} H${width - right}`, style: "stroke:var(--soft)" }));
    parts.push(vector("text", { x: (left + width - right) / 2, y: base + 35, "text-anchor": "middle" }, figure.valueTitle));
    p.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    p.picture.style.height = `${height}px`;
    p.picture.replaceChildren(...parts);
    p.picture.onpointermove = state.all ? (event) => {
      const box = p.picture.getBoundingClientRect();
      const at = ((event.clientY - box.top) / box.height) * height;
      choose(clamp(Math.round((at - top + step * 0.4) / step), 0, count - 1));
    } : null;
    const words = !selected ? "no such layer" : !isNumber(selected.range[0]) || !isNumber(selected.range[1]) ? "not finite" : selected.range[0] === selected.range[1] ? `all values are ${format(selected.range[0])}` : `99.5 % within ±${format(selected.reach, 2)}`;
    p.read.textContent = `${selected ? selected.layer : `layer ${state.layer + 1}`}: ${words}`;
    p.picture.setAttribute("aria-label", `${p.group.name}, ${p.read.textContent}`);
  }

  // Outline of a histogram above the line y, in steps or smooth; null when there is nothing to draw.
  function ridge(layer, x, y, peak, left, right, steps) {
    const [low, high] = layer.range;
    if (!isNumber(low) || !isNumber(high) || !layer.counts.length) return null;
    const sizes = layer.counts.map((c) => (isNumber(c) && c > 0 ? c : 0));
    if (!(layer.full > 0)) return null;
    // Narrower than a pixel or two, the shape can't be seen, but its place can.
    if (x(high) - x(low) < 3) {
      const at = x((low + high) / 2);
      return at < left || at > right ? `M${left},${y} H${right}` : `M${left},${y} H${at} V${y - peak} V${y} H${right}`;
    }
    const width = (high - low) / sizes.length;
    const up = (count) => (y - peak * Math.min(1, count / layer.full)).toFixed(1);
    const across = (v) => clamp(x(v), left, right).toFixed(1);
    let path = `M${left},${y} H${across(low)}`;
    sizes.forEach((count, i) => {
      const [a, b] = [low + i * width, low + (i + 1) * width];
      if (x(b) < left || x(a) > right) return;
      path += steps ? ` H${across(a)} V${up(count)} H${across(b)}` : ` L${across((a + b) / 2)},${up(count)}`;
    });
    return path + (steps ? ` V${y} H${right}` : ` L${across(high)},${y} H${right}`);
  }

  function segments(choices, chosen, changed) {
    const group = element("span", { class: "segments", role: "group", "aria-label": "View" });
    for (const [label, value] of choices) {
      group.append(element("button", {
        type: "button", "aria-pressed": String(value === chosen),
        onclick: (event) => {
          for (const button of group.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
          changed(value);
        },
      }, label));
    }
    return group;
  }

  // Tiles -----------------------------------------------------------------------

  function tilesFigure(figure, place) {
    const state = { shared: true };
    const same = element("input", { type: "checkbox", checked: "", onchange: (e) => { state.shared = e.target.checked; draw(); } });
    const low = element("span", {});
    const high = element("span", {});
    place.append(element("div", { class: "bar controls" },
      element("span", { class: "scale" }, low, element("i", {}), high), element("label", {}, same, "Same scale in all panels")));
    const canvases = [];
    place.append(element("div", { class: "panels" }, ...figure.groups.map((group) =>
      element("div", { class: "panel" }, element("h3", {}, drawMark(group.index), group.name),
        element("div", { class: "pair" }, ...group.panels.map((panel) => {
          const canvas = element("canvas", { role: "img", "aria-label": `${group.name}, ${panel.label}: ${panel.count} tiles of ${panel.width} by ${panel.height} weights` });
          canvases.push({ canvas, group, panel, bytes: Uint8Array.from(atob(panel.tiles), (c) => c.charCodeAt(0)) });
          return element("div", {}, canvas, element("p", {}, panel.label));
        }))))));
    const draw = () => {
      const scale = format(figure.scale, 2);
      low.textContent = state.shared ? `−${scale}` : "−";
      high.textContent = state.shared ? `+${scale}` : "+";
      const ramp = ["--tile-low", "--tile-zero", "--tile-high"].map((name) => token(name).match(/[\d.]+/g).slice(0, 3).map(Number));
      for (const c of canvases) drawTiles(c, state.shared ? figure.scale : c.group.scale, ramp);
    };
    drawings.push(draw);
    draw();
  }

  function drawTiles({ canvas, group, panel, bytes }, scale, ramp) {
    const columns = Math.max(1, Math.ceil(Math.sqrt((panel.count * panel.height) / panel.width)));
    const rows = Math.max(1, Math.ceil(panel.count / columns));
    const zoom = Math.max(1, Math.ceil(720 / (columns * (panel.width + 1))));
    const gap = Math.max(1, Math.round(zoom * 0.9));
    canvas.width = columns * (panel.width * zoom + gap) - gap;
    canvas.height = rows * (panel.height * zoom + gap) - gap;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    const factor = scale > 0 ? group.scale / scale : 0;
    const shades = Array.from({ length: 256 }, (_, b) => {
      const t = clamp(((b - 128) / 127) * factor, -1, 1);
      const end = t < 0 ? ramp[0] : ramp[2];
      const mix = ramp[1].map((zero, k) => Math.round(zero + (end[k] - zero) * Math.abs(t)));
      return b === 0 ? "transparent" : `rgb(${mix.join(",")})`;
    });
    bytes.forEach((b, i) => {
      const inside = i % (panel.width * panel.height);
      const tile = (i - inside) / (panel.width * panel.height);
      const x = (tile % columns) * (panel.width * zoom + gap) + (inside % panel.width) * zoom;
      const y = Math.floor(tile / columns) * (panel.height * zoom + gap) + Math.floor(inside / panel.width) * zoom;
      context.fillStyle = shades[b];
      context.fillRect(x, y, zoom, zoom);
    });
    canvas.dataset.drawn = "true";
  }

  // The page --------------------------------------------------------------------

  const builders = { line: lineFigure, range: rangeFigure, histogram: histogramFigure, tiles: tilesFigure };
  for (const frame of document.querySelectorAll("figure[data-figure]")) {
    const figure = figures[Number(frame.dataset.figure)];
    const place = frame.querySelector(".chart");
    try {
      builders[figure.kind](figure, place);
      frame.dataset.drawn = "true";
    } catch (error) {
      // One figure that fails must not take the others with it.
      place.replaceChildren(element("p", { class: "note" }, "This figure could not be drawn in this browser."));
      reportError(error);
    }
  }
  for (const mark of document.querySelectorAll(".mark[data-series]")) drawMark(Number(mark.dataset.series), mark);

  const redraw = () => { for (const draw of drawings) draw(); };

  for (const code of document.querySelectorAll(".code")) {
    if (!navigator.clipboard) break;
    const button = element("button", {
      type: "button",
      onclick: async () => {
        await navigator.clipboard.writeText(code.querySelector("code").textContent);
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = "Copy"), 1500);
      },
    }, "Copy");
    code.append(button);
  }

  // Light and dark: what the system says, until the button or the address (#dark, #light) says otherwise.
  const button = document.getElementById("theme");
  const darkScheme = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkScheme.matches);
  const themed = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours");
    redraw();
  };
  const fromAddress = () => {
    if (location.hash === "#dark" || location.hash === "#light") {
      root.dataset.theme = location.hash.slice(1);
      themed();
    }
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    history.replaceState(null, "", `#${root.dataset.theme}`);
    themed();
  });
  darkScheme.addEventListener("change", themed);
  addEventListener("hashchange", fromAddress);
  themed();
  fromAddress();

  // On paper everything is light.
  let before;
  addEventListener("beforeprint", () => { before = root.dataset.theme; root.dataset.theme = "light"; redraw(); });
  addEventListener("afterprint", () => { before ? (root.dataset.theme = before) : delete root.dataset.theme; redraw(); });

  let waiting = 0;
  let lastWidth = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === lastWidth) return;
    lastWidth = innerWidth;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(redraw);
  });
})();
