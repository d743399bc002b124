/** Words of the conversation: given by the server in `<script type="application/json" id="conversation-words">`; only filled in here. */
const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? '{}');
export const words = read('conversation-words');
export const lang = document.documentElement.lang || 'ru';
const rules = new Intl.PluralRules(lang);
const clock = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', hour12: false });

export const fill = (text, values) => (text ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
/** `forms` = {one, few, many, other} with `{n}`. */
export const plural = (forms, n, values = {}) => fill(forms[rules.select(n)] ?? forms.other ?? forms.many, { n: new Intl.NumberFormat(lang).format(n), ...values });
export const timeWords = (iso) => clock.format(new Date(iso));
