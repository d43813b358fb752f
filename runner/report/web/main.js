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
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      links.forEach((link) => link.removeAttribute('aria-current'));
      links.find((link) => link.hash === `#${entry.target.id}`)?.setAttribute('aria-current', 'true');
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
      `Made by assay ${data.assay} on ${data.made}. Charts by plotly.js (MIT licence).`);
}

// Interactive: the text stands and answers, and the charts of the first screens are drawn.
build();
performance.mark('assay-text');
loadLibrary().then(
    async () => {
      await firstDrawn;
      performance.mark('assay-interactive');
    },
    (error) => {
      const text = `Charts are not drawn: ${error.message}. They need a browser of 2023 or later.`;
      document.getElementById('content').prepend(el('p', {class: 'warning'}, text));
    });
