// The page: every figure drawn, light and dark, print and resize.

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
