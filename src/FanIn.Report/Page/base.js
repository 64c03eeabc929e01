// Small helpers: elements, numbers and their text.

const root = document.documentElement;
const figures = JSON.parse(document.getElementById("data").textContent).figures;
const drawings = []; // what to do again when the theme, the width or a legend changes

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
