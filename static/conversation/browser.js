/** What the browser lends us: storage that may be forbidden, identifiers, JSON over HTTP. */
export const prefix = 'sd:';

/** localStorage that may be forbidden in a frame. */
export const store = {
  get(key) { try { return localStorage.getItem(prefix + key); } catch { return null; } },
  set(key, value) { try { if (value) localStorage.setItem(prefix + key, value); else localStorage.removeItem(prefix + key); } catch { /* not kept */ } },
  has(start) { try { return Object.keys(localStorage).some((key) => key.startsWith(prefix + start)); } catch { return false; } },
  clear(keep) {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(prefix) && !(keep && key.startsWith(prefix + keep))) localStorage.removeItem(key);
    } catch { /* nothing was kept */ }
  },
};

export const uuid = () => crypto.randomUUID?.() ?? '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
  (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

/** `request(method, path, body?)` → parsed JSON; throws {status, code, message}; status 0 means no network. */
export const makeRequest = (headers, base = '/api/v1') => async (method, path, body) => {
  let answer;
  try {
    answer = await fetch(base + path, {
      method, credentials: 'same-origin', body: body && JSON.stringify(body),
      headers: { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }), ...headers() },
    });
  } catch { throw { status: 0, code: 'network' }; }
  const json = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw { status: answer.status, code: 'error', ...json };
  return json;
};
