// Weights as images.

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
