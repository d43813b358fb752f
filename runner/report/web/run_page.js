// One run, or several beside one another.

const splitNames = ['train', 'valid', 'test'];
const isOptimisation = (name) => /^(norm\/|train\/(lr|grad_norm|scale)(\.|$))/.test(name);

/** Keys that differ between the runs, with their values: [["seed", [1, 2, 3]], ...]. */
function differences(maps) {
  const names = [...new Set(maps.flatMap((map) => [...map.keys()]))];
  return names.map((name) => [name, maps.map((map) => map.get(name))])
      .filter(([, values]) => values.some((value) => valueText(value) !== valueText(values[0])));
}

/**
 * What tells the runs apart, in few words: their names, else the values in which their configs differ, else
 * their ids.
 */
function nameRuns(runs) {
  const differing =
      differences(runs.map((run) => run.flat)).filter(([key]) => key !== 'name' && !key.startsWith('tags'));
  const few = differing.length <= 2 ? differing : [];
  runs.forEach((run, i) => {
    const values = few.map(([key, all]) => `${key}=${valueText(all[i]) || '\u2013'}`).join(' ');
    run.label = runs.length === 1 ? run.name : values ? `${run.name} ${values}` : run.name;
  });
  const count = (label) => runs.filter((run) => run.label === label).length;
  runs.filter((run) => count(run.label) > 1).forEach((run) => {
    run.unclear = true;
  });
  runs.filter((run) => run.unclear).forEach((run) => {
    run.label += ` ${run.id}`;
  });
}

/** Runs whose configs differ in the seed alone are repeats of one another. */
function groupRepeats(runs) {
  const groups = new Map();
  for (const run of runs) {
    const kept = [...run.flat].filter(([key]) => key !== 'seed' && key !== 'name' && !key.startsWith('tags'));
    const key = JSON.stringify(kept);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(run);
  }
  return [...groups.values()];
}

function stateNode(state) {
  const sign = {
    finished: '\u2713',
    failed: '\u2715',
    lost: '\u2715',
    stopped: '\u25a0',
    running: '\u25b8',
    pruned: '\u25a0'
  }[state] ??
      '\u00b7';
  return el('span', {class: `state ${state}`}, el('span', {'aria-hidden': 'true'}, sign), state);
}

function figures(entries) {
  return el(
      'dl', {class: 'figures'},
      entries.map(
          ([name, value, under]) =>
              el('div', null, el('dt', null, short(name), under && el('span', {class: 'under'}, ` ${under}`)),
                 el('dd', null, own(value)))));
}

function openingOfRun(run) {
  const facts = [
    stateNode(run.state),
    ` \u00b7 ${dateText(run.start)} \u00b7 ${durationText(run.seconds)} \u00b7 ${
        countText(run.step, 'step')}, `,
    countText(run.epoch, 'epoch'),
    run.attempt > 1 && ` \u00b7 attempt ${run.attempt}`,
    ` \u00b7 seed ${run.seed}`,
  ];
  const results = run.series.filter((one) => splitOf(one.name)[0] === 'test')
                      .map((one) => [one.name, numberText(one.last)]);
  const best =
      run.best && [`best ${run.best.metric}`, numberText(run.best.value), `at step ${run.best.step}`];
  const last = run.series.filter((one) => splitOf(one.name)[0] === 'valid')
                   .map((one) => [`last ${one.name}`, numberText(one.last)]);
  const shown = [...(best ? [best] : []), ...(results.length ? results : last)].slice(0, 6);
  return el(
      'div', {class: 'opening'}, el('p', {class: 'kind'}, 'Run ', el('code', null, own(run.id))),
      el('h1', {class: 'clamped', title: run.name.slice(0, 2000)}, own(run.name)),
      el('p', {class: 'facts'}, facts), run.message && el('p', {class: 'warning'}, cell(run.message)),
      shown.length > 0 && figures(shown));
}

function openingOfRuns(runs, hasRepeats) {
  const metrics = [...new Set(runs.flatMap((run) => run.series.map((one) => one.name)))]
                      .filter((name) => splitOf(name)[0] !== 'train' && !isOptimisation(name))
                      .slice(0, 6);
  const rows = runs.map(
      (run, i) =>
          [el('span', {class: 'named'}, !hasRepeats && swatch(i, 'solid', i), !hasRepeats && ' ',
              short(run.label)),
           own(run.id),
           stateNode(run.state),
           ...metrics.map((name) => columnText(run.series.find((one) => one.name === name)?.last)),
           durationText(run.seconds),
  ]);
  return el(
      'div', {class: 'opening'}, el('p', {class: 'kind'}, 'Comparison'),
      el('h1', null, `${runs.length} runs`),
      table(
          [
            {title: 'run'}, {title: 'id', code: true}, {title: 'state'},
            ...metrics.map((title) => ({title, number: true})), {title: 'time', number: true}
          ],
          rows, {label: 'runs'}));
}

