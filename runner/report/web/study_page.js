// A study: its trials, what its parameters did, and whether the best is better than the rest.

/**
 * The trials that a filter and the brushes of the parallel axes leave; tables and charts of the page follow
 * it.
 */
class Selection {
  constructor(study) {
    this.study = study;
    this.filtered = study.trials;
    this.brushed = null;
    this.listeners = [];
  }
  shown() {
    return this.brushed ? this.filtered.filter((trial) => this.brushed.has(trial)) : this.filtered;
  }
  filter(trials) {
    this.filtered = trials;
    this.brushed = null;
    this.tell('filter');
  }
  brush(trials) {
    this.brushed = trials;
    this.tell('brush');
  }
  tell(why) {
    this.listeners.forEach((listener) => listener(why));
  }
}

const isBetter = (study, a, b) => (study.objective.mode === 'max' ? a > b : a < b);
const objectiveName = (study) => study.objective?.metric ?? 'objective';
const parameterText = (parameter, value) =>
    (value === null                  ? '' :
         parameter.kind === 'choice' ? parameter.choices[value] ?? String(value) :
                                       numberText(value, 4));

function bestTrial(study) {
  if (!study.objective) return null;
  return study.trials.filter((trial) => trial.state === 'finished' && Number.isFinite(trial.objective))
      .reduce(
          (best, trial) => (!best || isBetter(study, trial.objective, best.objective) ? trial : best), null);
}

function openingOfStudy(study) {
  const count = (state) => study.trials.filter((trial) => trial.state === state).length;
  const counts =
      [
        ['finished', count('finished')], ['stopped', count('stopped')], ['failed', count('failed')],
        ['open', count('open')]
      ].filter(([, n]) => n > 0)
          .map(([state, n]) => `${grouped(n)} ${state}`)
          .join(', ');
  const reasons = new Map();
  study.trials.filter((trial) => trial.reason)
      .forEach((trial) => reasons.set(trial.reason, (reasons.get(trial.reason) ?? 0) + 1));
  const [best] = study.configurations;
  const isGrouped = study.groups.length > 1;
  const objective = study.objective ?
      [
        'objective ', own(study.objective.metric),
        study.objective.mode === 'max' ? ', higher is better' : ', lower is better'
      ] :
      'no objective';
  const values = best && !isGrouped &&
      study.parameters.map((parameter, i) => [parameter, best.values[i]])
          .filter(([, value]) => value !== null)
          .map(([parameter, value]) => [parameter.name, parameterText(parameter, value)]);
  return el(
      'div', {class: 'opening'}, el('p', {class: 'kind'}, 'Sweep ', el('code', null, own(study.id))),
      el('h1', {class: 'clamped', title: study.name.slice(0, 2000)}, own(study.name)),
      el('p', {class: 'facts'}, own(study.sampler), study.pruner && [' with ', own(study.pruner)], ' \u00b7 ',
         objective, ` \u00b7 ${counts || 'nothing yet'} of ${countText(study.n_trials, 'trial')}`,
         reasons.size > 0 && ` (${[...reasons].map(([reason, n]) => `${reason} ${n}`).join(', ')})`,
         study.n_repeats > 1 && ` \u00b7 ${study.n_repeats} repeats of each configuration`,
         isGrouped && ` \u00b7 ${study.groups.length} groups`),
      best && !isGrouped && figures([[
        `best ${study.objective.metric}${study.n_repeats > 1 ? ', mean' : ''}`, numberText(best.mean),
        `configuration ${best.number}`
      ]]),
      values && values.length > 0 &&
          el('p', {class: 'facts'},
             values.flatMap(
                 ([name, value],
                  i) => [i > 0 ? ' \u00b7 ' : '', own(name), ' ', el('b', null, short(value))])));
}

