// Histograms, layer by layer.

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
