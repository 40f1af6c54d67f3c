// Python puts PALETTE in front of this text. Text from data reaches the page only as canvas text or textContent.

// The module lives as long as the tab: the view by chart, so that a chart that comes back looks as it was left.
const VIEWS = new Map();
const LIVE = new WeakMap(); // host element -> what runs in it
const ICONS = new Map();
const CLICK_MS = 230; // vis fires click, click, doubleClick: a click waits that long, or each expand costs two more reruns
const BIG = 800; // nodes from which links are not drawn while the view moves
const CROWDED = 400; // nodes from which links carry no label
let loading = null;

function loadVis(url) {
  if (globalThis.vis?.Network) return Promise.resolve();
  return (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const fail = () => {
      loading = null;
      reject(new Error(`vis-network was not found at ${url}: start the dashboard with its own launcher`));
    };
    script.src = url;
    script.onerror = fail;
    // Streamlit answers an unknown path with its start page and 200, so a load proves nothing
    script.onload = () => (globalThis.vis?.Network ? resolve() : fail());
    document.head.appendChild(script);
  }));
}

function themeOf(element) {
  const colour = getComputedStyle(element).getPropertyValue('--st-background-color').trim();
  const [r, g, b] = colour.startsWith('#')
    ? [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16))
    : (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? 'dark' : 'light';
}

function mark(status, shades) {
  const shield = PALETTE.marks.listed;
  if (status === 'listed' || status === 'presumed')
    return `<path d="${shield}" fill="${shades.listed}" stroke="${shades.halo}" stroke-width="2"/>`;
  if (status !== 'cleared') return '';
  const pen = `stroke="${shades.listed}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<path d="${shield}" fill="${shades.background}" ${pen} stroke-width="1.6"/><path d="${PALETTE.marks.cleared}" fill="none" ${pen} stroke-width="2.2"/>`;
}

function icon(look, theme, selected = false, kind = '', pinned = false, status = '') {
  const key = [look, theme, selected, kind, pinned, status].join();
  let made = ICONS.get(key);
  if (made) return made;
  const shape = PALETTE.entities[look];
  const shades = PALETTE.canvas[theme];
  const glyph = Object.hasOwn(PALETTE.glyphs, kind) ? PALETTE.glyphs[kind] : shape;
  const gone = status === 'withdrawn';
  const ink = gone ? shades.text : shades.glyph;
  const pen =
    glyph.glyph_mode === 'fill'
      ? `fill="${ink}" fill-rule="evenodd"`
      : `fill="none" stroke="${ink}" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"`;
  const path = `<path d="${shape.shape}" stroke-linejoin="round" `;
  const svg = [
    '<svg xmlns="http://www.w3.org/2000/svg" width="112" height="112" viewBox="-4 -4 56 56">',
    selected ? `${path}fill="none" stroke="${shades.select}" stroke-width="9"/>` : '',
    gone
      ? `${path}fill="${shades.second}" stroke="${shades.text}" stroke-width="2" stroke-dasharray="4 3"/>`
      : `${path}fill="${shape[theme]}" stroke="${selected ? shades.halo : shades.outline}" stroke-width="${selected ? 2 : 1}"/>`,
    `<g transform="translate(12 12)"><path d="${glyph.glyph}" ${pen}/></g>`,
    pinned ? `<circle cx="43" cy="5" r="6" fill="${shades.select}" stroke="${shades.halo}" stroke-width="2"/>` : '',
    mark(status, shades),
    '</svg>',
  ];
  made = 'data:image/svg+xml;utf8,' + encodeURIComponent(svg.join(''));
  ICONS.set(key, made);
  return made;
}