function filterBox(study, selection) {
  const names = [
    'trial', 'state', 'reason', 'seconds', 'epoch', 'step', 'objective', ...study.metric_names,
    ...study.parameters.map((one) => one.name)
  ];
  const index = new Map(study.parameters.map((one, i) => [one.name, i]));
  const metric = new Map(study.metric_names.map((name, i) => [name, i]));
  const get = (trial, key) => {
    if (index.has(key)) {
      const parameter = study.parameters[index.get(key)], value = trial.values[index.get(key)];
      return value !== null && parameter.kind === 'choice' ? parameterText(parameter, value) : value;
    }
    return metric.has(key) ? trial.metrics[metric.get(key)] : key === 'trial' ? trial.number : trial[key];
  };
  const texts = (trial) =>
      [trial.label, trial.state, trial.reason, trial.message, study.groups[trial.group],
       ...study.parameters.map(
           (parameter, i) => (parameter.kind === 'choice' ? parameterText(parameter, trial.values[i]) : ''))];
  const said = el('span', {class: 'label', id: 'filter-said'});
  const example = study.parameters.find((one) => one.kind !== 'choice')?.name ?? 'state';
  const input = el('input', {
    type: 'search',
    id: 'filter',
    'aria-describedby': 'filter-said',
    placeholder: example === 'state' ? 'state = finished' :
                                       `${example} < ${
                                           numberText(
                                               (study.parameters.find((one) => one.name === example).low +
                                                study.parameters.find((one) => one.name === example).high) /
                                                   2,
                                               2)} and state = finished`,
    'aria-label': 'filter trials',
    oninput: () => {
      const made = filterOf(input.value, names, get, texts);
      input.setAttribute('aria-invalid', String(Boolean(made.error)));
      if (made.error) {
        said.textContent = made.error;
        return;
      }
      selection.filter(study.trials.filter(made.test));
    }
  });
  const tell = () => {
    said.textContent = `${grouped(selection.shown().length)} of ${countText(study.trials.length, 'trial')}`;
  };
  selection.listeners.push(() => {
    tell();
    announce(said.textContent);
  });
  tell();
  const clear =
      el('button', {
        type: 'button',
        class: 'toggle',
        onclick: () => {
          input.value = '';
          input.setAttribute('aria-invalid', 'false');
          selection.filter(study.trials);
        }
      },
         'all trials');
  return el('div', {class: 'controls'}, input, clear, said);
}

