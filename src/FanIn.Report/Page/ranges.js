// Dots with whiskers.

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
