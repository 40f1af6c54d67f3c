'use strict';
// The same text in every file: what varies is the JSON block, which a browser never runs. Text from data reaches the page
// only as canvas text or textContent.
const D = JSON.parse(document.getElementById('data').textContent);
const at = id => document.getElementById(id);
const make = (tag, text, cls) => { const e = document.createElement(tag); if (text != null) e.textContent = text; if (cls) e.className = cls; return e; };
const night = matchMedia('(prefers-color-scheme: dark)');
let lang = D.lang, forced = null, listing = false;
const off = new Set(), theme = () => forced ?? (night.matches ? 'dark' : 'light');
const word = (key, blanks = {}) => D.words[lang][key].replace(/\{(\w+)\}/g, (_, name) => String(blanks[name] ?? ''));
const both = pair => pair[lang === 'es' ? 1 : 0];
const nodeOf = new Map(D.nodes.map(n => [n.id, n])), linkOf = new Map(D.edges.map(e => [e.id, e]));
const linksAt = new Map(D.nodes.map(n => [n.id, []]));
for (const e of D.edges) { linksAt.get(e.from).push(e); if (e.to !== e.from) linksAt.get(e.to).push(e); }
const classOf = n => D.kinds[n.kind].look, many = D.nodes.length > 800, crowded = D.edges.length > 800;
let first = '', last = '', chosen = null;

// -- the drawing ---------------------------------------------------------------------------------------------------------
const curve = e => e.nth ? { enabled: true, type: e.nth % 2 ? 'curvedCW' : 'curvedCCW', roundness: .12 + .1 * Math.ceil(e.nth / 2) } : { enabled: false };
// on an exactly level link vis draws a label "on top" at the origin of the canvas
const heights = new Map(D.nodes.map(n => [n.id, n.y])), level = e => heights.get(e.from) === heights.get(e.to);
// and there it lies on the line, which without a ground of its own would strike it through
const labelled = e => ({ align: level(e) ? 'horizontal' : 'top', background: level(e) ? D.canvas[theme()].background : 'none' });
const drawnNode = n => { const i = D.icons[theme()][n.icon]; return { id: n.id, x: n.x, y: n.y, label: n.label, title: n.withdrawn ? word('withdrawn') : undefined, shape: 'image', size: n.size, image: { unselected: i[0], selected: i[1] } }; };
const drawnEdge = e => { const look = D.links[D.kinds[e.kind].look], colour = D.canvas[theme()]; return { id: e.id, from: e.from, to: e.to, label: crowded ? undefined : e.label || both(D.kinds[e.kind].words), width: e.width, dashes: e.inferred ? D.dash : false,
  color: { color: look[theme()], highlight: colour.select }, arrows: look.arrow ? { to: { enabled: true, type: look.arrow, scaleFactor: .55 } } : {}, smooth: curve(e), font: labelled(e) }; };
const font = size => ({ color: D.canvas[theme()].text, strokeWidth: 3, strokeColor: D.canvas[theme()].halo, face: 'system-ui, "Segoe UI", "Noto Sans", sans-serif', size });
const fonts = () => ({ nodes: { font: font(12) }, edges: { font: { ...font(10), align: 'top' } } });
const nodes = new vis.DataSet(D.nodes.map(drawnNode)), edges = new vis.DataSet(D.edges.map(drawnEdge));
const net = new vis.Network(at('net'), { nodes, edges }, { physics: false, layout: { improvedLayout: false },
  nodes: { ...fonts().nodes, borderWidth: 0, shapeProperties: { interpolation: true }, scaling: { label: { drawThreshold: 7, maxVisible: 18 } } },
  edges: { ...fonts().edges, arrowStrikethrough: false, scaling: { label: { drawThreshold: 8, maxVisible: 14 } } },
  interaction: { multiselect: true, selectConnectedEdges: false, keyboard: false, hideEdgesOnDrag: many, hideEdgesOnZoom: many } });
const fit = () => { if (D.nodes.length) net.fit({ nodes: D.nodes.filter(seen).map(n => n.id), maxZoomLevel: 1.2, minZoomLevel: .02, animation: false }); };
const zoom = by => net.moveTo({ scale: net.getScale() * by });

for (const n of D.nodes) Object.assign(net.body.nodes[n.id], { x: n.x, y: n.y }); // vis cuts positions it is given to whole pixels