/** The trial table: sorted by its heads; as many rows as its box shows, and more when it is scrolled. */
function trialTable(study, selection) {
  const metrics = study.metric_names.filter((name) => name !== study.objective?.metric).slice(0, 8);
  const columns = [
    {
      title: 'trial',
      number: true,
      of: (trial) => trial.number,
      text: (trial) => trial.label.replace(/^trial /, '')
    },
    {
      title: 'state',
      of: (trial) => trial.state + trial.reason,
      node: (trial) =>
          el('span', {title: trial.message.slice(0, 500)}, stateNode(trial.state),
             trial.reason && ` ${trial.reason}`)
    },
    study.objective && {
      title: study.objective.metric,
      number: true,
      of: (trial) => trial.objective,
      text: (trial) => columnText(trial.objective)
    },
    study.groups.length > 1 && {
      title: 'group',
      of: (trial) => study.groups[trial.group],
      text: (trial) => study.groups[trial.group]
    },
    study.n_repeats > 1 &&
        {title: 'repeat', number: true, of: (trial) => trial.repeat, text: (trial) => String(trial.repeat)},
    ...study.parameters.map((parameter, i) => ({
                              title: parameter.name,
                              number: parameter.kind !== 'choice',
                              code: parameter.kind === 'choice',
                              of: (trial) => trial.values[i],
                              text: (trial) => parameterText(parameter, trial.values[i])
                            })),
    ...metrics.map((name) => ({
                     title: name,
                     number: true,
                     of: (trial) => trial.metrics[study.metric_names.indexOf(name)],
                     text: (trial) => columnText(trial.metrics[study.metric_names.indexOf(name)])
                   })),
    {
      title: 'time',
      number: true,
      of: (trial) => trial.seconds,
      text: (trial) => (trial.state === 'open' ? '' : durationText(trial.seconds))
    },
  ].filter(Boolean);
  let sorted =
      study.objective ? columns.find((column) => column.title === study.objective.metric) : columns[0];
  let isAscending = study.objective?.mode !== 'max';
  const step = 40;
  let n = step;
  const best = bestTrial(study);
  const body = el('tbody');
  const heads = columns.map(
      (column) =>
          el('th', {scope: 'col', class: column.number && 'number'},
             el('button', {
               type: 'button',
               title: `sort by ${column.title.slice(0, 200)}`,
               onclick: () => {
                 isAscending = sorted === column ? !isAscending : true;
                 sorted = column;
                 fillRows();
               }
             },
                own(column.title), el('span', {'aria-hidden': 'true'}))));
  const more = el('button', {
    type: 'button',
    class: 'toggle',
    onclick: () => {
      n = Infinity;
      fillRows();
    }
  });
  const box = el('div', {class: 'table', tabindex: '0', role: 'region', 'aria-label': 'trials'});
  box.addEventListener('scroll', () => {
    if (more.hidden || box.scrollTop + 2 * box.clientHeight < box.scrollHeight) return;
    n += 2 * step;
    fillRows();
  }, {passive: true});

  const isMissing = (value) => value === null || value === undefined || Number.isNaN(value);
  const order = (a, b) => {
    const x = sorted.of(a), y = sorted.of(b);
    if (isMissing(x) || isMissing(y))
      return Number(isMissing(x)) - Number(isMissing(y)) || a.number - b.number;
    const difference = typeof x === 'string' ? x.localeCompare(y) : x - y;
    return (isAscending ? difference : -difference) || a.number - b.number;
  };
  const row = (trial) =>
      el('tr', {class: trial === best ? 'best' : trial.state !== 'finished' && 'quiet'},
         columns.map((column, i) => {
           const content = column.node ? column.node(trial) :
               column.code             ? short(column.text(trial)) :
                                         own(column.text(trial));
           return i === 0 ? el('th', {scope: 'row', class: 'number'}, content) :
                            el('td', {class: column.number && 'number'}, content);
         }));
  const fillRows = () => {
    const trials = [...selection.shown()].sort(order);
    body.replaceChildren(...trials.slice(0, n).map(row));
    heads.forEach((head, i) => {
      const isSorted = columns[i] === sorted;
      if (isSorted)
        head.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
      else
        head.removeAttribute('aria-sort');
      head.querySelector('span').textContent = isSorted ? (isAscending ? ' \u2191' : ' \u2193') : '';
    });
    more.hidden = trials.length <= n;
    more.textContent = `show all ${grouped(trials.length)}`;
  };
  selection.listeners.push(fillRows);
  fillRows();
  box.append(el('table', {id: 'trials-table'}, el('thead', null, el('tr', null, heads)), body));
  return [box, more];
}

/** Objectives over the numbers of trials, with the best so far. */
function progressChart(study, selection) {
  const finished = study.trials.filter(
      (trial) => trial.number >= 0 && trial.state === 'finished' && Number.isFinite(trial.objective));
  let best = null;
  const soFar = finished.map(
      (trial) => (best = best === null || isBetter(study, trial.objective, best) ? trial.objective : best));
  const chart = {
    isWide: true,
    canLog: true,
    traces: () => {
      const shown = new Set(selection.shown());
      return [
        ...points(study, finished.filter((trial) => shown.has(trial)), (trial) => trial.number), {
          type: 'scatter',
          mode: 'lines',
          x: finished.map((trial) => trial.number),
          y: soFar,
          line: {color: colour('ink'), width: 1.5, shape: 'hv'},
          hoverinfo: 'skip'
        }
      ];
    },
    layout: () => ({xaxis: {title: 'trial'}, yaxis: {title: label(objectiveName(study), 40)}}),
    describe: () => `${countText(finished.length, 'trial')}; the best so far ends at ${numberText(best)}.`,
  };
  selection.listeners.push(() => redraw([chart]));
  return figure('Best so far', chart);
}

