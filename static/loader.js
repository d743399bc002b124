/* supportdesk: the chat's button on the lender's page. <script src="https://DESK/loader.js" data-token-url="/support-token" async></script>
   Optional: data-language, data-pay-url, data-extend-url, data-documents-url. Logging out: supportdesk.logout(). Keeps nothing but the link of a letter that led here (#support=…), in this tab, until somebody has signed in. */
(() => {
  const script = document.currentScript, { dataset } = script;
  const [, led] = /#support=([\w.]+)/.exec(location.hash) || [];
  let kept = {};
  try { kept = sessionStorage; } catch { /* this browser keeps nothing */ }
  if (led) { kept.support = led; history.replaceState(null, '', location.pathname + location.search); }
  if (window.supportdesk || !dataset.tokenUrl) return;
  const desk = new URL(script.src).origin;
  const language = (dataset.language || document.documentElement.lang || 'ru').slice(0, 2) === 'en' ? 'en' : 'ru';
  const words = {
    ru: { open: 'Открыть чат', title: 'Чат поддержки', one: 'новое сообщение', few: 'новых сообщения', other: 'новых сообщений' },
    en: { open: 'Open chat', title: 'Support chat', one: 'new message', other: 'new messages' },
  }[language];
  const small = '(max-width:559px),(max-height:480px)', narrow = matchMedia(small);
  const root = document.documentElement, view = window.visualViewport;
  let frame = null, isOpen = false, greeted = false, teaseTimer = 0, overflow = '';

  const css = `:host{all:initial;position:fixed;right:24px;bottom:24px;z-index:2147483000;color-scheme:light dark;font:400 14px/20px system-ui,"Segoe UI",Roboto,sans-serif;
--a:#04677f;--h:#04576d;--o:#fff;--s:#fff;--t:#141e21;--l:0 0 0 1px #dee4e6;--d:#d23232;--w:0 2px 6px rgb(16 32 38/.06),0 10px 28px rgb(16 32 38/.1)}
@media(prefers-color-scheme:dark){:host{--a:#63bfde;--h:#7cceeb;--o:#06222b;--s:#131a1c;--t:#e7ecee;--l:0 0 0 1px #242c2e;--d:#d63c41}}
[hidden]{display:none!important}button{font:inherit;border:0;cursor:pointer;color:inherit}
.b{position:relative;display:grid;place-items:center;width:60px;height:60px;margin-left:auto;padding:0;border-radius:50%;background:var(--a);color:var(--o);box-shadow:var(--w)}
.b:hover{background:var(--h)}:focus-visible{outline:2px solid var(--a);outline-offset:2px}
svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linejoin:round}.n{position:absolute;top:-2px;right:-2px;display:grid;place-items:center;min-width:20px;height:20px;padding:0 6px;box-sizing:border-box;border-radius:10px;background:var(--d);color:#fff;font-weight:600;font-size:12px;box-shadow:0 0 0 2px var(--s)}
.t{display:block;box-sizing:border-box;width:300px;margin-bottom:14px;padding:14px 16px;text-align:left;border-radius:18px 18px 6px 18px;background:var(--s);color:var(--t);box-shadow:var(--w),var(--l)}
.t b{display:block;font-weight:600}.t span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
iframe{display:block;width:392px;height:min(704px,calc(100vh - 48px));border:0;border-radius:20px;background:var(--s);box-shadow:0 24px 64px rgb(16 32 38/.18),var(--w),var(--l)}
@media${small}{iframe{position:fixed;inset:0;width:100%;height:100%;border-radius:0;box-shadow:none}}`;

  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const icon = () => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), path = document.createElementNS(svg.namespaceURI, 'path');
    svg.setAttribute('viewBox', '0 0 20 20');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', 'M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14H9.6L6 16.9V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4z');
    svg.append(path);
    return svg;
  };

  const host = make('div', { lang: language, 'data-supportdesk': '' }), shade = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shade.adoptedStyleSheets = [sheet];
  const badge = make('span', { class: 'n', 'aria-hidden': 'true', hidden: '' });
  const launcher = make('button', { class: 'b', type: 'button', 'aria-label': words.open }, icon(), badge);
  const author = make('b', {}), said = make('span', {}), teaser = make('button', { class: 't', type: 'button', hidden: '' }, author, said);
  const status = make('div', { role: 'status' }, teaser);
  shade.append(status, launcher);

  const tell = (type, more) => { if (frame && greeted) frame.contentWindow.postMessage({ supportdesk: 1, type, ...more }, desk); };
  const link = (url) => url && new URL(url, location).href;

  function load() {
    if (frame) return;
    frame = make('iframe', { title: words.title, src: `${desk}/widget/?language=${language}`, hidden: '' });
    frame.addEventListener('load', () => {
      greeted = true;
      tell('hello', { links: { pay: link(dataset.payUrl), extend: link(dataset.extendUrl), documents: link(dataset.documentsUrl) }, place: document.title.slice(0, 200), full: narrow.matches, open: isOpen, goOn: kept.support });
    });
    shade.append(frame);
  }

  function open() {
    load();
    isOpen = true;
    hideTeaser();
    frame.hidden = false;
    launcher.hidden = true;
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
    root.style.setProperty('overflow', overflow);
    launcher.focus();
    tell('closed');
  }

  /** On a phone the frame is the visible part of the screen, above the keyboard. */
  function fit() {
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
    hideTeaser();
    if (!count || isOpen || !news) return;
    author.textContent = news.author;
    said.textContent = news.text;
    teaser.hidden = false;
    teaseTimer = setTimeout(hideTeaser, 12000);
  }

  function hideTeaser() { clearTimeout(teaseTimer); teaser.hidden = true; }

  async function token() {
    try {
      const answer = await fetch(dataset.tokenUrl, { method: 'POST' });
      const json = answer.ok ? await answer.json() : {};
      tell('token', { token: json.token, status: answer.status });
    } catch { tell('token', { status: 0 }); }
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
    ({ token, unread, close, ended: leave, wentOn: () => delete kept.support })[data.type]?.(data);
  });
  launcher.addEventListener('click', open);
  launcher.addEventListener('pointerenter', load, { once: true });
  teaser.addEventListener('click', open);
  addEventListener('keydown', (event) => { if (event.key === 'Escape') { if (!teaser.hidden) hideTeaser(); else if (isOpen) close(); } });
  narrow.addEventListener('change', () => { tell('shape', { full: narrow.matches }); fit(); });
  for (const name of ['resize', 'scroll']) view?.addEventListener(name, fit);

  window.supportdesk = { open, close, logout() { if (frame && greeted) { tell('logout'); setTimeout(leave, 1500); } else leave(); } };
  const show = () => { document.body.append(host); if (kept.support) open(); else (window.requestIdleCallback || setTimeout)(load, { timeout: 4000 }); };
  if (document.readyState === 'complete') show(); else addEventListener('load', show);
})();