// -- what is shown -------------------------------------------------------------------------------------------------------
function outside(day) { return day !== '' && ((first !== '' && day.slice(0, 10) < first) || (last !== '' && day.slice(0, 10) > last)); }
function seen(n) { return !off.has(classOf(n)) && !outside(n.day); }
const crossed = e => !off.has(D.kinds[e.kind].look) && seen(nodeOf.get(e.from)) && seen(nodeOf.get(e.to)) && !outside(e.day);
function filter() {
  nodes.update(D.nodes.map(n => ({ id: n.id, hidden: !seen(n) })));
  edges.update(D.edges.map(e => ({ id: e.id, hidden: !crossed(e) })));
  at('counted').textContent = word('counted', { nodes: D.nodes.filter(seen).length, all_nodes: D.nodes.length, links: D.edges.filter(crossed).length, all_links: D.edges.length });
}

// -- details -------------------------------------------------------------------------------------------------------------
const where = rows => rows.map(([s, record]) => word('where', { file: D.sources[s][1] || D.sources[s][0], record: record.toLocaleString('en-US') })).join('\n');
const clock = day => day.replace('T', ' ');
function facts(rows) { // a label once for its values; where all stand in the same records, these once at the end
  const dl = make('dl'), origins = new Set(rows.map(r => where(r[2]))), once = rows.length > 1 && origins.size === 1; let before = null;
  for (const [label, value, sources] of rows) {
    const dd = make('dd', /^\d{4}-\d\d-\d\dT/.test(value) ? clock(value) : value); if (sources.length && !once) dd.append(make('small', where(sources)));
    if (label !== before) dl.append(make('dt', both(D.labels[label]))); dl.append(dd); before = label;
  }
  if (once && rows[0][2].length) { const dd = make('dd'); dd.append(make('small', where(rows[0][2]))); dl.append(make('dt', word('source')), dd); }
  return dl;
}
const told = n => [...n.told.map(([code, ...sentence]) => make('p', both(sentence), 'told ' + code)), ...(n.withdrawn ? [make('p', word('withdrawn'), 'told withdrawn')] : [])];
function showNode(n) {
  const box = [make('h3', n.name), make('div', both(D.kinds[n.kind].words), 'kind')];
  if (n.synthetic) box.push(make('strong', word(n.synthetic), 'mark made-up'));
  box.push(...told(n)); if (n.note) box.push(make('p', n.note, 'note'));
  box.push(facts(n.facts), make('small', n.ref, 'code'));
  const near = linksAt.get(n.id); if (near.length) { box.push(make('h2', word('near', { n: near.length }))); const ul = make('ul', null, 'near');
    for (const e of near.slice(0, 60)) { const other = nodeOf.get(e.from === n.id ? e.to : e.from), li = make('li'), b = make('button'); b.append(make('span', (e.from === n.id ? '→ ' : '← ') + both(D.kinds[e.kind].words), 'verb'), make('span', other.name)); b.onclick = () => showLink(e); li.append(b); ul.append(li); }
    if (near.length > 60) ul.append(make('li', word('more', { n: near.length - 60 }))); box.push(ul); }
  chosen = () => showNode(n); at('details').replaceChildren(...box);
}
function showLink(e) {
  const ends = make('ul', null, 'near');
  for (const [sign, id] of [['', e.from], ['→ ', e.to]]) { const li = make('li'), b = make('button', sign + nodeOf.get(id).name); b.onclick = () => go(id); li.append(b); ends.append(li); }
  const box = [make('h3', both(D.kinds[e.kind].words)), ends]; if (e.synthetic) box.push(make('strong', word(e.synthetic), 'mark made-up')); if (e.inferred) box.push(make('div', word('inferred'), 'kind'));
  net.setSelection({ nodes: [], edges: [e.id] }, { highlightEdges: false });
  chosen = () => showLink(e); at('details').replaceChildren(...box, facts(e.facts), ...(e.where.length ? [make('small', where(e.where), 'where')] : []), make('small', e.ref, 'code'));
}
const nothing = () => { chosen = nothing; at('details').textContent = word('pick'); };
const show = p => p.nodes.length ? showNode(nodeOf.get(p.nodes[0])) : p.edges.length ? showLink(linkOf.get(p.edges[0])) : nothing();
const go = id => { net.selectNodes([id], false); net.focus(id, { scale: Math.max(net.getScale(), .8), animation: false }); showNode(nodeOf.get(id)); };