/** As many as a chart draws at once without making a reader wait. */
function thinned(all) {
  const every = Math.ceil(all.length / 3000);
  return every > 1 ? all.filter((_, i) => i % every === 0) : all;
}

/** A point a trial, and a star for the best of all. */
function points(study, all, x) {
  const best = bestTrial(study);
  const trace = (trials, marker) => ({
    type: 'scatter',
    mode: 'markers',
    x: trials.map(x),
    y: trials.map((trial) => trial.objective),
    marker,
    text: trials.map((trial) => label(trial.label)),
    hovertemplate: '%{text}: %{y:.5~g}<extra></extra>',
  });
  const others = thinned(all.filter((trial) => trial !== best));
  return [
    trace(others, {color: colour('accent'), opacity: 0.55, size: others.length > 300 ? 4.5 : 6.5}),
    trace(
        all.filter((trial) => trial === best),
        {color: colour('best'), symbol: 'star', size: 13, line: {color: colour('paper'), width: 1}})
  ];
}

/**
 * Ticks of an axis that shows logarithms: at powers of ten and, where these are few, at 2 and 5 times them.
 */
function logTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const times of high / low < 1000 ? [1, 2, 5] : [1]) {
      const value = times * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push(value);
    }
  }
  return ticks;
}

/** Four or so, at multiples of 1, 2 or 5 times a power of ten. */
function linearTicks(low, high) {
  if (!(high > low)) return [low];
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((times) => times * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({length: Math.floor(high / step + 1e-9) - first + 1}, (_, i) => (first + i) * step);
}

/** A parameter, or the objective, as a vertical axis: where a trial is on it, from 0 to 1, and its ticks. */
function axisOf(title, values, parameter) {
  const known = values.filter((value) => value !== null);
  if (parameter?.kind === 'choice') {
    const last = Math.max(parameter.choices.length - 1, 1);
    return {
      title,
      place: (value) => value / last,
      ticks: parameter.choices.map((text, i) => [i / last, label(text, 14)]),
    };
  }
  const isLog = parameter?.log ?? false;
  const scale = isLog ? Math.log10 : (value) => value;
  const low = scale(Math.min(...known));
  const high = scale(Math.max(...known));
  const place = (value) => (high > low ? (scale(value) - low) / (high - low) : 0.5);
  const ticks = isLog ? logTicks(10 ** low, 10 ** high) : linearTicks(low, high);
  return {title, place, ticks: ticks.map((value) => [place(value), numberText(value, 3)])};
}

const nShades = 8;
const leftOut = -0.09;  // where a line goes that does not draw a parameter

/**
 * A line a trial over parallel axes, drawn as ordinary lines: what plotly.js has for it compiles code as it
 * runs, which the page's policy forbids.
 */
class Parallel {
  constructor(study, selection) {
    this.study = study;
    this.selection = selection;
    this.kept = new Map();  // of an axis: from where to where
    const usable =
        study.trials.filter((trial) => trial.state === 'finished' && Number.isFinite(trial.objective));
    this.axes = study.parameters.map((parameter, i) => ({parameter, of: (trial) => trial.values[i]}))
                    .filter(({of}) => usable.some((trial) => of(trial) !== null))
                    .slice(0, 14)
                    .map(({parameter, of}) => ({of, ...axisOf(parameter.name, usable.map(of), parameter)}));
    const objective = (trial) => trial.objective;
    this.axes.push({of: objective, ...axisOf(study.objective.metric, usable.map(objective))});
    const sorted = usable.toSorted((a, b) => isBetter(study, a.objective, b.objective) ? 1 : -1);
    this.shade = new Map(sorted.map((trial, i) => [trial, Math.floor(nShades * i / sorted.length)]));
  }

  place(trial, axis) {
    const value = axis.of(trial);
    return value === null ? leftOut : axis.place(value);
  }
  isKept(trial) {
    return [...this.kept].every(([i, [low, high]]) => {
      const at = this.place(trial, this.axes[i]);
      return at >= low && at <= high;
    });
  }

  traces() {
    const trials = thinned(this.selection.filtered.filter((trial) => this.shade.has(trial)));
    // Every other trial is drawn from right to left: what joins two lies on an axis, and one line is all of
    // them.
    const places = [...this.axes.keys()], back = places.toReversed();
    const lines = (shown, ink, width, opacity) => ({
      type: 'scatter',
      mode: 'lines',
      hoverinfo: 'skip',
      opacity,
      x: shown.flatMap((_, i) => (i % 2 ? back : places)),
      y: shown.flatMap((trial, i) => (i % 2 ? back : places).map((at) => this.place(trial, this.axes[at]))),
      line: {color: ink, width, simplify: false},
    });
    const kept = trials.filter((trial) => this.isKept(trial));
    const others = trials.filter((trial) => !this.isKept(trial));
    const shades = Array.from({length: nShades}, (_, shade) => {
      const share = (shade + 1) / nShades;
      return lines(
          kept.filter((trial) => this.shade.get(trial) === shade),
          mixed('paper', 'accent', 0.15 + 0.85 * share ** 2), 0.8 + share, kept.length > 200 ? 0.6 : 0.85);
    });
    return [lines(others, colour('grid'), 0.8, 0.7), ...shades, this.uprights(), ...this.ticks()];
  }

  uprights() {
    return {
      type: 'scatter',
      mode: 'lines',
      hoverinfo: 'skip',
      x: this.axes.flatMap((_, i) => [i, i, null]),
      y: this.axes.flatMap(() => [0, 1, null]),
      line: {color: colour('faint'), width: 1},
    };
  }

  /** Left of the last axis, right of the others. */
  ticks() {
    const last = this.axes.length - 1;
    const of = (axes, side) => ({
      type: 'scatter',
      mode: 'text',
      hoverinfo: 'skip',
      x: axes.flatMap((i) => this.axes[i].ticks.map(() => i + (side === 'right' ? 0.01 : -0.01))),
      y: axes.flatMap((i) => this.axes[i].ticks.map(([at]) => at)),
      text: axes.flatMap((i) => this.axes[i].ticks.map(([, text]) => text)),
      textposition: `middle ${side}`,
      textfont: {size: 11, color: colour('ink')},
    });
    return [of([...this.axes.keys()].slice(0, last), 'right'), of([last], 'left')];
  }

  layout() {
    const marks = [...this.kept].map(([i, [low, high]]) => ({
                                       type: 'rect',
                                       x0: i - 0.03,
                                       x1: i + 0.03,
                                       y0: low,
                                       y1: high,
                                       line: {width: 0},
                                       fillcolor: colour('accent'),
                                       opacity: 0.55,
                                     }));
    return {
      margin: {l: 30, r: 30, t: 34, b: 12},
      dragmode: window.matchMedia('(pointer: coarse)').matches ? false : 'select',
      selections: [],
      shapes: marks,
      newselection: {line: {color: colour('accent'), width: 1}},
      xaxis: {
        side: 'top',
        showgrid: false,
        fixedrange: true,
        range: [-0.12, this.axes.length - 1 + 0.12],
        tickvals: [...this.axes.keys()],
        ticktext: this.axes.map(({title}) => label(title.length > 20 ? `\u2026${title.slice(-19)}` : title)),
        tickangle: 0,
        ticklabeloverflow: 'allow',
        tickfont: {color: colour('ink'), size: 12.5},
      },
      yaxis: {visible: false, fixedrange: true, range: [leftOut - 0.05, 1.05]},
    };
  }

  keep(range) {
    if (!range) return;
    const [from, to] = [Math.min(...range.x) - 0.25, Math.max(...range.x) + 0.25];
    for (const i of this.axes.keys()) {
      if (i >= from && i <= to) this.kept.set(i, [Math.min(...range.y), Math.max(...range.y)]);
    }
    this.tell();
  }
  keepAll() {
    this.kept.clear();
    this.tell();
  }
  tell() {
    const trials = this.study.trials.filter((trial) => this.shade.has(trial) && this.isKept(trial));
    this.selection.brush(this.kept.size ? new Set(trials) : null);
  }
}

function parallelChart(study, selection) {
  const parallel = new Parallel(study, selection);
  const chart = {
    isWide: true,
    scrolls: true,
    canZoom: false,
    size: 'tall',
    leastWidth: `${8.5 * parallel.axes.length}rem`,
    traces: () => parallel.traces(),
    layout: () => parallel.layout(),
    describe: () => 'A line a trial, an axis a parameter, the objective last.',
    drawn: (node) => {
      node.on('plotly_selected', (event) => parallel.keep(event?.range));
      node.on('plotly_doubleclick', () => parallel.keepAll());
    },
  };
  selection.listeners.push((why) => {
    if (why === 'filter') parallel.kept.clear();
    redraw([chart]);
  });
  const all = el('button', {type: 'button', class: 'toggle', onclick: () => parallel.keepAll()}, 'keep all');
  return figure(
      'All parameters', chart,
      el('p', {class: 'below'},
         'Drag over a part of an axis to keep what goes through it; tables and charts follow. ',
         'Strong lines are good ones. The same by keyboard: the filter above. ', all));
}

function slices(study, selection) {
  const usable = (trial) => trial.state === 'finished' && Number.isFinite(trial.objective);
  const drawn = study.parameters.map((parameter, i) => [parameter, i])
                    .filter(([, i]) => study.trials.some((trial) => trial.values[i] !== null))
                    .slice(0, 40);
  return figuresGrid(drawn.map(([parameter, i]) => {
    const isChoice = parameter.kind === 'choice';
    const chart = {
      isLogX: parameter.log,
      traces: () => {
        const trials = selection.shown().filter((trial) => usable(trial) && trial.values[i] !== null);
        // Of a choice, side by side: spread by the trial's number, so that the same page looks the same.
        const spread = (trial) => trial.values[i] + 0.3 * (((trial.number * 0.618) % 1) - 0.5);
        return points(study, trials, isChoice ? spread : (trial) => trial.values[i]);
      },
      layout: () => ({
        xaxis: isChoice ? {
          tickvals: [...parameter.choices.keys()],
          ticktext: parameter.choices.map((one) => label(one, 16)),
          automargin: true,
          range: [-0.5, parameter.choices.length - 0.5],
          showgrid: false
        } :
                          {title: parameter.log ? 'logarithmic' : undefined, exponentformat: 'e'},
        yaxis: {title: label(objectiveName(study), 40)},
      }),
    };
    selection.listeners.push(() => redraw([chart]));
    return figure(parameter.name, chart);
  }));
}

function effectsTable(study) {
  return study.effects.map((effects, group) => {
    if (effects.length === 0) return null;
    const meter = (share) =>
        el('span', {class: 'share'}, el('meter', {min: 0, max: 1, value: share, 'aria-hidden': 'true'}),
           `${Math.round(100 * share)}%`);
    return [
      study.groups.length > 1 && el('h3', null, short(study.groups[group])),
      table(
          [
            {title: 'parameter'}, {title: 'explains'}, {title: 'by chance', number: true},
            {title: `mean ${objectiveName(study)} by value`}
          ],
          effects.map(
              (one) =>
                  [own(one.parameter), meter(one.share), `${Math.round(100 * one.by_chance)}%`,
                   cell(
                       one.levels.map((level) => `${level.label}: ${numberText(level.mean)} (${level.count})`)
                           .join(' \u00b7 '))]),
          {label: 'effects', box: {class: 'table free'}})
    ];
  });
}

function verdict(study, rows) {
  if (rows.length < 2) return '';
  const confidence = `at ${numberText(100 * study.confidence)}% confidence`;
  if (study.n_repeats < 2)
    return 'One run each: whether the differences are more than chance cannot be said. Repeats over seeds can say it: sweep.repeat.';
  const tied = rows.filter((row) => row.is_tied).length;
  const best = rows.find((row) => row.is_best);
  return tied === 1 ? `Configuration ${best.number} is better than all others, ${confidence}.` :
                      `No winner: ${tied} configurations cannot be told from the best, ${confidence}.`;
}

/** The best configurations with what can be said of them. */
function significance(study) {
  return study.groups.map((group, g) => {
    const rows = study.configurations.filter((row) => row.group === g);
    if (rows.length === 0) return null;
    const shown = rows.slice(0, 20);
    const hasRepeats = study.n_repeats > 1;
    const values = (row) =>
        study.parameters.map((parameter, i) => [parameter, row.values[i]])
            .filter(([, value]) => value !== null)
            .map(([parameter, value]) => `${parameter.name} ${parameterText(parameter, value)}`)
            .join(' \u00b7 ');
    const made = table([{ title: 'configuration', number: true }, { title: objectiveName(study), number: true },
      ...(hasRepeats ? [{ title: `${numberText(100 * study.confidence)}% interval`, number: true }, { title: 'p', number: true }, { title: '' }] : []), { title: 'values', code: true }],
    shown.map((row) => Object.assign([String(row.number), columnText(row.mean),
      ...(hasRepeats ? [row.low === null ? '' : `${numberText(row.low)} to ${numberText(row.high)}`, row.is_best || row.p === null ? '' : numberText(row.p, 2), row.is_best ? 'best' : row.is_tied ? 'tied' : ''] : []),
      cell(values(row))], { kind: row.is_best && 'best' })), { label: 'best configurations', box: { class: 'table free' } });
    return [
      study.groups.length > 1 && el('h3', null, short(group)), el('p', {class: 'note'}, verdict(study, rows)),
      hasRepeats && intervalsChart(study, shown), made,
      rows.length > shown.length &&
          el('p', {class: 'below'}, `and ${countText(rows.length - shown.length, 'more configuration')}`)
    ];
  });
}

function intervalsChart(study, rows) {
  const known = rows.filter((row) => row.low !== null).reverse();
  if (known.length === 0) return null;
  return figure(
      'Means with intervals', {
        isWide: true,
        traces: () => [{
          type: 'scatter',
          mode: 'markers',
          x: known.map((row) => row.mean),
          y: known.map((_, i) => i),
          error_x: {
            type: 'data',
            symmetric: false,
            array: known.map((row) => row.high - row.mean),
            arrayminus: known.map((row) => row.mean - row.low),
            color: colour('soft'),
            thickness: 1.2,
            width: 4
          },
          marker: {
            size: 9,
            color: colour('accent'),
            symbol: known.map((row) => (row.is_tied ? 'circle' : 'circle-open'))
          },
          text: known.map((row) => `configuration ${row.number}`),
          hovertemplate: '%{text}: %{x:.5~g}<extra></extra>',
        }],
        layout: () => ({
          xaxis: {title: label(objectiveName(study), 40), exponentformat: 'e'},
          yaxis: {
            tickvals: known.map((_, i) => i),
            ticktext: known.map((row) => String(row.number)),
            showgrid: false,
            title: 'configuration'
          }
        }),
        describe: () => 'Filled: not significantly worse than the best.',
      },
      el('p', {class: 'below'}, 'Filled: cannot be told from the best. Open: significantly worse.'));
}

function summaryTable(study) {
  if (!study.summary) return null;
  const spread = {
    sd: 'standard deviation',
    standard_error: 'standard error',
    interval: 'confidence interval'
  }[study.summary.spread];
  const text = (one) => (
      one.count === 0     ? '\u2013' :
          one.count === 1 ? numberText(one.mean) :
          study.summary.spread === 'interval' ?
                            `${numberText(one.mean)} (${numberText(one.low)} to ${numberText(one.high)})` :
                            `${numberText(one.mean)} \u00b1 ${
                                numberText(study.summary.spread === 'sd' ? one.sd : one.standard_error, 3)}`);
  return section(
      'summary', 'Summary',
      table(
          [
            {title: 'groups'}, {title: 'n', number: true},
            ...study.summary.metrics.map((title) => ({title, number: true}))
          ],
          study.summary.rows.map(
              (row) =>
                  [own(row.label || 'all'), String(Math.max(...row.metrics.map((one) => one.count))),
                   ...row.metrics.map(text)]),
          {label: 'summary'}),
      el('p', {class: 'below'}, `Mean and ${spread} over `, own(study.summary.over || 'the groups'), '.'));
}

/** The objective as each trial went. */
function trialCurves(study, selection) {
  if (study.curves.length === 0 || study.curves.every((curve) => curve.value.length < 2)) return null;
  const best = bestTrial(study);
  const byNumber = new Map(study.trials.map((trial) => [trial.number, trial]));
  const chart = {
    isWide: true,
    canLog: true,
    traces: () => {
      const shown = new Set(selection.shown());
      const x = [], y = [];
      for (const curve of thinned(study.curves)) {
        const trial = byNumber.get(curve.trial);
        if (!trial || !shown.has(trial) || trial === best) continue;
        x.push(...curve.step, null);
        y.push(...curve.value, null);
      }
      const all = {
        type: 'scatter',
        mode: 'lines',
        x,
        y,
        connectgaps: false,
        hoverinfo: 'skip',
        line: {color: colour('faint'), width: 1},
        opacity: study.curves.length > 100 ? 0.25 : 0.5
      };
      const strong = study.curves.find((curve) => best && curve.trial === best.number);
      return strong && shown.has(best) ?
          [
            all, {
              type: 'scatter',
              mode: 'lines',
              x: strong.step,
              y: strong.value,
              line: {color: colour('accent'), width: 2.5},
              hovertemplate: `${label(best.label)}: %{y:.5~g}<extra></extra>`
            }
          ] :
          [all];
    },
    layout: () => ({xaxis: {title: 'step'}, yaxis: {title: label(objectiveName(study), 40)}}),
    describe: () => `${countText(study.curves.length, 'curve')}.`,
  };
  selection.listeners.push(() => redraw([chart]));
  return section(
      'curves', 'Curves',
      figure(
          'As the trials went', chart,
          el('p', {class: 'below'}, best ? `Strong: ${best.label}, the best.` : '')));
}

function studyPage(study) {
  const selection = new Selection(study);
  const hasResults = study.objective && study.trials.some((trial) => Number.isFinite(trial.objective));
  const config = [...new Map(flatten(study.config))].map(([key, value]) => [key, valueText(value)]);
  return [
    openingOfStudy(study),
    summaryTable(study),
    section('trials', 'Trials', filterBox(study, selection), trialTable(study, selection)),
    hasResults &&
        section(
            'search', 'Search',
            el('div', {class: 'charts'}, parallelChart(study, selection), progressChart(study, selection))),
    hasResults && study.effects.some((one) => one.length > 0) &&
        section(
            'parameters', 'Parameters',
            el('p', {class: 'note'},
               'How much of the objective\'s variance lies between the values of a parameter, and how much chance alone would put there.'),
            effectsTable(study), slices(study, selection)),
    hasResults && section('significance', 'Significance', significance(study)),
    hasResults && trialCurves(study, selection),
    section('config', 'Config', keyTable([{title: 'key'}, {title: 'value', code: true}], config, 'config')),
    section('record', 'Record', el('p', {class: 'note'}, el('code', null, own(study.folder)))),
  ];
}
