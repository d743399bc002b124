/* supportdesk: the chat's button on the lender's page. <script src="https://DESK/loader.js" data-token-url="/support-token" async></script>
   Optional: data-language, data-pay-url, data-extend-url, data-documents-url. Keeps nothing in the browser. Logging out: supportdesk.logout(). */
(() => {
  'use strict';
  const script = document.currentScript, { dataset } = script;
  if (window.supportdesk || !dataset.tokenUrl) return;
  const desk = new URL(script.src).origin;
  const language = (dataset.language || document.documentElement.lang || 'ru').slice(0, 2) === 'en' ? 'en' : 'ru';
  const words = {
    ru: { open: 'Открыть чат', title: 'Чат поддержки', one: 'новое сообщение', few: 'новых сообщения', many: 'новых сообщений', other: 'новых сообщений' },
    en: { open: 'Open chat', title: 'Support chat', one: 'new message', other: 'new messages' },
  }[language];
  const narrow = matchMedia('(max-width: 559px), (max-height: 480px)');
  const root = document.documentElement;
  let frame = null, isOpen = false, greeted = false, teaseTimer = 0, overflow = '';

  const css = `:host{all:initial;position:fixed;right:24px;bottom:24px;z-index:2147483000;color-scheme:light dark;font:400 14px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
--a:#04677f;--h:#04576d;--o:#fff;--s:#fff;--t:#141e21;--l:#dee4e6;--d:#d23232}
@media(prefers-color-scheme:dark){:host{--a:#63bfde;--h:#7cceeb;--o:#06222b;--s:#131a1c;--t:#e7ecee;--l:#242c2e;--d:#d63c41}}
[hidden]{display:none!important}button{font:inherit;border:0;cursor:pointer;color:inherit}
.b{position:relative;display:grid;place-items:center;width:60px;height:60px;margin-left:auto;padding:0;border-radius:50%;background:var(--a);color:var(--o);box-shadow:0 2px 6px rgb(16 32 38/.06),0 10px 28px rgb(16 32 38/.1)}
.b:hover{background:var(--h)}.b:focus-visible,.t:focus-visible{outline:2px solid var(--a);outline-offset:2px}
svg{width:28px;height:28px}.n{position:absolute;top:-2px;right:-2px;display:grid;place-items:center;min-width:20px;height:20px;padding:0 6px;box-sizing:border-box;border-radius:10px;background:var(--d);color:#fff;font:600 12px/1 system-ui,sans-serif;box-shadow:0 0 0 2px var(--s)}
.t{display:block;box-sizing:border-box;width:300px;max-width:calc(100vw - 48px);margin-bottom:14px;padding:14px 16px;text-align:left;border-radius:18px 18px 6px 18px;background:var(--s);color:var(--t);box-shadow:0 2px 6px rgb(16 32 38/.06),0 10px 28px rgb(16 32 38/.1),0 0 0 1px var(--l)}
.t b{display:block;font-weight:600}.t span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
iframe{display:block;width:392px;height:min(704px,calc(100vh - 48px));border:0;border-radius:20px;background:var(--s);box-shadow:0 4px 12px rgb(16 32 38/.08),0 24px 64px rgb(16 32 38/.18),0 0 0 1px var(--l)}
@media(max-width:559px),(max-height:480px){iframe{position:fixed;inset:0;width:100%;height:100%;border-radius:0;box-shadow:none}}`;

  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const icon = () => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), path = document.createElementNS(svg.namespaceURI, 'path');
    for (const [name, value] of Object.entries({ viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' })) svg.setAttribute(name, value);
    path.setAttribute('d', 'M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14H9.6L6 16.9V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4z');
    svg.append(path);
    return svg;
  };

  const host = make('div', { lang: language, 'data-supportdesk': '' }), shade = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shade.adoptedStyleSheets = [sheet];
  const badge = make('span', { class: 'n', 'aria-hidden': 'true', hidden: '' });
  const launcher = make('button', { class: 'b', type: 'button', 'aria-label': words.open, 'aria-expanded': 'false' }, icon(), badge);
  const author = make('b', {}), said = make('span', {}), teaser = make('button', { class: 't', type: 'button', hidden: '' }, author, said);
  const status = make('div', { role: 'status' }, teaser);
  shade.append(status, launcher);

  const tell = (type, more) => { if (frame && greeted) frame.contentWindow.postMessage({ supportdesk: 1, type, ...more }, desk); };
  const links = () => Object.fromEntries([['pay', dataset.payUrl], ['extend', dataset.extendUrl], ['documents', dataset.documentsUrl]]
    .filter(([, url]) => url).map(([name, url]) => [name, new URL(url, location.href).href]));

  function load() {
    if (frame) return;
    frame = make('iframe', { title: words.title, src: `${desk}/widget/?language=${language}`, hidden: '', referrerpolicy: 'strict-origin', allow: 'clipboard-write' });
    frame.addEventListener('load', () => {
      greeted = true;
      tell('hello', { links: links(), place: document.title.slice(0, 200), full: narrow.matches, open: isOpen });
    });
    shade.append(frame);
  }

  function open() {
    load();
    isOpen = true;
    hideTeaser();
    frame.hidden = false;
    launcher.hidden = true;
    launcher.setAttribute('aria-expanded', 'true');
    if (narrow.matches) { overflow = root.style.getPropertyValue('overflow'); root.style.setProperty('overflow', 'hidden'); }
    fit();
    frame.focus();
    tell('open');
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    frame.hidden = true;
    launcher.hidden = false;
    launcher.setAttribute('aria-expanded', 'false');
    root.style.setProperty('overflow', overflow);
    launcher.focus();
    tell('closed');
  }

  /** On a phone the frame is the visible part of the screen, above the keyboard. */
  function fit() {
    const view = window.visualViewport;
    if (!frame || !view) return;
    const px = (value) => (narrow.matches && isOpen ? `${value}px` : '');
    frame.style.setProperty('height', px(view.height));
    frame.style.setProperty('top', px(view.offsetTop));
  }

  function unread({ count, teaser: news }) {
    badge.hidden = !count;
    badge.textContent = count > 9 ? '9+' : count;
    const form = words[new Intl.PluralRules(language).select(count)] || words.other;
    launcher.setAttribute('aria-label', count ? `${words.open}, ${count} ${form}` : words.open);
    const title = document.title.replace(/^\(\d+\) /, '');
    document.title = count ? `(${count}) ${title}` : title;
    if (!count || isOpen || !news) { hideTeaser(); return; }
    author.textContent = news.author;
    said.textContent = news.text;
    teaser.hidden = false;
    clearTimeout(teaseTimer);
    teaseTimer = setTimeout(hideTeaser, 12000);
  }

  function hideTeaser() { clearTimeout(teaseTimer); teaser.hidden = true; }

  async function token() {
    try {
      const answer = await fetch(dataset.tokenUrl, { method: 'POST', credentials: 'same-origin', headers: { Accept: 'application/json' } });
      const json = answer.ok ? await answer.json() : {};
      tell('token', { token: json.token || null, status: answer.ok ? 200 : answer.status });
    } catch { tell('token', { token: null, status: 0 }); }
  }

  function leave() {
    close();
    frame?.remove();
    host.remove();
    frame = null;
    unread({ count: 0 });
    delete window.supportdesk;
  }

  addEventListener('message', ({ source, origin, data }) => {
    if (!frame || origin !== desk || source !== frame.contentWindow || data?.supportdesk !== 1) return;
    const act = { token, unread: () => unread(data), close, ended: leave }[data.type];
    if (act) act();
  });
  launcher.addEventListener('click', open);
  launcher.addEventListener('pointerenter', load, { once: true });
  teaser.addEventListener('click', open);
  addEventListener('keydown', (event) => { if (event.key === 'Escape') { if (!teaser.hidden) hideTeaser(); else if (isOpen) close(); } });
  narrow.addEventListener('change', () => { tell('shape', { full: narrow.matches }); fit(); });
  for (const name of ['resize', 'scroll']) window.visualViewport?.addEventListener(name, fit);

  window.supportdesk = { open, close, logout() { if (frame && greeted) { tell('logout'); setTimeout(leave, 1500); } else leave(); } };
  const show = () => { document.body.append(host); (window.requestIdleCallback || ((idle) => setTimeout(idle, 1500)))(load, { timeout: 4000 }); };
  if (document.readyState === 'complete') show(); else addEventListener('load', show);
})();