const glyphs = ['\u25cf', '\u25a0', '\u25c6', '\u25b2', '\u2715', '\u2b1f', '\u2605', '\u2b22'];

/**
 * A piece of the line as charts draw it: colour, dash and symbol, so that none of them has to be told apart
 * alone.
 */
function swatch(index, dash, symbol) {
  const pattern = {solid: '', dash: '6 4', dot: '2 3', dashdot: '7 3 2 3', longdash: '10 4'}[dash];
  return svg(
      'svg', {width: 30, height: 12, 'aria-hidden': 'true'},
      dash && svg('line', {
        x1: 0,
        y1: 6,
        x2: 30,
        y2: 6,
        'stroke-width': 2,
        'stroke-dasharray': pattern,
        style: `stroke: var(--series-${(index % 8) + 1})`
      }),
      symbol !== null &&
          svg('text', {
            x: 15,
            y: 10,
            'text-anchor': 'middle',
            'font-size': 11,
            style: `fill: var(--series-${(index % 8) + 1})`
          },
              glyphs[symbol % glyphs.length]));
}

/** The curves of runs: which are shown and how, for all charts of the page. */
class Curves {
  constructor(runs) {
    this.runs = runs;
    this.groups = groupRepeats(runs);
    this.hasRepeats = this.groups.some((group) => group.length > 1);
    this.isBanded = this.hasRepeats;
    this.x = 'step';
    this.weight = 0;
    this.isLogX = false;
    this.hidden = new Set();
    this.charts = [];
    this.time =
        timeUnit(Math.max(0, ...runs.flatMap((run) => run.axes.map((axis) => axis.seconds.at(-1) ?? 0))));
    const names = runs.flatMap((run) => run.series.map((one) => splitOf(one.name)[0]));
    this.splits = splitNames.filter((split) => names.includes(split));
  }

  isAlone() {
    return this.runs.length === 1;
  }
  refresh() {
    for (const chart of this.charts) chart.isLogX = this.isLogX;
    redraw(this.charts);
  }

  /** What is drawn together: a run, or the repeats of a configuration. */
  families() {
    if (this.isBanded)
      return this.groups.map((group, i) => ({index: i, name: group[0].groupLabel, runs: group}));
    return this.runs.map((run, i) => ({index: i, name: run.label, runs: [run]}));
  }
  familyKey(family) {
    return `${this.isBanded ? 'group' : 'run'} ${family.index}`;
  }

  /**
     Colour by run, dash by split; of one run, all by split. Of learning rates and norms, which have no
     splits, by their place among those of their chart.
   */
  look(family, name, place) {
    const split = splitOf(name)[0];
    if (isOptimisation(name) || !splitNames.includes(split))
      return {
        index: this.isAlone() ? place : family.index,
        dash: dashes[place % dashes.length],
        symbol: this.isAlone() ? null : family.index
      };
    if (this.isAlone())
      return {
        train: {index: 6, dash: 'dot', symbol: null},
        valid: {index: 0, dash: 'solid', symbol: null},
        test: {index: 1, dash: 'solid', symbol: 2}
      }[split];
    return {
      index: family.index,
      dash: {train: 'dot', valid: 'solid', test: 'dash'}[split],
      symbol: family.index
    };
  }

  line(run, series) {
    const axis = run.axes[series.axis];
    const xs = this.x === 'time' ? axis.seconds.map((at) => at === null ? null : at / this.time.seconds) :
                                   axis[this.x];
    return {x: xs, y: series.value, n: series.rows};
  }

  traces(names) {
    const traces = [];
    for (const family of this.families()) {
      if (this.hidden.has(this.familyKey(family))) continue;
      for (const [place, name] of names.entries()) {
        const split = splitOf(name)[0];
        if (this.splits.includes(split) && !isOptimisation(name) && this.hidden.has(`split ${split}`))
          continue;
        const lines = family.runs.map((run) => [run, run.series.find((one) => one.name === name)])
                          .filter(([, series]) => series)
                          .map(([run, series]) => this.line(run, series));
        if (lines.length > 0)
          traces.push(...this.tracesOf(lines, this.look(family, name, place), family, name));
      }
    }
    return traces;
  }

