/**
 * The lender's page around the frame, spoken to by postMessage. Both sides name their protocol and check the exact origin:
 * the page must be one of the lender's origins that the desk knows, and the parent of this frame.
 *   page → frame: hello {links, place, full, open, goOn} · open · closed · shape {full} · token {token|null, status} · logout
 *   frame → page: token · unread {count, teaser: {author, text}|null} · close · ended · wentOn
 */
/** `lender_origins`, and what comes with the first message: `sheets`, `modules`. */
export const config = JSON.parse(document.getElementById('config').textContent);
const origins = config.lender_origins;
let origin = null, listeners = {}, waiting = [];

addEventListener('message', ({ source, origin: from, data }) => {
  if (source !== window.parent || source === window || !origins.includes(from) || data?.supportdesk !== 1) return;
  origin = from;
  if (data.type === 'token') {
    for (const { done, refuse } of waiting.splice(0)) if (data.token) done(data.token); else refuse({ status: data.status ?? 401, code: 'no_token' });
  } else listeners[data.type]?.(data);
});

export const page = {
  on(map) { listeners = map; },
  tell(type, more = {}) { if (origin) window.parent.postMessage({ supportdesk: 1, type, ...more }, origin); },
  /** A fresh token of the lender's page; each is good for one session. */
  token() {
    return new Promise((done, refuse) => {
      waiting.push({ done, refuse });
      this.tell('token');
      setTimeout(() => refuse({ status: 0, code: 'no_token' }), 10_000);
    });
  },
  /** The borrower's language is known with the session only; the page of the other language takes over. */
  speak(language) {
    const address = new URL(location.href);
    if (address.searchParams.get('language') === language) return;
    address.searchParams.set('language', language);
    location.replace(address);
  },
};