// -- find ----------------------------------------------------------------------------------------------------------------
const fold = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const texts = new Map();
const textOf = n => { if (!texts.has(n.id)) texts.set(n.id, fold([n.name, ...n.facts.map(f => f[1])].join('\n'))); return texts.get(n.id); };
function find() {
  const wanted = fold(at('find').value.trim()), hits = at('hits'); hits.replaceChildren(); if (wanted.length < 2) return;
  const found = D.nodes.filter(n => textOf(n).includes(wanted)).sort((a, b) => fold(b.name).includes(wanted) - fold(a.name).includes(wanted));
  for (const n of found.slice(0, 12)) { const li = make('li'), b = make('button', n.name); b.onclick = () => go(n.id); li.append(b); hits.append(li); }
  if (!found.length) hits.append(make('li', word('none', { text: at('find').value.trim() }))); else if (found.length > 12) hits.append(make('li', word('more', { n: found.length - 12 })));
}

// -- legend, words, colours ------------------------------------------------------------------------------------------------
function stroke(colour, dashed) {
  const ns = 'http://www.w3.org/2000/svg', s = document.createElementNS(ns, 'svg'), p = document.createElementNS(ns, 'path');
  for (const [k, v] of [['width', 18], ['height', 10]]) s.setAttribute(k, v);
  for (const [k, v] of [['d', 'M0 5H18'], ['stroke', colour], ['stroke-width', 2.4]]) p.setAttribute(k, v);
  if (dashed) p.setAttribute('stroke-dasharray', '5 3'); s.append(p); return s;
}
function legend() {
  const box = at('legend'), t = theme(); box.replaceChildren();
  const count = (rows, look) => rows.filter(r => D.kinds[r.kind].look === look).length;
  const entry = (mark, look, label, n) => { const b = make('button'); b.setAttribute('aria-pressed', String(!off.has(look))); b.append(mark, make('span', label, 'grow'), make('span', String(n), 'number'));
    b.onclick = () => { off.has(look) ? off.delete(look) : off.add(look); filter(); legend(); }; box.append(b); };
  for (const look of D.looks.entities) { const i = make('img'); i.src = D.swatches[t][look]; i.width = i.height = 18; i.alt = ''; entry(i, look, both(D.names[look]), count(D.nodes, look)); }
  for (const look of D.looks.links) entry(stroke(D.links[look][t]), look, both(D.names[look]), count(D.edges, look));
  if (D.edges.some(e => e.inferred)) { const r = make('div', null, 'row'); r.append(stroke(D.canvas[t].text, true), make('span', word('inferred'))); box.append(r); }
  if (D.nodes.some(n => n.withdrawn)) { const r = make('div', null, 'row'), i = make('img'); i.src = D.withdrawn[t]; i.width = i.height = 18; i.alt = ''; r.append(i, make('span', word('withdrawn'))); box.append(r); }
}
function speak() {
  document.documentElement.lang = lang;
  for (const e of document.querySelectorAll('[data-word]')) e.textContent = word(e.dataset.word);
  for (const e of document.querySelectorAll('[data-label]')) { e.title = word(e.dataset.label); e.setAttribute('aria-label', word(e.dataset.label)); }
  at('language').textContent = lang === 'es' ? 'English' : 'Español'; at('net').setAttribute('aria-label', word('aria'));
  at('about').textContent = word(D.label ? 'about_case' : 'about', { label: D.label, version: D.version, nodes: D.nodes.length, links: D.edges.length });
  if (!crowded) edges.update(D.edges.filter(e => !e.label).map(e => ({ id: e.id, label: both(D.kinds[e.kind].words) })));
  nodes.update(D.nodes.filter(n => n.withdrawn).map(n => ({ id: n.id, title: word('withdrawn') })));
  filter(); legend(); (chosen ?? nothing)(); find(); if (listing) report();
}
function paint() {
  document.documentElement.dataset.theme = theme(); net.setOptions(fonts());
  nodes.update(D.nodes.map(n => { const { x, y, ...rest } = drawnNode(n); return rest; })); edges.update(D.edges.map(drawnEdge)); filter(); legend();
}