  tracesOf(lines, look, family, name) {
    const ink = seriesColour(look.index);
    const who = this.isAlone() ? label(name, 40) : `${label(family.name, 50)}<br>${label(name, 40)}`;
    const unit = {step: 'step', epoch: 'epoch', time: this.time.short}[this.x];
    const common = {
      type: 'scatter',
      hovertemplate: `%{y:.5~g} at ${this.x === 'time' ? '' : `${unit} `}%{x:.6~g}${
          this.x === 'time' ? ` ${unit}` : ''}<br>${who}<extra></extra>`
    };
    const symbol = look.symbol === null ? undefined : symbols[look.symbol % symbols.length];
    const drawn = (x, y, extra) => {
      const isPoint = y.length < 2;
      return {
        ...common,
        x,
        y,
        mode: isPoint ? 'markers' :
            symbol    ? 'lines+markers' :
                        'lines',
        connectgaps: false,
        line: {color: ink, width: look.dash === 'dot' ? 1.4 : 1.9, dash: look.dash},
        marker:
            {color: ink, size: isPoint ? 9 : 6, symbol: symbol ?? 'circle', maxdisplayed: isPoint ? 0 : 8},
        ...extra
      };
    };
    if (lines.length > 1) return this.bandTraces(bandOf(lines), ink, drawn, lines.length);
    const [{x, y}] = lines;
    if (this.weight === 0 || y.length < 3) return [drawn(x, y)];
    return [
      drawn(x, y, {
        mode: 'lines',
        opacity: 0.28,
        hoverinfo: 'skip',
        hovertemplate: undefined,
        line: {color: ink, width: 1}
      }),
      drawn(x, smoothed(y, this.weight))
    ];
  }

  bandTraces(band, ink, drawn, n) {
    const weight = this.weight;
    const mean = weight > 0 ? smoothed(band.mean, weight) : band.mean;
    const edge = {mode: 'lines', line: {width: 0}, hoverinfo: 'skip', hovertemplate: undefined};
    return [
      drawn(band.x, band.low, edge),
      drawn(band.x, band.high, {...edge, fill: 'tonexty', fillcolor: translucent(ink, 0.18)}),
      drawn(band.x, mean, {
        text: band.x.map((_, i) => `${numberText(band.low[i])} to ${numberText(band.high[i])} of ${n}`),
        hovertemplate: drawn([], []).hovertemplate.replace('<extra>', '<br>%{text}<extra>')
      })
    ];
  }

  chart(title, names, isWide, below) {
    const chart = {
      isWide,
      canLog: true,
      isLogX: this.isLogX,
      view: () => this.x,
      traces: () => this.traces(names),
      layout: () => ({
        xaxis: {title: {step: 'step', epoch: 'epoch', time: this.time.name}[this.x]},
        yaxis: {},
        hovermode: this.isAlone() ? 'x' : 'closest',
      }),
      describe: () => this.runs.slice(0, 4)
                          .flatMap(
                              (run) => names.map((name) => run.series.find((one) => one.name === name))
                                           .filter(Boolean)
                                           .map((one) => `${one.name} ends at ${numberText(one.last)}.`))
                          .join(' ')
                          .slice(0, 600),
    };
    const thinned = this.runs.flatMap((run) => run.series)
                        .find((one) => names.includes(one.name) && one.value.length < one.rows);
    this.charts.push(chart);
    return figure(title, chart, [
      below,
      thinned &&
          el('p', {class: 'below'},
             `${grouped(thinned.value.length)} of ${
                 grouped(thinned.rows)} rows drawn, among them the least and the most of each stretch.`)
    ]);
  }

  legend() {
    const list = el('ul', {class: 'legend', 'aria-label': 'What is drawn'});
    const entry = (key, text) => el('li', null, toggle(el('span', null), !this.hidden.has(key), (isOn) => {
                                      if (isOn)
                                        this.hidden.delete(key);
                                      else
                                        this.hidden.add(key);
                                      announce(`${text.slice(0, 100)} ${isOn ? 'shown' : 'hidden'}`);
                                      this.refresh();
                                    }, {class: null, 'data-key': key}));
    const build = () => {
      list.replaceChildren();
      if (!this.isAlone()) {
        for (const family of this.families()) {
          const item = entry(this.familyKey(family), family.name);
          item.firstChild.replaceChildren(
              swatch(family.index, 'solid', family.index), short(family.name),
              ...(family.runs.length > 1 ? [` \u00d7${family.runs.length}`] : []));
          list.append(item);
        }
      }
      for (const split of this.splits) {
        const item = entry(`split ${split}`, split);
        const look = this.look({index: 6}, `${split}/`, 0);
        item.firstChild.replaceChildren(
            swatch(look.index, look.dash, this.isAlone() ? look.symbol : null), split);
        list.append(item);
      }
    };
    build();
    this.rebuildLegend = build;
    return list;
  }