// Many nodes as one: a cloud in the canvas' own colours with their number in it, so that nobody takes it for a party.
function cloud(count, theme, selected = false) {
  const key = ['group', theme, selected, count].join();
  let made = ICONS.get(key);
  if (made) return made;
  const shades = PALETTE.canvas[theme];
  const ring = (more) => `<path d="${PALETTE.group.shape}" stroke-linejoin="round" ${more}/>`;
  const svg = [
    '<svg xmlns="http://www.w3.org/2000/svg" width="168" height="168" viewBox="-4 -4 56 56">',
    selected ? ring(`fill="none" stroke="${shades.select}" stroke-width="7"`) : '',
    ring(`fill="${shades.second}" stroke="${shades.text}" stroke-width="3.4"`),
    ring(`fill="none" stroke="${shades.second}" stroke-width="1.2"`),
    `<text x="24" y="24" text-anchor="middle" dominant-baseline="central" font-family="sans-serif" font-weight="600" font-size="${count.length > 4 ? 9 : 14}" fill="${shades.text}">${count.replace(/[^\d,/ ]/g, '')}</text>`,
    '</svg>',
  ];
  made = 'data:image/svg+xml;utf8,' + encodeURIComponent(svg.join(''));
  ICONS.set(key, made);
  return made;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text != null) made.textContent = text;
  return made;
}

export default async function ({ data, parentElement, setTriggerValue }) {
  await loadVis(data.vis);
  await document.fonts?.ready;
  const host = parentElement.querySelector('.lc');
  let state = LIVE.get(host);
  if (!state) LIVE.set(host, (state = mount(host, data)));
  state.trigger = setTriggerValue;
  state.data = data;
  draw(state);
  return () => state.destroy(); // only the last one returned is called, when the component goes away
}

function mount(host, data) {
  const state = { host, data, nodes: new vis.DataSet(), edges: new vis.DataSet(), known: new Map(), lines: new Map() };
  Object.assign(state, { out: [], sent: 0, revision: null, first: true });
  state.net = new vis.Network(
    host.querySelector('.lc-net'),
    { nodes: state.nodes, edges: state.edges },
    {
      autoResize: true,
      physics: false, // positions come from the document: nothing ever moves by itself
      layout: { improvedLayout: false, randomSeed: 1 },
      nodes: {
        shape: 'image',
        shapeProperties: { useImageSize: false, interpolation: true },
        borderWidth: 0,
        scaling: { label: { drawThreshold: 5.5, maxVisible: 18 } },
      },
      edges: {
        smooth: { enabled: false },
        arrowStrikethrough: false,
        selectionWidth: 2,
        scaling: { label: { drawThreshold: 7, maxVisible: 14 } },
      },
      interaction: { hover: false, selectConnectedEdges: false, multiselect: true, keyboard: false },
    },
  );
  listen(state);
  return state;
}

