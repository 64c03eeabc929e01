// Colours, dashes and markers: one of each for every name.

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