  controls() {
    const shown = el('output', null, '0');
    const slider = el('input', {
      type: 'range',
      min: 0,
      max: 0.99,
      step: 0.01,
      value: 0,
      'aria-label': 'smoothing',
      oninput: (event) => {
        this.weight = Number(event.target.value);
        shown.textContent = this.weight.toFixed(2).replace(/\.?0+$/, '') || '0';
        this.refresh();
      }
    });
    return el(
        'div', {class: 'controls'},
        choice(
            'over', [['step', 'steps'], ['epoch', 'epochs'], ['time', 'time']], this.x,
            (x) => {
              this.x = x;
              this.refresh();
            }),
        el('span', null, el('span', {class: 'label'}, 'smoothing '), slider, ' ', shown),
        toggle(
            'log x', false,
            (isOn) => {
              this.isLogX = isOn;
              this.refresh();
            },
            {'aria-label': 'logarithmic horizontal axes'}),
        this.hasRepeats && toggle('band over seeds', this.isBanded, (isOn) => {
          this.isBanded = isOn;
          this.hidden.clear();
          this.rebuildLegend();
          this.refresh();
        }));
  }
}

/** Series by what they measure: [["loss", ["train/loss", "valid/loss"]], ...]. */
function families(names) {
  const groups = new Map();
  for (const name of names) {
    const [split, metric] = splitOf(name);
    const key = splitNames.includes(split) ? metric : name;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(name);
  }
  return [...groups];
}

function curvesSection(curves) {
  const names = [...new Set(curves.runs.flatMap((run) => run.series.map((one) => one.name)))].filter(
      (name) => !isOptimisation(name));
  const drawn = families(names).filter(
      ([, list]) => curves.runs.some(
          (run) => run.series.some((one) => list.includes(one.name) && one.value.length > 1)));
  if (drawn.length === 0) return null;
  return section(
      'curves', 'Curves', curves.controls(), curves.legend(),
      curves.hasRepeats &&
          el('p', {class: 'note'},
             'Runs whose configs differ in the seed alone are drawn as one: a line for their mean, a band from the least to the most of them.'),
      figuresGrid(drawn.map(([title, list]) => curves.chart(title, list, drawn.length === 1))),
      valuesTable(curves.runs, names));
}

function optimisationSection(curves) {
  const names =
      [...new Set(curves.runs.flatMap((run) => run.series.map((one) => one.name)))].filter(isOptimisation);
  const groups = [
    ['learning rate', names.filter((name) => name.startsWith('train/lr'))],
    ['gradient norm', names.filter((name) => /^norm\/gradient|^train\/grad_norm/.test(name))],
    ['weight norm', names.filter((name) => name.startsWith('norm/weight'))],
    ['loss scale', names.filter((name) => name.startsWith('train/scale'))],
  ].filter(([, list]) => list.length > 0);
  if (groups.length === 0) return null;
  return section(
      'optimisation', 'Optimisation',
      figuresGrid(groups.map(
          ([title, list]) => curves.chart(
              title, list, groups.length === 1, list.length > 1 && lineNames(list, curves.isAlone())))));
}

/** What the lines of a chart are, by their place: under it, as nothing is switched there. */
function lineNames(names, hasColours) {
  return el(
      'ul', {class: 'legend'},
      names.map(
          (name, i) =>
              el('li', {class: 'below'}, swatch(hasColours ? i : 6, dashes[i % dashes.length], null), ' ',
                 short(name))));
}

/** The last, the least and the most of each series. */
function valuesTable(runs, names) {
  const isAlone = runs.length === 1;
  const rows = names.flatMap(
      (name) => runs.map((run) => [run, run.series.find((one) => one.name === name)])
                    .filter(([, one]) => one)
                    .map(([run, one]) => {
                      const at = ([value, step]) =>
                          el('span', null, columnText(value), el('span', {class: 'under'}, ` at ${step}`));
                      const cells = [
                        own(name), ...(isAlone ? [] : [short(run.label)]), columnText(one.last),
                        one.least && one.rows > 1 ? at(one.least) : '',
                        one.most && one.rows > 1 ? at(one.most) : '', grouped(one.rows)
                      ];
                      return cells;
                    }));
  return el(
      'details', null, el('summary', null, 'Values ', el('span', {class: 'count'}, rows.length)),
      table(
          [
            {title: 'metric'}, ...(isAlone ? [] : [{title: 'run'}]), {title: 'last', number: true},
            {title: 'least', number: true}, {title: 'most', number: true}, {title: 'rows', number: true}
          ],
          rows, {label: 'values'}));
}

