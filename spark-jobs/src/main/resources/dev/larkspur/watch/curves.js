"use strict";
/* Points of runs: what arrived, smoothed, and brought onto the pixels of a chart. */
const Curves = (() => {
  const AXES = ["step", "tokens", "seconds", "flops"];

  /** Points as they were, and those that are new or have changed. */
  function merge(known, news) {
    const grows = known && known.revision === news.revision && news.from > 0
      && Object.keys(news.columns).every((name) => name in known.columns);
    if (!grows) {
      return { ...news, smoothed: new Map() };
    }
    const joined = (before, added) => before.slice(0, news.from).concat(added);
    const merged = { revision: news.revision, complete: news.complete, columns: {}, smoothed: new Map() };
    AXES.forEach((axis) => { merged[axis] = joined(known[axis], news[axis]); });
    Object.keys(news.columns).forEach((name) => {
      merged.columns[name] = joined(known.columns[name], news.columns[name]);
    });
    return merged;
  }

  /**
   * The exponential moving average in which a point counts half as much as one that is later by
   * halfLife steps. It has no bias towards 0 at the beginning.
   */
  function smoothed(track, column, halfLife) {
    const values = track.columns[column];
    if (!halfLife || !values) {
      return values;
    }
    const key = column + " " + halfLife;
    if (!track.smoothed.has(key)) {
      let sum = 0, weight = 0, before = 0;
      track.smoothed.set(key, values.map((value, i) => {
        if (value === null) {
          return null;
        }
        const kept = Math.pow(0.5, (track.step[i] - before) / halfLife);
        before = track.step[i];
        sum = kept * sum + (1 - kept) * value;
        weight = kept * weight + (1 - kept);
        return sum / weight;
      }));
    }
    return track.smoothed.get(key);
  }

  /** Number of values below x in ascending values. */
  function below(values, x) {
    let low = 0, high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] < x) { low = middle + 1; } else { high = middle; }
    }
    return low;
  }

  /** The value at the point that is nearest to x; null if there is none. */
  function nearest(xs, values, x) {
    if (!xs.length || x < xs[0] - (xs[1] - xs[0] || 0) || x > xs[xs.length - 1] * 1.001) {
      return null;
    }
    let i = Math.min(below(xs, x), xs.length - 1);
    if (i > 0 && x - xs[i - 1] < xs[i] - x) { i--; }
    return values[i];
  }

  /**
   * Positions on the x axis that all curves of a chart share: two for each pixel, for the least and
   * the greatest value in it, and one at each edge, to which lines reach from beyond.
   */
  function grid(min, max, pixels, log) {
    const at = log ? Math.log : (x) => x;
    const from = log ? Math.exp : (x) => x;
    const first = at(min), width = (at(max) - first) / pixels;
    const xs = new Array(2 * pixels + 2);
    xs[0] = min;
    for (let i = 0; i < pixels; i++) {
      xs[1 + 2 * i] = from(first + (i + 0.25) * width);
      xs[2 + 2 * i] = from(first + (i + 0.75) * width);
    }
    xs[2 * pixels + 1] = max;
    return { xs, min, max, pixels, at, first, width };
  }

  /** The values of a curve at the positions of a grid; null where it has none. */
  function onGrid(grid, xs, lows, highs) {
    const rows = new Array(grid.xs.length).fill(null);
    const edge = (i, x) => {
      if (i < 1 || i >= xs.length || lows[i - 1] === null || lows[i] === null || xs[i] === xs[i - 1]) {
        return null;
      }
      const share = (grid.at(x) - grid.at(Math.max(xs[i - 1], 1e-300))) / (grid.at(xs[i]) - grid.at(Math.max(xs[i - 1], 1e-300)));
      return share >= 0 && share <= 1 ? lows[i - 1] + share * (lows[i] - lows[i - 1]) : null;
    };
    const start = below(xs, grid.min);
    rows[0] = edge(start, grid.min);
    let cell = -1, low = 0, high = 0, lowFirst = true, i = start;
    const flush = () => {
      if (cell >= 0) {
        rows[1 + 2 * cell] = lowFirst ? low : high;
        rows[2 + 2 * cell] = low === high ? null : lowFirst ? high : low;
      }
    };
    for (; i < xs.length && xs[i] <= grid.max; i++) {
      if (lows[i] === null || highs[i] === null) {
        continue;
      }
      const k = Math.min(grid.pixels - 1, Math.max(0, Math.floor((grid.at(xs[i]) - grid.first) / grid.width)));
      if (k !== cell) {
        flush();
        cell = k;
        // A curve that falls shows its greatest value first.
        lowFirst = high < lows[i];
        low = lows[i];
        high = highs[i];
      } else {
        if (lows[i] < low) { low = lows[i]; lowFirst = false; }
        if (highs[i] > high) { high = highs[i]; lowFirst = true; }
      }
    }
    flush();
    rows[rows.length - 1] = edge(i, grid.max);
    return rows;
  }

  /** Round positions for the labels of an axis. */
  function ticks(min, max, log, count) {
    if (log && max / min >= 8) {
      const decades = Math.log10(max / min);
      const factors = decades > 1.6 * count ? null : decades > 0.7 * count ? [1] : decades > 0.4 * count ? [1, 3] : [1, 2, 5];
      const stride = factors ? 1 : Math.ceil(decades / count);
      const found = [];
      for (let e = Math.floor(Math.log10(min)); e <= Math.log10(max); e++) {
        if (e % stride === 0) {
          (factors || [1]).forEach((factor) => found.push(factor * Math.pow(10, e)));
        }
      }
      return found.filter((x) => x >= min * 0.999 && x <= max * 1.001);
    }
    return multiples(min, max, round((max - min) / count));
  }

  /** Multiples of a step, of which there are few unless numbers are too close to be told apart. */
  function multiples(min, max, step) {
    const first = Math.ceil(min / step - 1e-9);
    const count = Math.floor(max / step + 1e-9) - first + 1;
    return count > 0 && count < 100 ? Array.from({ length: count }, (none, i) => (first + i) * step) : [min];
  }

  function round(least) {
    const power = Math.pow(10, Math.floor(Math.log10(least)));
    return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9));
  }

  /** The same for durations in seconds. */
  function timeTicks(min, max, count) {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
    const least = (max - min) / count;
    const step = least < 1 ? round(least) : steps.find((each) => each >= least) || round(least / 86400) * 86400;
    return multiples(min, max, step);
  }

  return { AXES, merge, smoothed, nearest, grid, onGrid, ticks, timeTicks };
})();