function listen(state) {
  const { host, net } = state;
  const menu = host.querySelector('.lc-menu');
  const chosen = () => net.getSelectedNodes();
  let timer = null;
  const later = (work) => {
    clearTimeout(timer);
    timer = setTimeout(work, CLICK_MS);
  };
  // Numbered, and sent again until Python has acknowledged them: a click during a rerun is neither lost nor done twice.
  state.send = (name, more = {}) => {
    state.out.push({ n: Date.now() * 1000 + (state.sent++ % 1000), name, ...more });
    state.told = chosen();
    state.trigger('cmd', state.out);
  };
  // Never in the clean-up: the host has size 0 then, and the position would be wrong.
  state.keep = () => {
    if (host.isConnected && host.clientWidth)
      VIEWS.set(state.data.chart, { scale: net.getScale(), position: net.getViewPosition() });
  };
  state.fit = (animate, only = null) => {
    const shown = only ?? state.nodes.getIds().filter((i) => !state.nodes.get(i).hidden);
    net.fit({ nodes: shown, minZoomLevel: 0.02, maxZoomLevel: 1.2, animation: animate ? { duration: 250 } : false });
    setTimeout(state.keep, 300);
  };
  state.zoom = (factor) => {
    net.moveTo({ scale: net.getScale() * factor, animation: { duration: 120 } });
    setTimeout(state.keep, 150);
  };
  const expand = (id) => {
    note(state, 'asked');
    state.send('expand', { ids: [id] });
  };
  const openMenu = (at, id) => {
    menu.replaceChildren();
    menu.style.display = at ? 'block' : 'none';
    if (!at) return;
    const text = state.data.text;
    const group = state.known.get(id)?.group;
    const entries = [
      [group ? text.open : text.expand, () => expand(id)],
      ...(chosen().length > 1 ? [[text.group, () => state.send('group', { ids: chosen() })]] : []),
      [text.hide, () => state.send('hide', { ids: chosen() })],
      [text.pin, () => state.send('pin', { ids: chosen() })],
    ];
    for (const [label, run] of entries) {
      const button = element('button', null, label);
      button.setAttribute('role', 'menuitem');
      button.onclick = () => {
        openMenu(null);
        run();
        host.focus();
      };
      menu.append(button);
    }
    menu.style.left = Math.min(at.x, host.clientWidth - 180) + 'px';
    menu.style.top = Math.min(at.y, host.clientHeight - 140) + 'px';
    menu.firstChild.focus();
  };
  net.on('click', (event) => {
    openMenu(null);
    const [id] = event.nodes;
    const [line] = event.edges;
    later(() => (id === undefined && line !== undefined ? state.send('link', { id: line }) : state.send('select', { ids: chosen() })));
  });
  net.on('doubleClick', (event) => {
    clearTimeout(timer);
    if (event.nodes.length) expand(event.nodes[0]);
  });
  net.on('dragEnd', (event) => {
    if (event.nodes.length) {
      const to = {};
      for (const id of event.nodes) {
        // whole units, as the document keeps them: vis cuts the rest off any x and y it is given
        const node = net.body.nodes[id];
        const [x, y] = [Math.round(node.x), Math.round(node.y)];
        Object.assign(node, { x, y });
        to[id] = [x, y];
        Object.assign(state.known.get(id), { x, y });
      }
      state.send('move', { to });
    }
    state.keep();
  });
  net.on('zoom', state.keep);
  net.on('oncontext', (event) => {
    event.event.preventDefault();
    const id = net.getNodeAt(event.pointer.DOM);
    if (id === undefined) return openMenu(null);
    if (!chosen().includes(id)) net.selectNodes([id], false);
    openMenu(event.pointer.DOM, id);
  });
  // To the neighbour that lies best in that direction.
  const walk = (dx, dy) => {
    const from = chosen()[0] ?? state.nodes.getIds().find((i) => !state.nodes.get(i).hidden);
    if (from === undefined) return;
    const here = net.body.nodes[from];
    let best = null;
    let top = 0.2;
    for (const id of net.getConnectedNodes(from)) {
      if (state.nodes.get(id)?.hidden) continue;
      const [x, y] = [net.body.nodes[id].x - here.x, net.body.nodes[id].y - here.y];
      const fitness = (x * dx + y * dy) / (Math.hypot(x, y) || 1);
      if (fitness > top) [top, best] = [fitness, id];
    }
    if (best === null) return;
    net.selectNodes([best], false);
    later(() => state.send('select', { ids: [best] }));
  };
  const keys = {
    Enter: () => chosen().length && expand(chosen()[0]),
    Delete: () => chosen().length && state.send('hide', { ids: chosen() }),
    p: () => chosen().length && state.send('pin', { ids: chosen() }),
    g: () => chosen().length > 1 && state.send('group', { ids: chosen() }),
    f: () => state.fit(true),
    '+': () => state.zoom(1.25),
    '-': () => state.zoom(0.8),
    Escape: () => {
      openMenu(null);
      net.unselectAll();
      state.send('select', { ids: [] });
    },
    ArrowLeft: () => walk(-1, 0),
    ArrowRight: () => walk(1, 0),
    ArrowUp: () => walk(0, -1),
    ArrowDown: () => walk(0, 1),
  };
  // Only while the chart has the focus, and stopped here, or Streamlit's own keys would answer too.
  host.addEventListener('keydown', (event) => {
    const control = event.ctrlKey || event.metaKey;
    const onButton = event.target.tagName === 'BUTTON' && ['Enter', ' '].includes(event.key);
    if (onButton || event.key === 'Tab') return;
    if (control && event.key.toLowerCase() === 'z') state.send(event.shiftKey ? 'redo' : 'undo');
    else if (control || event.altKey) return;
    else if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  });
  net.on('afterDrawing', () => {
    if (state.wanted == null) return;
    note(state, 'drawn', state.wanted);
    state.wanted = null;
  });
  state.destroy = () => {
    clearTimeout(timer);
    net.destroy();
    LIVE.delete(host);
  };
}

