// Axes, their ticks and the lines across them.
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
