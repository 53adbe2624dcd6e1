/* The page: asks for what is new, and shows it. Texts of runs are never taken for HTML. */
(() => {
  const POLL_MILLIS = 2000;
  const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [13, 5]];
  const LIGHT = ["#0072b2", "#d55e00", "#00805c", "#a0479a", "#8a6d00", "#1f9ab8", "#c2305f", "#57606a", "#6a51c8", "#7b4b2a"];
  const DARK = ["#5db4ec", "#f08a3c", "#2cc295", "#d98ad3", "#e0c93b", "#67d6ee", "#ff7fa3", "#9aa4af", "#a99bf5", "#cf9a72"];
  const MOST_MARKED = 80;
  const MOST_IN_TIP = 12;
  const MOST_WITH_RAW = 4;
  const MOST_FINE = 24;
  const MOST_ATTEMPTS = 200;
  const STEEP_FROM = 100;
  const STEEP_SHARE = 0.01;
  const WORDS = {
    tokensPerSecond: "tokens/s", gradientNorm: "gradient norm", learningRate: "learning rate",
    validationPerplexity: "validation perplexity", replicaDistance: "distance of replicas",
    parameterChange: "change of parameters",
  };
  const PHASES = "time in phases of a step";

  const $ = (id) => document.getElementById(id);
  const state = { runs: new Map(), settings: [], settingsHash: 0, hidden: new Set(), zoom: null, focus: null, metrics: "" };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) { made.textContent = text; }
    if (className) { made.className = className; }
    return made;
  }

  /* Formats. */
  function number(value, digits = 4) {
    if (value === null || value === undefined || !isFinite(value)) { return "–"; }
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e15 || size < 1e-3)) { return value.toExponential(2).replace("e+", "e"); }
    for (const [unit, suffix] of [[1e12, "T"], [1e9, "G"], [1e6, "M"]]) {
      if (size >= unit) { return +(value / unit).toPrecision(digits) + suffix; }
    }
    return size >= 1000 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(digits));
  }

  const nats = (loss) => (loss === null || loss === undefined ? "–" : loss.toFixed(3));

  function duration(seconds) {
    if (seconds === null || seconds === undefined) { return "–"; }
    if (seconds < 60) { return +seconds.toPrecision(3) + " s"; }
    const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const i = parts.findIndex(([unit]) => seconds >= unit);
    // Rounded before it is divided, or the smaller part could be a whole of the larger one.
    const whole = Math.round(seconds / parts[i + 1][0]) * parts[i + 1][0];
    const rest = (whole % parts[i][0]) / parts[i + 1][0];
    return Math.floor(whole / parts[i][0]) + " " + parts[i][1] + (rest ? " " + rest + " " + parts[i + 1][1] : "");
  }

  const ago = (time) => duration(Math.max(0, Math.round((state.now - Date.parse(time)) / 1000)));
  const axisName = () => $("axis").value;
  const axisText = (x) => axisName() === "seconds" ? duration(x) : number(x);
  const title = (run) => run.view.status.name && names(run.view.status.name) === 1 ? run.view.status.name : folder(run);
  const folder = (run) => run.view.status.run.replace(/\/+$/, "").split("/").pop();
  const names = (name) => runs().filter((run) => run.view.status.name === name).length;
  const runs = () => [...state.runs.values()];
  const shown = () => runs().filter((run) => !state.hidden.has(run.id));
  const stroke = (run) => (dark.matches ? DARK : LIGHT)[run.id % LIGHT.length];
  const dash = (run) => DASHES[Math.floor(run.id / LIGHT.length) % DASHES.length];

  function swatch(run) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("class", "swatch");
    svg.setAttribute("viewBox", "0 0 26 8");
    line.setAttribute("d", "M0,4H26");
    line.setAttribute("stroke", stroke(run));
    line.setAttribute("stroke-width", "2.5");
    line.setAttribute("stroke-dasharray", dash(run).join(" "));
    svg.append(line);
    return svg;
  }

  /* Curves. */
  const halfLife = () => {
    const last = Math.max(0, ...runs().map((run) => run.view.trainedSteps));
    const share = $("smoothing").value / 100;
    return Math.round(0.1 * last * share * share);
  };

  /** A curve of a chart: its points, how it is drawn, and what the tip calls it. */
  function curve(run, trackName, column, look) {
    const track = run.tracks[trackName];
    const values = track && track.columns[column];
    if (!values || !values.length || !track[axisName()].some((x) => x !== null)) {
      return null;
    }
    const smooth = look.smooth && halfLife() > 0;
    const middle = smooth ? Curves.smoothed(track, column, halfLife()) : values;
    return {
      run, xs: track[axisName()], middle,
      low: smooth ? middle : track.columns[column + ":low"] || values,
      high: smooth ? middle : track.columns[column + ":high"] || values,
      name: title(run) + (look.suffix || ""), stroke: look.stroke || stroke(run), dash: look.dash || dash(run),
      width: look.width || 1.6, marked: look.marked, quiet: look.quiet,
    };
  }

  function lossCurves() {
    const raw = shown().length <= MOST_WITH_RAW && halfLife() > 0;
    const curves = [];
    shown().forEach((run) => {
      if ($("show-training").checked) {
        if (raw) {
          curves.push(curve(run, "training", "loss", { quiet: true, width: 1, stroke: stroke(run) + "38", dash: [] }));
        }
        curves.push(curve(run, "training", "loss", { smooth: true }));
      }
      if ($("show-validation").checked) {
        curves.push(curve(run, "validation", "validationLoss", { suffix: ", validation", marked: true, width: 1.2 }));
      }
    });
    return curves.filter(Boolean);
  }

  function otherCurves() {
    const metric = $("metric").value;
    if (metric !== PHASES) {
      const [track, column] = metric.split("/");
      return shown().map((run) => curve(run, track, column, { smooth: track === "training", marked: track !== "training" })).filter(Boolean);
    }
    const run = shown()[0];
    const track = run && run.tracks.training;
    if (!track) { return []; }
    const each = Number(track.revision.split(".")[1]);
    return Object.keys(run.view.phases).map((phase, i) => {
      const sums = track.columns["seconds." + phase];
      const millis = sums && sums.map((sum, k) => {
        const steps = (track.step[k] - (k ? track.step[k - 1] : 0)) / each;
        return sum === null || steps <= 0 ? null : 1000 * sum / steps;
      });
      const only = { ...track, columns: { millis }, smoothed: new Map() };
      return millis && curve({ ...run, tracks: { only } }, "only", "millis", { smooth: true, stroke: colour("--p" + (i % 5)), dash: [], suffix: ", " + phase });
    }).filter(Boolean);
  }

  function extent(curves, log) {
    let min = Infinity, max = -Infinity;
    curves.forEach(({ xs }) => {
      for (let i = 0; i < xs.length; i++) {
        if (xs[i] !== null && (!log || xs[i] > 0)) { min = Math.min(min, xs[i]); break; }
      }
      max = Math.max(max, xs[xs.length - 1]);
    });
    if (!(max > min)) { return min < Infinity ? [log ? min / 2 : Math.min(0, min), max * 2 || 1] : null; }
    return [log ? min : Math.min(min, 0), max];
  }

  /** From the least to the greatest value, on a linear axis without those of the steep beginning. */
  function span(rows, log, skipped) {
    let min = Infinity, max = -Infinity;
    rows.forEach((values) => {
      for (let i = log ? 0 : skipped; i < values.length; i++) {
        const value = values[i];
        if (value !== null && (!log || value > 0)) {
          if (value < min) { min = value; }
          if (value > max) { max = value; }
        }
      }
    });
    if (min > max && skipped) { return span(rows, log, 0); }
    if (min > max) { return [log ? 0.1 : 0, 1]; }
    if (log) {
      const room = Math.max(Math.pow(max / min, 0.04), 1.005);
      return [min / room, max * room];
    }
    // A constant that was smoothed differs from itself in its last digits.
    const varies = max - min > 1e-6 * Math.abs(max);
    const room = varies ? 0.05 * (max - min) : Math.abs(max) * 0.1 || 1;
    return [min >= 0 && min - room < 0 ? 0 : min - room, max + room];
  }

  /** A chart in a box, whose curves a function returns. */
  function chart(box, curvesOf, withEvents) {
    let plot = null, key = "", drawn = [], ranges = { x: [0, 1], y: [0, 1] };
    const tip = element("div", undefined, "tip");
    tip.hidden = true;

    function render() {
      const began = performance.now();
      const logX = $("log-x").checked, logY = $("log-y").checked;
      drawn = curvesOf();
      const all = extent(drawn, logX);
      if (!all || !box.clientWidth) {
        remove();
        box.replaceChildren(element("p", "Nothing to show yet.", "nothing"));
        return;
      }
      ranges.x = state.zoom ? state.zoom.x : all;
      // Of many curves each is drawn coarser, so that all of them take as long.
      const coarseness = drawn.length > MOST_FINE ? 2 : 1;
      const pixels = Math.max(100, Math.floor((box.clientWidth - 70) / coarseness));
      const grid = Curves.grid(ranges.x[0], ranges.x[1], pixels, logX);
      const rows = drawn.map((each) => Curves.onGrid(grid, each.xs, each.low, each.high));
      if (logY) {
        rows.forEach((values) => values.forEach((value, i) => { if (value !== null && value <= 0) { values[i] = null; } }));
      }
      const zoomed = state.zoom && state.zoom.box === box && state.zoom.y;
      const steep = withEvents && !state.zoom && !logX && drawn.some(({ xs }) => xs.length > STEEP_FROM);
      ranges.y = zoomed || span(rows, logY, steep ? Math.round(STEEP_SHARE * grid.xs.length) : 0);
      const structure = JSON.stringify([drawn.map((each) => [each.name, each.stroke, each.width, each.dash, isMarked(each)]), logX, logY, axisName(), dark.matches, state.focus]);
      const data = [grid.xs, ...rows];
      if (plot && structure === key) {
        plot.setData(data);
      } else {
        remove();
        box.replaceChildren();
        key = structure;
        plot = new uPlot(options(logX, logY), data, box);
        plot.over.append(tip);
        dragByTouch(plot.over);
      }
      requestAnimationFrame(() => {
        box.dataset.redrawMillis = (performance.now() - began).toFixed(1);
        box.dataset.curves = drawn.length;
        box.dataset.points = drawn.reduce((sum, each) => sum + each.xs.length, 0);
        box.dataset.range = ranges.x.join(" ");
      });
    }

    function remove() {
      if (plot) { plot.destroy(); }
      plot = null;
      key = "";
    }

    const isMarked = (each) => Boolean(each.marked && each.xs.length <= MOST_MARKED && drawn.length <= 60);

    function options(logX, logY) {
      const quiet = colour("--quiet"), line = colour("--line");
      const axis = (more) => ({ stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 5 }, font: "12px system-ui, sans-serif", filter: (u, splits) => splits, ...more });
      return {
        width: box.clientWidth, height: box.clientHeight, legend: { show: false },
        padding: [8, 30, 0, 0],
        cursor: {
          drag: { x: true, y: true, uni: 30, setScale: false, dist: 4 }, points: { show: false },
          bind: { dblclick: () => () => { zoomTo(null); return null; } },
        },
        scales: {
          x: { time: false, distr: logX ? 3 : 1, range: () => ranges.x },
          y: { distr: logY ? 3 : 1, range: () => ranges.y },
        },
        axes: [
          axis({
            size: 34,
            splits: (u, i, min, max) => {
              const count = Math.max(2, u.width / (axisName() === "seconds" ? 110 : 90));
              return axisName() === "seconds" && !logX ? Curves.timeTicks(min, max, count) : Curves.ticks(min, max, logX, count);
            },
            values: (u, splits) => splits.map((x) => axisText(x)),
          }),
          axis({ size: 58, splits: (u, i, min, max) => Curves.ticks(min, max, logY, Math.max(3, u.height / 48)), values: (u, splits) => splits.map((y) => number(y)) }),
        ],
        series: [{}, ...drawn.map((each) => ({
          label: each.name, spanGaps: true, stroke: each.stroke, dash: each.dash,
          width: state.focus === each.run.id ? each.width + 1.6 : each.width,
          alpha: state.focus === null || state.focus === each.run.id ? 1 : 0.25,
          points: isMarked(each)
            ? { show: true, size: 6, fill: each.stroke, filter: (u, s) => u.data[s].flatMap((y, i) => (y === null ? [] : [i])) }
            : { show: false },
        }))],
        hooks: { setCursor: [showTip], setSelect: [select], draw: withEvents ? [events] : [] },
      };
    }

    function select(u) {
      const { left, top, width, height } = u.select;
      if (width > 4 || height > 4) {
        const whole = (size, of) => size <= 4 || size >= of - 1;
        const across = u.bbox.width / devicePixelRatio, up = u.bbox.height / devicePixelRatio;
        const x = whole(width, across) ? ranges.x : [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
        const y = whole(height, up) ? null : [u.posToVal(top + height, "y"), u.posToVal(top, "y")];
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        zoomTo({ x, y, box });
      }
    }

    function showTip(u) {
      const { left, top } = u.cursor;
      if (left === undefined || left < 0) { tip.hidden = true; return; }
      const x = u.posToVal(left, "x");
      const values = drawn.filter((each) => !each.quiet)
        .map((each) => ({ each, y: Curves.nearest(each.xs, each.middle, x) }))
        .filter(({ y }) => y !== null && y !== undefined).sort((a, b) => a.y - b.y);
      tip.replaceChildren(element("b", axisText(x) + (axisName() === "step" ? " steps" : axisName() === "seconds" ? "" : " " + $("axis").selectedOptions[0].text)));
      values.slice(0, MOST_IN_TIP).forEach(({ each, y }) => {
        const row = element("div");
        row.append(swatch(each.run), element("span", each.name), element("span", number(y)));
        row.firstChild.firstChild.setAttribute("stroke", each.stroke);
        tip.append(row);
      });
      if (values.length > MOST_IN_TIP) { tip.append(element("span", "and " + (values.length - MOST_IN_TIP) + " above")); }
      tip.hidden = !values.length;
      const room = u.over.clientWidth;
      tip.style.left = (left + 16 + tip.offsetWidth < room ? left + 16 : Math.max(0, left - 16 - tip.offsetWidth)) + "px";
      tip.style.top = Math.max(0, Math.min(top + 12, u.over.clientHeight - tip.offsetHeight)) + "px";
    }

    /** Checkpoints as triangles on the axis, failures as lines, of a few runs. */
    function events(u) {
      if (shown().length > 3) { return; }
      const context = u.ctx, bottom = u.bbox.top + u.bbox.height, ratio = devicePixelRatio;
      context.save();
      shown().forEach((run) => {
        const place = (step) => {
          const track = run.tracks.training;
          const x = track && Curves.nearest(track.step, track[axisName()], step);
          return x === null || x === undefined || x < ranges.x[0] || x > ranges.x[1] ? null : u.valToPos(x, "x", true);
        };
        context.fillStyle = stroke(run);
        run.view.checkpoints.map(place).filter((x) => x !== null).forEach((x) => {
          context.beginPath();
          context.moveTo(x, bottom - 8 * ratio);
          context.lineTo(x - 4 * ratio, bottom);
          context.lineTo(x + 4 * ratio, bottom);
          context.fill();
        });
        context.strokeStyle = colour("--bad");
        context.setLineDash([3 * ratio, 3 * ratio]);
        run.view.status.attempts.newest.filter((attempt) => attempt.end && attempt.end.ending === "failed")
          .map((attempt) => place(attempt.end.step)).filter((x) => x !== null).forEach((x) => {
            context.beginPath();
            context.moveTo(x, u.bbox.top);
            context.lineTo(x, bottom);
            context.stroke();
          });
      });
      context.restore();
    }

    new ResizeObserver(() => {
      if (plot && (plot.width !== box.clientWidth || plot.height !== box.clientHeight)) {
        plot.setSize({ width: box.clientWidth, height: box.clientHeight });
        render();
      }
    }).observe(box);
    return { render };
  }

  /** A finger that moves sideways selects, as a mouse does. */
  function dragByTouch(over) {
    const types = { pointerdown: "mousedown", pointermove: "mousemove", pointerup: "mouseup", pointercancel: "mouseup" };
    Object.entries(types).forEach(([type, mouse]) => over.addEventListener(type, (event) => {
      if (event.pointerType === "touch") {
        const target = mouse === "mouseup" ? document : over;
        // The library takes a drag without movement for a click.
        const init = { bubbles: true, button: 0, clientX: event.clientX, clientY: event.clientY, movementX: 1 };
        target.dispatchEvent(new MouseEvent(mouse, init));
      }
    }));
  }

  function zoomTo(zoom) {
    state.zoom = zoom;
    $("reset").disabled = !zoom;
    render();
  }

  const loss = chart($("loss"), lossCurves, true);
  const other = chart($("other"), otherCurves, false);

  function render() {
    const steps = halfLife();
    $("half-life").value = steps ? number(steps) + " steps" : "none";
    $("metric-run").textContent = $("metric").value === PHASES && shown().length ? "milliseconds, " + title(shown()[0]) : "";
    loss.render();
    other.render();
  }

  /* Tables. */
  function table(target, headers, rows) {
    const head = element("tr");
    headers.forEach((header) => head.append(element("th", header.text, header.words ? "words" : "")));
    const thead = element("thead"), tbody = element("tbody");
    thead.append(head);
    rows.forEach((cells) => {
      const row = element("tr");
      cells.forEach((cell, i) => {
        const made = cell instanceof Node ? element("td") : element("td", cell);
        if (cell instanceof Node) { made.append(cell); }
        if (headers[i].words) { made.className = headers[i].wrap ? "words wrap" : "words"; }
        row.append(made);
      });
      if (cells.id !== undefined) {
        row.addEventListener("mouseenter", () => { state.focus = cells.id; loss.render(); other.render(); });
        row.addEventListener("mouseleave", () => { state.focus = null; loss.render(); other.render(); });
      }
      tbody.append(row);
    });
    target.replaceChildren(thead, tbody);
  }

  function named(run) {
    const label = element("label"), box = element("input");
    box.type = "checkbox";
    box.checked = !state.hidden.has(run.id);
    box.addEventListener("change", () => {
      if (box.checked) { state.hidden.delete(run.id); } else { state.hidden.add(run.id); }
      render();
    });
    label.append(box, swatch(run), element("span", title(run)));
    label.title = run.view.status.run;
    return label;
  }

  function showRuns() {
    const headers = [{ text: "run" }, { text: "state", words: true }, { text: "loss" }, { text: "validation" }, { text: "step" }, { text: "tokens/s" }, { text: "left" }, { text: "checkpoint" }, { text: "attempts" }];
    table($("runs"), headers, runs().map((run) => {
      const { progress, checkpoint, attempts, state: word, reason } = run.view.status;
      const badge = element("span", word, "badge " + word);
      badge.title = reason || "";
      const done = progress ? number(progress.step, 6) + (progress.steps ? " of " + number(progress.steps, 6) + " (" + Math.round(100 * progress.step / Math.max(1, progress.steps)) + " %)" : "") : "–";
      const cells = [named(run), badge, nats(progress && progress.loss.training), nats(progress && progress.loss.validation), done,
        number(progress && progress.tokensPerSecond), duration(progress && progress.secondsLeft !== null ? Math.round(progress.secondsLeft) : null),
        checkpoint ? "step " + number(checkpoint.step, 6) + ", " + ago(checkpoint.time) + " old" : "–", String(attempts.count)];
      cells.id = run.id;
      return cells;
    }));
  }

  function showSettings() {
    $("settings-card").hidden = runs().length < 2;
    if (!state.settings.length) {
      $("settings").replaceChildren(element("caption", "None.", "none words"));
      return;
    }
    table($("settings"), [{ text: "run" }, ...state.settings.map(({ key }) => ({ text: key }))],
      runs().map((run) => [title(run), ...state.settings.map(({ values }) => values[run.id] || "–")]));
  }

  function showPhases() {
    const phases = [...new Set(runs().flatMap((run) => Object.keys(run.view.phases)))];
    $("phase-legend").replaceChildren(...phases.map((phase, i) => {
      const name = element("span", phase);
      name.style.setProperty("--colour", "var(--p" + (i % 5) + ")");
      return name;
    }));
    $("phases").replaceChildren(...runs().map((run) => {
      const row = element("div", undefined, "phases"), bar = element("div", undefined, "bar");
      const total = Object.values(run.view.phases).reduce((sum, seconds) => sum + seconds, 0);
      phases.forEach((phase, i) => {
        const part = element("i");
        part.style.flexGrow = total ? (run.view.phases[phase] || 0) / total : 0;
        part.style.setProperty("--colour", "var(--p" + (i % 5) + ")");
        part.title = phase + ": " + duration(run.view.phases[phase] || 0) + ", " + Math.round(100 * (run.view.phases[phase] || 0) / (total || 1)) + " %";
        bar.append(part);
      });
      const steps = run.view.trainedSteps;
      row.append(element("span", title(run)), bar, element("span", total && steps ? number(1000 * total / steps, 3) + " ms" : "–"));
      return row;
    }));
  }

  function showAttempts() {
    const rows = runs().flatMap((run) => run.view.status.attempts.newest.map((attempt) => {
      const { end } = attempt;
      const how = end ? end.ending : attempt.application === "import" ? "an import"
        : attempt.number === run.view.status.attempts.count && ["running", "stalled"].includes(run.view.status.state) ? "runs" : "ended without a word";
      return { began: attempt.began || "", cells: [title(run), String(attempt.number), (attempt.began || "–").replace("T", " ").replace("Z", " UTC"), element("span", how, "badge " + (how === "runs" ? "running" : how === "ended without a word" ? "dead" : how)), end ? number(end.step, 6) : "–", end && end.reason || ""] };
    })).sort((a, b) => (a.began < b.began ? 1 : a.began > b.began ? -1 : 0));
    table($("attempts"), [{ text: "run" }, { text: "attempt" }, { text: "began" }, { text: "ended", words: true }, { text: "at step" }, { text: "reason", words: true, wrap: true }],
      rows.slice(0, MOST_ATTEMPTS).map(({ cells }) => cells));
  }

  function showSamples() {
    const select = $("sample-run"), chosen = select.value;
    const having = runs().filter((run) => run.view.samples.length);
    select.hidden = having.length < 2;
    select.replaceChildren(...having.map((run) => new Option(title(run), run.id, false, String(run.id) === chosen)));
    const run = having.find((each) => String(each.id) === select.value);
    if (!run) {
      $("samples").replaceChildren(element("p", "None of these runs has sample texts.", "none"));
      return;
    }
    $("samples").replaceChildren(...[...run.view.samples].reverse().map(({ step, texts }) => {
      const block = element("div", undefined, "sample");
      block.append(element("h3", "Step " + number(step, 6)));
      texts.forEach(({ prompt, text }) => {
        const shownText = element("p");
        shownText.append(element("b", prompt), text);
        block.append(shownText);
      });
      return block;
    }));
  }

  function showMetrics() {
    const found = new Set();
    runs().forEach((run) => Object.entries(run.view.columns).forEach(([track, columns]) => columns
      .filter((column) => !["tokens", "loss", "validationLoss"].includes(column) && !column.startsWith("seconds."))
      .forEach((column) => found.add(track + "/" + column))));
    const name = (metric) => {
      const [track, column] = metric.split("/");
      return WORDS[column] || (track === "training" || column === track ? "" : track + " ") + column;
    };
    const metrics = [...found].sort((a, b) => (b.endsWith("/tokensPerSecond") - a.endsWith("/tokensPerSecond")) || name(a).localeCompare(name(b)));
    if (runs().some((run) => Object.keys(run.view.phases).length)) { metrics.splice(1, 0, PHASES); }
    const key = metrics.join(" ");
    if (key !== state.metrics) {
      const chosen = $("metric").value;
      $("metric").replaceChildren(...metrics.map((metric) => new Option(metric === PHASES ? PHASES : name(metric), metric, false, metric === chosen)));
      state.metrics = key;
    }
  }

  function showAll() {
    showMetrics();
    showRuns();
    showSettings();
    showPhases();
    showAttempts();
    showSamples();
    const words = runs().map((run) => run.view.status.state);
    const counts = [...new Set(words)].map((word) => words.filter((each) => each === word).length + " " + word);
    $("following").textContent = words.length === 1 ? words[0] + (runs()[0].view.status.reason ? ". " + runs()[0].view.status.reason : "") : counts.join(", ");
    render();
  }

  /* News. */
  function take(news) {
    state.now = Date.parse(news.now);
    if (news.settings) {
      state.settings = news.settings;
      state.settingsHash = news.settingsHash;
    }
    news.runs.forEach((run) => {
      const known = state.runs.get(run.id) || { id: run.id, tracks: {} };
      Object.entries(run.tracks).forEach(([name, track]) => { known.tracks[name] = Curves.merge(known.tracks[name], track); });
      if (run.view) { known.view = run.view; }
      known.hash = run.hash;
      state.runs.set(run.id, known);
    });
    if (news.runs.length || news.settings) { showAll(); }
    document.documentElement.dataset.runs = state.runs.size;
  }

  /** The columns of the charts, and what is known already. */
  function request() {
    const metric = $("metric").value;
    const columns = { training: ["loss"], validation: ["validationLoss"] };
    if (metric === PHASES) {
      columns.training.push(...new Set(runs().flatMap((run) => Object.keys(run.view.phases).map((phase) => "seconds." + phase))));
    } else {
      const [track, column] = (metric || "training/tokensPerSecond").split("/");
      columns[track] = [...(columns[track] || []), column];
    }
    const known = {};
    state.runs.forEach((run, id) => {
      const tracks = {};
      Object.entries(run.tracks).forEach(([name, track]) => {
        if (columns[name] && columns[name].every((column) => column in track.columns)) {
          tracks[name] = { revision: track.revision, complete: track.complete };
        }
      });
      known[id] = { view: run.hash, tracks };
    });
    return { columns, settings: state.settingsHash, runs: known };
  }

  let polling = null, asking = false, again = false;
  async function poll() {
    clearTimeout(polling);
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch("data", { method: "POST", body: JSON.stringify(request()) });
      if (!answer.ok) { throw new Error(await answer.text()); }
      take(await answer.json());
      $("problem").hidden = true;
    } catch (failure) {
      $("problem").textContent = (failure instanceof TypeError ? "larkspur watch does not answer: start it again, and reload the page" : failure.message) + " (trying again)";
      $("problem").hidden = false;
    } finally {
      asking = false;
      if (!document.hidden) { polling = setTimeout(poll, again ? 0 : POLL_MILLIS); }
      again = false;
    }
  }

  const inlined = JSON.parse($("data").textContent);
  const live = inlined === null;

  ["axis", "log-x", "log-y"].forEach((id) => $(id).addEventListener("change", () => zoomTo(null)));
  ["show-training", "show-validation"].forEach((id) => $(id).addEventListener("change", render));
  $("smoothing").addEventListener("input", render);
  $("metric").addEventListener("change", () => { if (live) { poll(); } render(); });
  $("sample-run").addEventListener("change", showSamples);
  $("reset").addEventListener("click", () => zoomTo(null));
  $("all").addEventListener("click", () => { state.hidden.clear(); showRuns(); render(); });
  $("none").addEventListener("click", () => { runs().forEach((run) => state.hidden.add(run.id)); showRuns(); render(); });
  dark.addEventListener("change", () => state.runs.size && showAll());
  if (live) {
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { poll(); } });
    poll();
  } else {
    take(inlined);
  }
})();