// For the browser tests, which set __lcdebug: when something was asked and when which revision was drawn.
function note(state, what, revision) {
  if (!globalThis.__lcdebug) return;
  const kept = (globalThis.__lc ??= { drawn: {} });
  Object.assign(kept, { state, net: state.net });
  if (what === 'drawn') kept.drawn[revision] = performance.now();
  else kept[what] = performance.now();
}

function draw(state) {
  const { data, host, net } = state;
  const theme = themeOf(host);
  const shades = PALETTE.canvas[theme];
  const look = theme + data.text.language;
  state.out = state.out.filter((command) => command.n > data.ack);
  // What Python says is chosen holds until the hand chooses something that Python has not been told of yet.
  const choose = () => {
    const there = (ids) => ids.filter((i) => state.nodes.get(i)).sort();
    const same = (a, b) => a.join('\n') === b.join('\n');
    const now = there(net.getSelectedNodes());
    if (state.out.length || (state.told && !same(now, there(state.told)))) return;
    state.told = there(data.selected);
    if (!same(now, state.told)) net.selectNodes(state.told, false);
  };
  // a rerun that changed nothing here
  if (state.revision === data.revision && state.look === look && state.chart === data.chart) return choose();
  const restyle = state.look !== look;
  if (state.chart !== data.chart) {
    for (const part of [state.nodes, state.edges, state.known, state.lines]) part.clear();
    state.first = true;
    state.told = null;
  }
  Object.assign(state, { look, revision: data.revision, chart: data.chart });
  host.style.setProperty('--lc-canvas', shades.background);
  host.setAttribute('aria-label', data.text.aria);
  if (restyle) {
    const face = getComputedStyle(host).fontFamily;
    const font = { color: shades.text, face, strokeWidth: 3, strokeColor: shades.halo };
    net.setOptions({ nodes: { font: { ...font, size: 13 } }, edges: { font: { ...font, size: 10, align: 'top' } } });
  }
  const { fresh, opened } = drawNodes(state, theme, restyle);
  drawLinks(state, theme, restyle);
  const big = data.nodes.length > BIG;
  // setOptions rebuilds every node: only when the answer changes
  if (state.big !== big) {
    state.big = big;
    net.setOptions({ interaction: { selectConnectedEdges: false, hideEdgesOnDrag: big, hideEdgesOnZoom: big } });
  }
  if (state.first && data.nodes.length) {
    state.first = false;
    const view = VIEWS.get(data.chart);
    if (view) net.moveTo(view);
    else state.fit(false);
  } else if (fresh.length && fresh.some((id) => outside(state, id))) state.fit(true, opened ? fresh : null);
  choose();
  legend(state, theme, shades);
  tools(state);
  note(state, 'laid');
  state.wanted = data.revision;
  net.redraw();
}

function outside(state, id) {
  const { clientWidth, clientHeight } = state.host.querySelector('.lc-net');
  const { x, y } = state.net.canvasToDOM(state.net.body.nodes[id]);
  return x < 0 || y < 0 || x > clientWidth || y > clientHeight;
}