/** "system/peak_rss_bytes" -> "peak rss" */
const measured = (name) => splitOf(name)[1].replace(/_(bytes|percent)$/, '').replaceAll('_', ' ');

function systemSection(runs) {
  const all = runs.flatMap((run) => run.system);
  const names = [...new Set(all.map((one) => one.name))];
  if (names.length === 0) return null;
  const isBytes = (name) => name.endsWith('_bytes');
  const most =
      all.filter((one) => isBytes(one.name)).flatMap((one) => one.value).reduce((a, b) => (b > a ? b : a), 0);
  const [bytes, byteUnit] = most >= 1e9 ? [1e9, 'GB'] : [1e6, 'MB'];
  const time = timeUnit(Math.max(...all.map((one) => one.seconds.at(-1) ?? 0)));
  const groups = [
    [`memory, ${byteUnit}`, names.filter(isBytes)],
    ...names.filter((name) => !isBytes(name))
        .map((name) => [measured(name) + (name.endsWith('_percent') ? ', %' : ''), [name]])
  ].filter(([, list]) => list.length > 0);
  const trace = (run, r, name, one, i) => {
    const index = runs.length > 1 ? r : i;
    const who = runs.length > 1 ? `<br>${label(run.label, 50)}` : '';
    return {
      type: 'scatter',
      mode: one.value.length < 2 ? 'markers' : 'lines+markers',
      x: one.seconds.map((seconds) => seconds / time.seconds),
      y: isBytes(name) ? one.value.map((value) => value / bytes) : one.value,
      line: {color: seriesColour(index), width: 1.8, dash: dashes[i % dashes.length]},
      marker: {color: seriesColour(index), symbol: symbols[index % symbols.length], size: 6, maxdisplayed: 8},
      hovertemplate:
          `%{y:.4~g} after %{x:.5~g} ${time.short}<br>${label(measured(name), 40)}${who}<extra></extra>`
    };
  };
  const figureOf =
      ([title, list]) =>
          figure(
              title, {
                isWide: groups.length === 1,
                traces: () => runs.flatMap(
                    (run, r) => list.map((name) => [name, run.system.find((one) => one.name === name)])
                                    .filter(([, one]) => one)
                                    .map(([name, one], i) => trace(run, r, name, one, i))),
                layout: () => ({xaxis: {title: time.name}, yaxis: {rangemode: 'tozero'}}),
              },
              list.length > 1 && lineNames(list.map(measured), runs.length === 1));
  return section('system', 'System use', figuresGrid(groups.map(figureOf)));
}

/** Names of n classes as a run's data has them, else their numbers. */
const classNames = (run, n) =>
    (run.classes.length === n ? run.classes : Array.from({length: n}, (_, i) => String(i)));

const sum = (values) => values.reduce((all, value) => all + value, 0);

/** look: {isShare}, what all matrices of the page show. */
function matrixFigure(run, matrix, title, look, drawn) {
  const n = matrix.rows.length;
  const names = classNames(run, n);
  const totals = matrix.rows.map(sum);
  const ticks = names.map((name, i) => (n > 30 && i % Math.ceil(n / 15) ? '' : label(name, 14)));
  const isLong = names.some((name) => name.length > 4);
  const at = [...matrix.rows.keys()];
  const shown = (value, i) => (look.isShare ? (totals[i] ? value / totals[i] : 0) : value);
  const text = (value, i) =>
      (value === 0      ? '' :
           look.isShare ? `${Math.round((100 * value) / totals[i])}` :
                          String(value));
  const chart = {
    size: 'square',
    canZoom: n > 12,
    traces: () => [{
      type: 'heatmap',
      x: at,
      y: at,
      zmin: 0,
      z: matrix.rows.map((row, i) => row.map((value) => shown(value, i))),
      colorscale: [[0, colour('paper')], [0.02, mixed('paper', 'accent', 0.12)], [1, colour('accent')]],
      showscale: false,
      xgap: 1,
      ygap: 1,
      text: matrix.rows.map((row, i) => row.map((value) => text(value, i))),
      texttemplate: n <= 25 ? '%{text}' : undefined,
      textfont: {size: n <= 12 ? 12 : 9},
      customdata: matrix.rows.map(
          (row, i) => row.map((value, j) => [label(names[i], 40), label(names[j], 40), value])),
      hovertemplate: '%{customdata[0]} taken for %{customdata[1]}: %{customdata[2]}<extra></extra>',
    }],
    layout: () => ({
      margin: {l: 40, r: 8, t: 8, b: 40},
      xaxis: {
        title: 'taken for',
        tickvals: at,
        ticktext: ticks,
        tickangle: isLong ? -40 : 0,
        automargin: true,
        showgrid: false,
        constrain: 'domain'
      },
      yaxis: {
        title: 'true class',
        tickvals: at,
        ticktext: ticks,
        automargin: true,
        autorange: 'reversed',
        showgrid: false,
        scaleanchor: 'x',
        constrain: 'domain'
      },
    }),
    describe: () => `${n} classes; ${sum(at.map((i) => matrix.rows[i][i]))} of ${sum(totals)} right.`,
  };
  drawn.push(chart);
  return figure(title, chart);
}

