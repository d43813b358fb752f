// Reads the data, builds the page and says when it is ready.

const media = window.matchMedia('(prefers-color-scheme: dark)');

/** "auto" follows the system. Kept where the browser lets a file keep things. */
function chosenTheme() {
  try {
    return localStorage.getItem('assay-report-theme') ?? 'auto';
  } catch {
    return 'auto';
  }
}
function applyTheme(theme) {
  document.documentElement.dataset.theme = theme === 'auto' ? (media.matches ? 'dark' : 'light') : theme;
  redraw();
}
function buildThemes() {
  document.getElementById('themes').append(
      choice('', [['auto', 'auto'], ['light', 'light'], ['dark', 'dark']], chosenTheme(), (theme) => {
        try {
          localStorage.setItem('assay-report-theme', theme);
        } catch { /* a file that may keep nothing */
        }
        applyTheme(theme);
      }));
  media.addEventListener('change', () => applyTheme(chosenTheme()));
  applyTheme(chosenTheme());
}

function buildBar(content) {
  const links = [...content.querySelectorAll('section')].map(
      (one) => el('a', {href: `#${one.id}`}, one.querySelector('h2').textContent));
  document.getElementById('sections').append(...links);
  const isHere = new Map();
  const seen = new IntersectionObserver((entries) => {
    entries.forEach((entry) => isHere.set(`#${entry.target.id}`, entry.isIntersecting));
    const current = links.findLast((link) => isHere.get(link.hash));  // none above the first section
    for (const link of links) {
      if (link === current)
        link.setAttribute('aria-current', 'true');
      else
        link.removeAttribute('aria-current');
    }
  }, {rootMargin: '-20% 0px -70% 0px'});
  content.querySelectorAll('section').forEach((one) => seen.observe(one));
}

/** What JSON could not write comes back as numbers; maps for what is looked up by key. */
function revive(data) {
  for (const run of data.runs) {
    run.flat = new Map(flatten(run.config));
    for (const axis of run.axes) axis.epoch = axis.step.map((step) => step / run.steps_an_epoch);
    for (const one of [...run.series, ...run.system]) {
      one.value = reals(one.value);
      one.last = real(one.last);
    }
    for (const one of run.system) one.seconds = reals(one.seconds);
  }
  if (!data.study) return;
  for (const trial of data.study.trials) {
    trial.objective = real(trial.objective);
    trial.metrics = trial.metrics.map(real);
  }
  for (const curve of data.study.curves) curve.value = reals(curve.value);
}

function build() {
  const content = document.getElementById('content');
  const data = JSON.parse(document.getElementById('data').textContent);
  revive(data);
  buildThemes();
  const parts = data.study ? studyPage(data.study) : runPage(data.runs);
  content.append(...parts.flat().filter(Boolean));
  buildBar(content);
  const title = data.study   ? data.study.name :
      data.runs.length === 1 ? data.runs[0].name :
                               `${data.runs.length} runs`;
  document.title = `${title.slice(0, 200)} \u00b7 assay`;
  document.getElementById('made').append(
      `Made by assay ${data.assay} on ${dateText(data.made)}. Charts by plotly.js (MIT licence).`);
}

/** When nothing waits for an answer; at the latest after a second, since a page that nothing happens to may not be told. */
const idle = () => new Promise((done) => {
  window.requestIdleCallback?.(done);
  setTimeout(done, window.requestIdleCallback ? 1000 : 0);
});

/** When the browser has painted what there is. */
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

// The text is painted and answers before the library of the charts is unpacked. Interactive is the page once
// the charts that are in the window are drawn; those near it follow.
build();
performance.mark('assay-text');
painted().then(drawFirst).then(() => performance.mark('assay-drawn'), (error) => {
  const text = `Charts are not drawn: ${error.message}. They need a browser of 2023 or later.`;
  document.getElementById('content').prepend(el('p', {class: 'warning'}, text));
});