function drawNodes(state, theme, restyle) {
  const { data, nodes, known } = state;
  const moving = new Set(state.out.flatMap((command) => Object.keys(command.to ?? {}))); // not acknowledged: the hand wins
  const wanted = new Set(data.nodes.map((n) => n[0]));
  const gone = nodes.getIds().filter((id) => !wanted.has(id));
  const opened = gone.some((id) => known.get(id)?.group); // its members come back where they were, perhaps out of sight
  const fresh = [];
  const put = [];
  for (const [id, appearance, kind, label, x, y, pinned, hidden, status] of data.nodes) {
    const old = known.get(id);
    const signature = [label, kind, pinned, hidden, status].join('\n');
    const stays = moving.has(id) || (old && Math.abs(old.x - x) < 0.01 && Math.abs(old.y - y) < 0.01);
    if (old && !restyle && old.signature === signature && stays) continue;
    if ((!old || (opened && old.hidden)) && !hidden) fresh.push(id);
    const group = appearance === 'group';
    const picture = (selected) =>
      group ? cloud(kind, theme, selected) : icon(appearance, theme, selected, kind, !!pinned, status);
    const node = {
      id,
      label,
      hidden: !!hidden,
      size: group ? PALETTE.group.size : PALETTE.entities[appearance].size,
      image: { unselected: picture(false), selected: picture(true) },
    };
    const withdrawn = status === 'withdrawn';
    if (withdrawn || old?.withdrawn) node.title = withdrawn ? data.text.withdrawn : undefined;
    if (!stays || !old) Object.assign(node, { x, y });
    known.set(id, { signature, withdrawn, group, hidden, x: stays && old ? old.x : x, y: stays && old ? old.y : y });
    put.push(node);
  }
  if (gone.length) {
    nodes.remove(gone);
    gone.forEach((id) => known.delete(id));
  }
  if (put.length) nodes.update(put);
  return { fresh, opened };
}

function drawLinks(state, theme, restyle) {
  const { data, edges, lines } = state;
  const crowded = data.nodes.length > CROWDED;
  // A label cannot be taken from a link again, and even an empty one is measured and painted at every frame: made anew.
  if (state.crowded !== crowded) {
    state.crowded = crowded;
    edges.clear();
    lines.clear();
  }
  const wanted = new Set(data.links.map((l) => l[0]));
  const gone = edges.getIds().filter((id) => !wanted.has(id));
  const put = [];
  const between = new Map();
  const height = new Map(data.nodes.map((n) => [n[0], n[5]]));
  for (const [id, appearance, label, from, to, width, inferred] of data.links) {
    const pair = from < to ? `${from}\n${to}` : `${to}\n${from}`;
    const nth = between.get(pair) ?? 0;
    between.set(pair, nth + 1);
    // on an exactly level link vis draws a label "on top" at the origin of the canvas
    const align = height.get(from) === height.get(to) ? 'horizontal' : 'top';
    const signature = [label, width, nth, align, from, to].join('\n'); // a link's ends change when a group closes
    if (lines.get(id) === signature && !restyle) continue;
    lines.set(id, signature);
    const { [theme]: colour, arrow } = PALETTE.links[appearance];
    // Straight, so that a label stands in the middle (on a level "continuous" curve vis puts it beside the node);
    // each further link between two nodes has a curve of its own.
    const smooth = nth
      ? { enabled: true, type: nth % 2 ? 'curvedCW' : 'curvedCCW', roundness: 0.12 + 0.1 * Math.ceil(nth / 2) }
      : { enabled: false };
    put.push({
      id,
      from,
      to,
      ...(!crowded && { label }),
      // a level label lies on its line: without a ground of its own the line would strike it through
      font: { align, background: align === 'horizontal' ? PALETTE.canvas[theme].background : 'none' },
      width: PALETTE.widths[width - 1],
      dashes: inferred ? PALETTE.dash : false,
      color: { color: colour, highlight: PALETTE.canvas[theme].select },
      arrows: arrow ? { to: { enabled: true, type: arrow, scaleFactor: 0.55 } } : {},
      smooth,
    });
  }
  if (gone.length) {
    edges.remove(gone);
    gone.forEach((id) => lines.delete(id));
  }
  if (put.length) edges.update(put);
}

