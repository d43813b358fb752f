// Elements, made with text nodes only: a name from a record is never read as markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on'))
      node.addEventListener(name.slice(2), value);
    else
      node.setAttribute(name, value === true ? '' : value);
  }
  node.append(
      ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** el("p", {class: "note"}, "text", el("b", null, "bold")) */
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Text from a record, in a direction of its own: a right-to-left name does not turn what is around it. */
const own = (text, attributes) => el('bdi', attributes, text);
/** The same, cut where it is too long for a line; the whole is in its tooltip. */
const short = (text) => own(
    text.length > 300 ? text.slice(0, 300) + '\u2026' : text, {class: 'short', title: text.slice(0, 2000)});

function announce(text) {
  document.getElementById('announcements').textContent = text;
}

/** A button that is on or off. pressed(isOn) is called after each change. */
function toggle(label, isOn, pressed, attributes) {
  const button =
      el('button', {type: 'button', class: 'toggle', 'aria-pressed': String(isOn), ...attributes}, label);
  button.addEventListener('click', () => {
    const next = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(next));
    pressed(next);
  });
  return button;
}

/** Buttons of which one is on. options: [[value, label], ...] */
function choice(label, options, chosen, picked) {
  const buttons = options.map(
      ([value, text]) =>
          el('button', {
            type: 'button',
            class: 'toggle',
            'aria-pressed': String(value === chosen),
            onclick: () => {
              buttons.forEach(
                  (button, i) => button.setAttribute('aria-pressed', String(options[i][0] === value)));
              picked(value);
            },
          },
             text));
  return el(
      'span', {class: 'toggles', role: 'group', 'aria-label': label},
      label && el('span', {class: 'label', 'aria-hidden': 'true'}, label), buttons);
}

/** A section with its heading; `page.sections` lists them in the bar. */
function section(id, title, ...children) {
  return el(
      'section', {id, 'aria-labelledby': `${id}-title`},
      el('header', null, el('h2', {id: `${id}-title`}, title)), ...children);
}

/**
 * rows: lists of cells, each a text or a node. columns: [{title, number}]; the first cell of a row names it.
 */
function table(columns, rows, attributes) {
  const heads = columns.map(
      (column) =>
          el('th', {scope: 'col', class: column.number && 'number'}, column.node ?? own(column.title)));
  const line = (cells) => cells.map((cell, i) => {
    const content = typeof cell === 'string' ? own(cell) : cell;
    return i === 0 ? el('th', {scope: 'row', class: columns[0].number && 'number'}, content) :
                     el('td', {class: columns[i].number ? 'number' : columns[i].code && 'code'}, content);
  });
  return el(
      'div', {
        class: 'table',
        tabindex: '0',
        role: 'region',
        'aria-label': attributes?.label ?? 'table',
        ...attributes?.box
      },
      el('table', null,
         columns.some((column) => column.title || column.node) && el('thead', null, el('tr', null, heads)),
         el('tbody', null, rows.map((cells) => el('tr', {class: cells.kind}, line(cells))))));
}

/** Long text that must not stretch its row. */
const cell = (text) =>
    el('span', {class: 'cell'}, own(text.length > 20000 ? text.slice(0, 20000) + '\u2026' : text));