/** How well each class is known, and what it is taken for most. */
function classesTable(run, matrix) {
  const names = classNames(run, matrix.rows.length);
  const share = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)}%` : '\u2013');
  const mistakes = (row, i) => row.map((value, j) => [value, j])
                                   .filter(([value, j]) => value > 0 && j !== i)
                                   .sort((a, b) => b[0] - a[0])
                                   .slice(0, 4)
                                   .map(([value, j]) => `${names[j]} (${grouped(value)})`)
                                   .join(' \u00b7 ');
  const rows = matrix.rows.map(
      (row, i) =>
          [own(names[i]), grouped(sum(row)), share(row[i], sum(row)),
           share(row[i], sum(matrix.rows.map((other) => other[i]))), cell(mistakes(row, i))]);
  return table(
      [
        {title: 'class'}, {title: 'rows', number: true}, {title: 'recall', number: true},
        {title: 'precision', number: true}, {title: 'taken for'}
      ],
      rows, {label: 'classes'});
}

/** Test before valid before train, then the rest. */
const bySplit = (a, b) => {
  const place = (name) => ['test', 'valid', 'train'].indexOf(splitOf(name)[0]);
  return (place(a) < 0) - (place(b) < 0) || place(a) - place(b);
};

/** One of several panels is shown, chosen by buttons. */
function panels(title, list) {
  const shown = list.map(([, node], i) => el('div', {hidden: i > 0}, node));
  const buttons = choice(title, list.map(([name], i) => [i, name]), 0, (chosen) => {
    shown.forEach((node, i) => {
      node.hidden = i !== chosen;
    });
  });
  return [list.length > 1 && buttons, shown];
}

function matricesSection(runs) {
  const all = runs.flatMap((run) => run.matrices.map((matrix) => ({run, matrix})));
  if (all.length === 0) return null;
  const isAlone = runs.length === 1;
  const look = {isShare: false}, drawn = [];
  const names = [...new Set(all.map(({matrix}) => matrix.name))].sort(bySplit);
  const called = (name) => splitOf(name)[0];
  const most = 12;
  const panelOf = (name) => {
    const those = all.filter(({matrix}) => matrix.name === name);
    const figures = those.slice(0, most).map(
        ({run, matrix}) => matrixFigure(
            run, matrix, isAlone ? `${called(name)}, step ${grouped(matrix.step)}` : run.label, look, drawn));
    if (isAlone) return el('div', {class: 'pair'}, figures, classesTable(those[0].run, those[0].matrix));
    return [
      figuresGrid(figures),
      those.length > most && el('p', {class: 'below'}, `the first ${most} of ${those.length}`)
    ];
  };
  const [which, shown] = panels('of', names.map((name) => [called(name), panelOf(name)]));
  const cells = choice('cells', [[false, 'counts'], [true, '% of the class']], false, (value) => {
    look.isShare = value;
    redraw(drawn);
  });
  return section('confusion', 'Confusion', el('div', {class: 'controls'}, which, cells), shown);
}

/** Bytes [height, width, channels] from `at` on, grey or red, green and blue, as an element. */
function pixelsNode(bytes, at, [height, width, channels]) {
  const node = el('canvas', {width, height, 'aria-hidden': 'true'});
  const context = node.getContext('2d'), image = context.createImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = bytes[at + i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return node;
}

function sampleNode(row, names, picture) {
  const [id, truth, predicted, chance, ownChance] = row;
  const name = (i) => names[i] ?? String(i);
  const percent = (value) => (value > 0 && value < 0.01 ? '< 1%' : `${Math.round(100 * value)}%`);
  const isRight = truth === predicted;
  return el(
      'li', {class: isRight ? 'right' : 'wrong', title: `row ${id}`}, picture,
      el('span', {class: 'said'}, el('span', {'aria-hidden': 'true'}, isRight ? '\u2713 ' : '\u2715 '),
         el('b', null, short(name(predicted))), ` ${percent(chance)}`),
      el('span', {class: 'under'},
         isRight ? `row ${id}` : ['is ', short(name(truth)), `, ${percent(ownChance)}`]));
}

/** Made when it comes near the window: a thousand pictures of fifty runs are not for nothing. */
function sampleList(run, sample) {
  const list = el('ul', {class: `samples ${sample.pixels ? '' : 'bare'}`});
  const names = run.classes;
  const fillIn = () => {
    const bytes = sample.pixels && bytesOf(sample.pixels);
    const size = sample.size?.reduce((a, b) => a * b);
    list.append(...sample.rows.map(
        (row, i) => sampleNode(row, names, bytes && pixelsNode(bytes, i * size, sample.size))));
  };
  const coming = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    coming.disconnect();
    fillIn();
  }, {rootMargin: '400px'});
  coming.observe(list);
  return list;
}

/** What the model says of single rows: those that cost most, and some at random. */
function samplesSection(runs) {
  const shownRuns = runs.filter((run) => run.samples.length > 0).slice(0, 12);
  if (shownRuns.length === 0) return null;
  const kinds = new Map([['samples_worst', 'highest loss'], ['samples_drawn', 'drawn at random']]);
  const called = (name, several) =>
      `${several ? `${splitOf(name)[0]}, ` : ''}${kinds.get(splitOf(name)[1]) ?? splitOf(name)[1]}`;
  const ofRun = (run) => {
    const several = new Set(run.samples.map(({name}) => splitOf(name)[0])).size > 1;
    const sorted = run.samples.toSorted(
        (a, b) =>
            bySplit(a.name, b.name) || Number(a.name.endsWith('drawn')) - Number(b.name.endsWith('drawn')));
    const [which, shown] =
        panels('rows', sorted.map((one) => [called(one.name, several), sampleList(run, one)]));
    return [el('div', {class: 'controls'}, which), shown];
  };
  const [which, shown] = panels('run', shownRuns.map((run) => [run.label.slice(0, 60), ofRun(run)]));
  return section('samples', 'Samples', el('div', {class: 'controls'}, which), shown);
}

/** A table of keys and values with a filter above it. rows: [[key, ...cells]], keys as texts. */
function keyTable(columns, rows, name, extra) {
  const made = table(
      columns,
      rows.map(
          (row) => Object.assign(
              row.map(
                  (value, i) =>
                      (i === 0                       ? el('code', null, own(value)) :
                           typeof value === 'string' ? cell(value) :
                                                       value)),
              {kind: row.kind})),
      {label: name, box: {class: `table ${columns.length <= 3 ? 'keys' : ''}`}});
  if (rows.length <= 6) return [extra && el('div', {class: 'controls'}, extra), made];
  const lines = [...made.querySelectorAll('tbody tr')];
  const texts = rows.map((row) => row.filter((one) => typeof one === 'string').join('\n').toLowerCase());
  const filter = el('input', {
    type: 'search',
    placeholder: 'filter keys and values',
    'aria-label': `filter ${name}`,
    oninput: (event) => {
      const wanted = event.target.value.toLowerCase();
      let n = 0;
      lines.forEach((line, i) => {
        line.hidden = !texts[i].includes(wanted);
        n += line.hidden ? 0 : 1;
      });
      announce(countText(n, 'row'));
    }
  });
  return [el('div', {class: 'controls'}, filter, extra), made];
}

function configSection(runs) {
  if (runs.length === 1) {
    const [run] = runs;
    const places = new Map(Object.entries(run.provenance));
    const from = (key) => String(places.get(key) ?? '');
    // A file by its name: where it lay says its tooltip.
    const place = (key) => own(from(key).replace(/^.*\/(?=[^/]+:\d+:\d+$)/, ''), {title: from(key)});
    const rows = [...run.flat].map(
        ([key, value]) => Object.assign(
            [key, valueText(value), place(key)], {kind: from(key).startsWith('default') ? 'quiet' : null}));
    const made = el('div');
    const written = toggle('only what was written', false, (isOn) => made.classList.toggle('written', isOn));
    made.append(
        ...keyTable([{title: 'key'}, {title: 'value', code: true}, {title: 'from'}], rows, 'config', written)
            .filter(Boolean));
    return section('config', 'Config', made);
  }
  const differing = differences(runs.map((run) => run.flat));
  const same = [...runs[0].flat]
                   .filter(([key]) => !differing.some(([other]) => other === key))
                   .map(([key, value]) => [key, valueText(value)]);
  return section(
      'config', 'Config', el('h3', null, differing.length ? 'What differs' : 'The configs are the same'),
      differing.length > 0 &&
          keyTable(
              [{title: 'key'}, ...runs.map((run) => ({node: short(run.label)}))],
              differing.map(
                  ([
                    key, values
                  ]) => [key, ...values.map((value) => (value === undefined ? '\u2013' : valueText(value)))]),
              'what differs'),
      el('details', null, el('summary', null, 'What is the same ', el('span', {class: 'count'}, same.length)),
         keyTable([{title: 'key'}, {title: 'value', code: true}], same, 'what is the same')));
}

function environmentSection(runs) {
  const maps = runs.map((run) => new Map(flatten(run.environment)));
  const isAlone = runs.length === 1;
  const differing = isAlone ? [] : differences(maps);
  const shared = [...maps[0].keys()].filter((key) => !differing.some(([other]) => other === key));
  const isDetail = (key) => /^(programs|source_changes)\./.test(key);
  const names = shared.filter((key) => !isDetail(key)), details = shared.filter(isDetail);
  const texts = (key, value) =>
      (key.endsWith('bytes') && typeof value === 'number' ? bytesText(value) : valueText(value));
  const values = (keys) => keys.map((key) => [key, texts(key, maps[0].get(key))]);
  return section(
      'environment', 'Environment',
      differing.length > 0 &&
          [
            el('h3', null, 'What differs'),
            keyTable(
                [{title: 'what'}, ...runs.map((run) => ({node: short(run.label)}))],
                differing.map(([key, values]) => [key, ...values.map((value) => texts(key, value))]),
                'environments that differ')
          ],
      isAlone ? keyTable([{title: 'what'}, {title: 'value'}], values(names), 'environment') :
                fold(
                    'What is the same', names.length,
                    () => keyTable([{title: 'what'}, {title: 'value'}], values(names), 'environment')),
      fold(
          'Programs and changes of the source', details.length,
          () => keyTable([{title: 'what'}, {title: 'value', code: true}], values(details), 'programs')));
}

/** Made when it is first opened: the events of fifty runs are many rows. */
function fold(title, count, make) {
  if (count === 0) return null;
  const node = el('details', null, el('summary', null, title, ' ', el('span', {class: 'count'}, count)));
  node.addEventListener('toggle', () => fill(node, null, [make()]), {once: true});
  return node;
}

function recordOf(run) {
  const number = (title) => ({title, number: true});
  const files = () => table(
      [{title: 'file'}, number('size'), {title: 'SHA-256', code: true}],
      run.data.map((file) => [cell(file.path), bytesText(file.bytes), file.sha256]), {label: 'data'});
  const checkpoints = () => table(
      [{title: 'file'}, {title: 'kind'}, number('step'), number('size')],
      run.checkpoints.map((one) => [one.file, one.kind, String(one.step), bytesText(one.bytes)]),
      {label: 'checkpoints'});
  const attempts = () => table(
      [
        {title: 'attempt'}, {title: 'how it ended'}, number('time'), number('from step'),
        {title: 'command', code: true}
      ],
      run.attempts.map(
          (one) =>
              [String(one.attempt), one.state, durationText(one.seconds), String(one.from),
               cell(one.command)]),
      {label: 'attempts'});
  const {shown, in_all} = run.events;
  const events = () =>
      [shown.length < in_all && el('p', {class: 'note'}, `the last ${shown.length} of them`),
       table(
           [number('step'), {title: 'kind'}, {title: 'message'}],
           shown.map((one) => [String(one.step), one.kind, cell(one.message)]), {label: 'events'}),
  ];
  return [
    el('p', {class: 'note'}, el('code', null, own(run.folder))),
    fold('Data', run.data.length, files),
    fold('Checkpoints', run.checkpoints.length, checkpoints),
    fold('Attempts', run.attempts.length, attempts),
    fold('Events', in_all, events),
  ];
}

function recordSection(runs) {
  const parts = runs.length === 1 ? recordOf(runs[0]) :
                                    runs.map((run) => fold(short(run.label), '', () => recordOf(run)));
  return section('record', 'Record', parts);
}

function runPage(runs) {
  nameRuns(runs);
  groupRepeats(runs).forEach((group) => {
    const label = group.length > 1 ? group[0].label.replace(/ ?\bseed=\S+/, '').trim() : group[0].label;
    group.forEach((run) => {
      run.groupLabel = label;
    });
  });
  const curves = new Curves(runs);
  return [
    runs.length === 1 ? openingOfRun(runs[0]) : openingOfRuns(runs, curves.hasRepeats),
    curvesSection(curves),
    optimisationSection(curves),
    matricesSection(runs),
    samplesSection(runs),
    systemSection(runs),
    configSection(runs),
    environmentSection(runs),
    recordSection(runs),
  ];
}
