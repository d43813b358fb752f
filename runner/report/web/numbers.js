// Numbers and what is made of them: texts, smoothing, bands, filters. Nothing here touches the page.

/** JSON has no NaN and no infinities: they are recorded as texts. */
function real(value) {
  if (typeof value === 'number') return value;
  return {nan: NaN, inf: Infinity, '-inf': -Infinity}[value] ?? null;
}
const reals = (values) => values.map(real);

/** Of base64. */
function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** In `digits` significant digits, without trailing zeros. */
function numberText(value, digits = 4) {
  const number = real(value);
  if (number === null) return '';
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'nan' : number > 0 ? 'inf' : '-inf';
  if (number === 0) return '0';
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e7) return String(number);
  if (size >= 1e7 || size < 1e-4)
    return number.toExponential(digits - 1).replace(/\.?0+e/, 'e').replace('e+', 'e');
  const text = number.toPrecision(digits);
  return text.includes('e') ? String(Number(text)) : text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The same with its zeros, so that a column of metrics lines up. */
function columnText(value, digits = 4) {
  const text = numberText(value, digits), number = real(value);
  const isPlain =
      Number.isFinite(number) && !Number.isInteger(number) && Math.abs(number) < 1e3 && !text.includes('e');
  return isPlain ? number.toPrecision(digits) : text;
}

/** "2026-11-22T22:38:38Z" -> "22 Nov 2026, 22:38 UTC" */
function dateText(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const [, day, month, year, time] = at.toUTCString().match(/(\d+) (\w+) (\d+) (\d+:\d+)/);
  return `${Number(day)} ${month} ${year}, ${time} UTC`;
}

/** What seconds up to `most` are shown in: {name, seconds}. */
function timeUnit(most) {
  if (most > 3 * 3600) return {name: 'hours', short: 'h', seconds: 3600};
  if (most > 300) return {name: 'minutes', short: 'min', seconds: 60};
  return {name: 'seconds', short: 's', seconds: 1};
}

function durationText(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

function bytesText(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${bytes.toPrecision(bytes < 1000 && unit > 0 ? 3 : 4).replace(/\.?0+$/, '')} ${units[unit]}`;
}

/** 12345 -> "12,345"; the browser's own way costs a page thirty milliseconds once. */
const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const countText = (n, noun) => `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;

/** "valid/accuracy" -> ["valid", "accuracy"]; a name without a split is of the run. */
function splitOf(name) {
  const at = name.indexOf('/');
  return at < 0 ? ['run', name] : [name.slice(0, at), name.slice(at + 1)];
}

/** {a: {b: 1}, c: [{d: 2}]} -> [["a.b", 1], ["c.0.d", 2]]; lists without maps are one value. */
function flatten(value, key = '', out = []) {
  const isMap = value !== null && typeof value === 'object';
  const parts = isMap ? Object.entries(value) : [];
  const isWhole = !isMap || parts.length === 0 ||
      (Array.isArray(value) &&
       !value.some((item) => item !== null && typeof item === 'object' && !Array.isArray(item)));
  if (isWhole) {
    if (key) out.push([key, value]);
    return out;
  }
  for (const [name, part] of parts) flatten(part, key ? `${key}.${name}` : name, out);
  return out;
}
const valueText = (value) =>
    (typeof value === 'string' ? value :
         value === undefined   ? '' :
                                 JSON.stringify(value));

/**
   Exponential moving average, weights of the past `weight` each row, corrected for its beginning (Kingma and
   Ba 2015, section 3). Values that are no number are passed over.
 */
function smoothed(values, weight) {
  let sum = 0, share = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    sum = weight * sum + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return sum / share;
  });
}

/** The value of a line at x, between its points on a straight line; null outside. xs ascend. */
function valueAt(xs, ys, x) {
  if (xs.length === 0 || x < xs[0] || x > xs[xs.length - 1]) return null;
  let low = 0, high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x)
      low = middle + 1;
    else
      high = middle;
  }
  if (xs[low] === x || low === 0) return ys[low];
  const share = (x - xs[low - 1]) / (xs[low] - xs[low - 1]);
  return ys[low - 1] + share * (ys[low] - ys[low - 1]);
}

/** Mean, least and most of several lines wherever two of them at least have a value. lines: [{x, y}] */
function bandOf(lines) {
  const first = lines[0].x;
  const isShared =
      lines.every((line) => line.x.length === first.length && line.x.every((x, i) => x === first[i]));
  const all = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(all.length / 600));
  const grid = isShared ? first : all.filter((_, i) => i % every === 0 || i === all.length - 1);
  const band = {x: [], mean: [], low: [], high: []};
  grid.forEach((x, i) => {
    const values =
        lines.map((line) => (isShared ? line.y[i] : valueAt(line.x, line.y, x))).filter(Number.isFinite);
    if (values.length < 2) return;
    band.x.push(x);
    band.mean.push(values.reduce((sum, value) => sum + value, 0) / values.length);
    band.low.push(Math.min(...values));
    band.high.push(Math.max(...values));
  });
  return band;
}

/**
   Of a filter as `optimizer.lr < 1e-2 and state = finished`: a function of a row, or an error text. A part
   without a comparison is looked for in all texts of the row. get(row, key) gives a value or undefined;
   texts(row) all of them.
 */
function filterOf(text, keys, get, texts) {
  const tests = [];
  for (const part of text.split(/\s+and\s+/i).map((one) => one.trim()).filter(Boolean)) {
    const found = part.match(/^(.+?)\s*(<=|>=|!=|==?|<|>|~)\s*(.*)$/);
    if (!found) {
      const wanted = part.toLowerCase();
      tests.push((row) => texts(row).some((one) => one.toLowerCase().includes(wanted)));
      continue;
    }
    const [, name, comparison, operand] = found;
    const exact = keys.find((key) => key === name) ??
        keys.find((key) => key.endsWith(`.${name}`) || key.endsWith(`/${name}`));
    if (exact === undefined) return {error: `no column is called ${name}`};
    if (operand === '') return {error: `${name} ${comparison} what?`};
    tests.push((row) => holds(get(row, exact), comparison, operand));
  }
  return {test: (row) => tests.every((test) => test(row))};
}

function holds(value, comparison, operand) {
  if (value === undefined || value === null || value === '') return comparison === '!=';
  const number = Number(operand);
  const areNumbers = typeof value === 'number' && operand.trim() !== '' && !Number.isNaN(number);
  const text = String(value);
  switch (comparison) {
    case '<':
      return areNumbers && value < number;
    case '<=':
      return areNumbers && value <= number;
    case '>':
      return areNumbers && value > number;
    case '>=':
      return areNumbers && value >= number;
    case '~':
      return text.toLowerCase().includes(operand.toLowerCase());
    case '!=':
      return areNumbers ? value !== number : text !== operand;
    default:
      return areNumbers ? value === number : text === operand;
  }
}
