// Charts by plotly.js, which is packed in the page. A chart is drawn when it comes near the window, in the
// colours of the page, and again when these change. It can be zoomed with the mouse, by buttons and by keys.

const charts = [];
let library = null;  // a promise of Plotly

/** Unpacks the library and runs it; its digest stands in the page's policy. */
function loadLibrary() {
  library ??= (async () => {
    const packed = document.getElementById('library');
    const bytes = bytesOf(packed.textContent.trim());
    packed.remove();
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const script = document.createElement('script');
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    if (!window.Plotly) throw new Error('the plotting library did not start');
    return window.Plotly;
  })();
  return library;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const seriesColour = (i) => colour(`series-${(i % 8) + 1}`);
const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const translucent = (hex, share) => `rgba(${channels(hex).join(',')},${share})`;
/** Between two colours of the page, opaque. */
function mixed(from, to, share) {
  const end = channels(colour(to));
  return `rgb(${
      channels(colour(from)).map((value, i) => Math.round(value + share * (end[i] - value))).join(',')})`;
}
const dashes = ['solid', 'dash', 'dot', 'dashdot', 'longdash'];
const symbols = ['circle', 'square', 'diamond', 'triangle-up', 'x', 'pentagon', 'star', 'hexagon'];

/**
   A text from a record for plotly, which reads its labels as markup: nothing of it is; and without what
   turns the direction of all that follows.
 */
function label(text, length = 60) {
  const plain = String(text).replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
  const points = [...plain.slice(0, 4 * length)];
  const cut = points.length > length ? points.slice(0, length - 1).join('') + '\u2026' : points.join('');
  return cut.replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/%/g, '&#37;')
      .replace(/\$/g, '&#36;');
}

function axis(settings) {
  return {
    gridcolor: colour('grid'),
    linecolor: colour('line'),
    zeroline: false,
    showline: false,
    ticks: '',
    tickfont: {color: colour('soft'), size: 11.5},
    exponentformat: 'e',
    minorloglabels: 'none',
    ...settings,
    title: settings?.title ? {text: settings.title, font: {color: colour('soft'), size: 12}, standoff: 8} :
                             undefined,
  };
}

function layoutOf(chart) {
  const own = chart.layout();
  const isCoarse = window.matchMedia('(pointer: coarse)').matches;
  return {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: {family: getComputedStyle(document.body).fontFamily, color: colour('ink'), size: 12},
    margin: {l: own.yaxis?.title ? 66 : 52, r: 12, t: 10, b: own.xaxis?.title ? 42 : 26},
    showlegend: false,
    hovermode: 'closest',
    hoverlabel: {
      bgcolor: colour('paper'),
      bordercolor: colour('faint'),
      font: {color: colour('ink'), size: 12},
      align: 'left'
    },
    dragmode: isCoarse ? false : 'zoom',  // a finger scrolls the page
    uirevision:
        `${chart.view?.() ?? ''} ${chart.isLogX} ${chart.isLogY}`,  // as long as it is the same, zoom stays
    ...own,
    xaxis: axis(
        {exponentformat: 'SI', ...own.xaxis, ...(chart.isLogX ? {type: 'log', exponentformat: 'e'} : {})}),
    yaxis: axis({automargin: true, ...own.yaxis, ...(chart.isLogY ? {type: 'log'} : {})}),
  };
}

const config = {
  displayModeBar: false,
  responsive: true,
  displaylogo: false,
  showTips: false,
  doubleClick: 'reset'
};

async function draw(chart) {
  const plotly = await loadLibrary();
  chart.isWanted = true;
  try {
    await plotly.react(chart.node, chart.traces(), layoutOf(chart), config);
  } catch (error) {
    chart.node.textContent = `This chart could not be drawn: ${error.message}`;
    chart.node.style.height = 'auto';
    return;
  }
  if (chart.isDrawn) return;
  chart.isDrawn = true;
  chart.drawn?.(chart.node, plotly);
}

const isShown = (chart) => chart.node.getClientRects().length > 0;

/** Draws those that are in the window, then those near it, then any when it comes near. */
async function drawFirst() {
  const distance = ({node}) => {
    const {top, bottom} = node.getBoundingClientRect();
    return bottom < 0 ? -bottom : Math.max(0, top - window.innerHeight);
  };
  const here = charts.filter((chart) => isShown(chart) && distance(chart) === 0);
  await Promise.all(here.map(draw));
  performance.mark('assay-interactive');
  await idle();  // what somebody does meanwhile comes before charts that are not seen yet
  await loadLibrary();
  await painted();
  const soon = charts.filter((chart) => isShown(chart) && !chart.isWanted && distance(chart) < nearBy);
  await Promise.all(soon.map(draw));
  for (const chart of charts)
    if (!chart.isWanted) near.observe(chart.node);
}