function stroke(colour, width, dashed) {
  const make = (tag, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  const svg = make('svg', { width: 18, height: 10, 'aria-hidden': 'true' });
  svg.append(make('path', { d: 'M0 5H18', stroke: colour, 'stroke-width': width, ...(dashed && { 'stroke-dasharray': '5 3' }) }));
  return svg;
}

function legend(state, theme, shades) {
  const { data } = state;
  const { text } = data;
  const box = state.host.querySelector('.lc-legend');
  box.replaceChildren();
  box.style.display = data.nodes.length ? '' : 'none';
  const heading = (label) => box.append(element('h2', null, label));
  const entry = (name, picture, label) => {
    const button = element('button');
    button.setAttribute('aria-pressed', String(!data.off.includes(name)));
    button.title = text.switch;
    button.append(picture, element('span', null, label));
    button.onclick = () => state.send('switch', { appearance: name });
    box.append(button);
  };
  const row = (picture, label) => {
    const made = element('div', 'row');
    made.append(picture, element('span', null, label));
    box.append(made);
  };
  const classes = new Set(data.nodes.map((n) => n[1]));
  const kinds = new Set(data.classes);
  heading(text.legend);
  for (const [name, look] of Object.entries(PALETTE.entities)) {
    if (!classes.has(name)) continue;
    const picture = element('img');
    Object.assign(picture, { src: icon(name, theme), width: 18, height: 18, alt: '' });
    entry(name, picture, look.label[text.language]);
  }
  if (classes.has('group')) {
    const picture = element('img');
    Object.assign(picture, { src: cloud('', theme), width: 20, height: 20, alt: '' });
    row(picture, PALETTE.group.label[text.language]);
  }
  if (kinds.size) heading(text.links);
  for (const [name, look] of Object.entries(PALETTE.links))
    if (kinds.has(name)) entry(name, stroke(look[theme], 2.4, false), look.label[text.language]);
  if (data.links.some((l) => l[6])) row(stroke(shades.text, 2.4, true), text.inferred);
  const widths = new Set(data.links.map((l) => l[5]));
  if (widths.size > 1) {
    heading(text.width);
    for (const n of [1, 2, 3, 4]) if (widths.has(n)) row(stroke(shades.text, PALETTE.widths[n - 1], false), text.widths[n - 1]);
  }
  const statuses = new Set(data.nodes.map((n) => n[8]).filter(Boolean));
  for (const [status, look] of [['listed', 'company'], ['cleared', 'company'], ['withdrawn', 'consignment']]) {
    const there = statuses.has(status) || (status === 'listed' && statuses.has('presumed'));
    if (!there) continue;
    const picture = element('img');
    Object.assign(picture, { src: icon(look, theme, false, '', false, status), width: 18, height: 18, alt: '' });
    row(picture, text[status]);
  }
}

function tools(state) {
  const box = state.host.querySelector('.lc-tools');
  const { text } = state.data;
  if (box.dataset.language === text.language) return;
  box.dataset.language = text.language;
  box.replaceChildren();
  const entries = [
    ['+', text.zoom_in, () => state.zoom(1.25)],
    ['−', text.zoom_out, () => state.zoom(0.8)],
    ['⤢', text.fit, () => state.fit(true)],
  ];
  for (const [sign, label, run] of entries) {
    const button = element('button', null, sign);
    button.title = label;
    button.setAttribute('aria-label', label);
    button.onclick = run;
    box.append(button);
  }
}