// -- the list, on screen and under a printed chart ------------------------------------------------------------------------
function table(heads, rows) {
  const t = make('table'), head = make('tr'); for (const h of heads) head.append(make('th', h)); t.append(head);
  for (const cells of rows) { const tr = make('tr'); for (const c of cells) { const td = make('td'); c instanceof Node ? td.append(c) : td.textContent = c; tr.append(td); } t.append(tr); }
  return t;
}
function report() {
  const lists = n => { const d = make('div'); d.append(...told(n)); if (n.note) d.append(make('p', n.note)); return d; };
  const used = new Set(); const sources = rows => { for (const [s] of rows) used.add(s); return where(rows); };
  const nodeRows = D.nodes.filter(seen).map(n => [n.name, both(D.kinds[n.kind].words), lists(n), sources(n.where)]);
  const linkRows = D.edges.filter(crossed).sort((a, b) => a.day < b.day ? -1 : a.day > b.day).map(e => [nodeOf.get(e.from).name, both(D.kinds[e.kind].words), nodeOf.get(e.to).name, clock(e.day), e.label, sources(e.where)]);
  const files = D.sources.map((s, i) => used.has(i) ? [s[0], s[1], make('span', s[2], 'code'), s[3] ? word('synthetic') : ''] : null).filter(Boolean);
  at('report').replaceChildren(make('h2', word('entities')), table(['name', 'kind', 'standing', 'source'].map(w => word(w)), nodeRows),
    make('h2', word('links')), table(['source_end', 'kind', 'target_end', 'date', 'what', 'source'].map(w => word(w)), linkRows),
    make('h2', word('files')), table(['dataset', 'file', 'sha256', ''].map(w => w && word(w)), files));
}
function flip() { listing = !listing; at('list').setAttribute('aria-pressed', String(listing)); at('report').hidden = !listing; document.querySelector('main').hidden = listing; document.querySelector('main').style.display = listing ? 'none' : ''; if (listing) report(); else net.redraw(); }
addEventListener('beforeprint', () => { if (!listing) report(); at('report').hidden = false; if (D.nodes.length) { net.redraw(); at('picture').src = at('net').querySelector('canvas').toDataURL(); } });
addEventListener('afterprint', () => { at('report').hidden = !listing; });
function toPrinter() { // on paper always light: the icons of the other theme need a moment to load
  const before = forced; if (listing) flip(); forced = 'light'; paint(); net.unselectAll(); fit(); setTimeout(() => { print(); forced = before; paint(); }, theme() === 'light' && before === null ? 60 : 400);
}

// -- hands ---------------------------------------------------------------------------------------------------------------
net.on('click', show);
at('find').addEventListener('input', find);
at('first').addEventListener('change', e => { first = e.target.value; filter(); });
at('last').addEventListener('change', e => { last = e.target.value; filter(); });
for (const [id, does] of [['fit', fit], ['in', () => zoom(1.25)], ['out', () => zoom(.8)], ['print', toPrinter], ['list', flip], ['theme', () => { forced = theme() === 'dark' ? 'light' : 'dark'; paint(); }], ['language', () => { lang = lang === 'es' ? 'en' : 'es'; speak(); }]]) at(id).addEventListener('click', does);
at('net').addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === 'f') fit(); else if (e.key === '+') zoom(1.25); else if (e.key === '-') zoom(.8); else if (e.key === 'Escape') { net.unselectAll(); nothing(); } else if (e.key === '/') at('find').focus();
  else if (e.key.startsWith('Arrow')) walk(...{ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key]); else return;
  e.preventDefault();
});
function walk(dx, dy) { // to the neighbour that lies best in that direction
  const from = nodeOf.get(net.getSelectedNodes()[0] ?? D.nodes.find(seen)?.id); if (!from) return; let best = null, top = .2;
  for (const e of linksAt.get(from.id)) { const n = nodeOf.get(e.from === from.id ? e.to : e.from), x = n.x - from.x, y = n.y - from.y, f = (x * dx + y * dy) / (Math.hypot(x, y) || 1); if (seen(n) && f > top) { top = f; best = n; } }
  go((best ?? from).id);
}
night.addEventListener('change', () => { if (!forced) paint(); });
document.documentElement.dataset.theme = theme(); at('empty').hidden = D.nodes.length > 0; speak(); fit();
