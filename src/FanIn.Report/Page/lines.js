// Curves with bands.

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