const nearBy = 400;  // pixels
const near = new IntersectionObserver((entries) => {
  for (const {isIntersecting, target} of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    draw(charts.find((chart) => chart.node === target));
  }
}, {rootMargin: `${nearBy}px`});

function redraw(which = charts) {
  for (const chart of which)
    if (chart.isWanted) draw(chart);
}

/**
 * Makes the window of a chart `factor` times as wide about its middle, or moves it by a part of its width.
 */
async function zoom(chart, factor, move = 0) {
  const plotly = await loadLibrary();
  const change = {};
  for (const name of move ? ['xaxis'] : ['xaxis', 'yaxis']) {
    const range = chart.node._fullLayout?.[name]?.range;
    if (!range) continue;
    const middle = (Number(range[0]) + Number(range[1])) / 2,
          half = (Number(range[1]) - Number(range[0])) / 2;
    change[`${name}.range`] =
        [middle - half * factor + 2 * half * move, middle + half * factor + 2 * half * move];
  }
  await plotly.relayout(chart.node, change);
}

async function reset(chart) {
  const plotly = await loadLibrary();
  await plotly.relayout(chart.node, {'xaxis.autorange': true, 'yaxis.autorange': true});
}

async function save(chart, title) {
  const plotly = await loadLibrary();
  const width = chart.node.clientWidth, height = chart.node.clientHeight;
  const url = await plotly.toImage(chart.node, {format: 'svg', width, height});
  const name = `${title.replace(/[^\w.-]+/g, '_').slice(0, 80) || 'chart'}.svg`;
  el('a', {href: url, download: name}).click();
}

const keys = {
  '+': (chart) => zoom(chart, 0.5),
  '=': (chart) => zoom(chart, 0.5),
  '-': (chart) => zoom(chart, 2),
  0: reset,
  ArrowLeft: (chart) => zoom(chart, 1, -0.2),
  ArrowRight: (chart) => zoom(chart, 1, 0.2),
};

/**
   A figure. chart: {traces(), layout()}, which are asked each time that it is drawn, and of {drawn(node),
   describe(), view(), isLogX, isLogY, canLog, canZoom, size, leastWidth, isWide, scrolls} what it needs.
   below: what stands under it.
 */
function figure(title, chart, below = null) {
  const canZoom = chart.canZoom !== false;
  const keysText = canZoom ? 'Keys: plus and minus zoom, arrows move, 0 shows all.' : '';
  chart.node = el('div', {
    class: `plot ${chart.size ?? ''}`,
    style: chart.leastWidth && `min-width: ${chart.leastWidth}`,
    tabindex: '0',
    role: 'img',
    'aria-label': `${title.slice(0, 200)}. ${chart.describe?.() ?? ''} ${keysText}`,
  });
  chart.node.addEventListener('keydown', (event) => {
    if (!canZoom || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](chart);
  });
  const tool = (text, name, action) => el(
      'button',
      {type: 'button', title: name, 'aria-label': `${name}: ${title.slice(0, 80)}`, onclick: action}, text);
  const tools =
      el('span', {class: 'tools'},
         chart.canLog &&
             toggle(
                 'log', chart.isLogY ?? false,
                 (isOn) => {
                   chart.isLogY = isOn;
                   draw(chart);
                 },
                 {'aria-label': `logarithmic: ${title.slice(0, 80)}`}),
         canZoom &&
             [
               tool('\u2212', 'zoom out', () => zoom(chart, 2)), tool('+', 'zoom in', () => zoom(chart, 0.5)),
               tool('all', 'show all', () => reset(chart))
             ],
         tool('svg', 'save as SVG', () => save(chart, title)));
  charts.push(chart);
  return el(
      'figure', {class: chart.isWide && 'wide'}, el('figcaption', null, el('h3', null, short(title)), tools),
      chart.scrolls ? el('div', {class: 'scroll'}, chart.node) : chart.node, below);
}

/** Figures side by side: two or three in a row, so that few places stay empty. */
const figuresGrid = (list) =>
    el('div',
       {class: `charts ${
            list.length === 2 || list.length === 4 ? 'pairs' :
                list.length > 2                    ? 'many' :
                                                     ''}`},
       list);

window.addEventListener('beforeprint', () => charts.filter(isShown).forEach(draw));
