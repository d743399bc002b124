/** Everything the borrower and the desk ever said: now, then by month; a closed one opens to be read. */
import { momentWords } from '../conversation/phrases.js';
import { fill, plural, timeWords } from '../conversation/words.js';
import { copy, refs, text } from './ui.js';

const month = (iso) => {
  const when = new Date(iso), year = when.getFullYear() !== new Date().getFullYear() ? ` ${when.getFullYear()}` : '';
  const name = new Intl.DateTimeFormat(document.documentElement.lang, { month: 'long' }).format(when);
  return name[0].toUpperCase() + name.slice(1) + year;
};

export async function drawHistory(widget) {
  let items;
  try { items = await widget.request('GET', '/history'); } catch { say(text.history_failed); return; }
  items = items.results ?? items.conversations ?? items;
  if (!items.length) { say(text.empty); return; }
  const groups = new Map();
  for (const item of items) {
    const title = item.closed_at ? month(item.closed_at) : text.now;
    if (!groups.has(title)) groups.set(title, []);
    groups.get(title).push(item);
  }
  const now = groups.get(text.now);
  groups.delete(text.now);
  refs.history.replaceChildren(...[...(now ? [[text.now, now]] : []), ...groups].flatMap(([title, list], at) => group(widget, title, list, at)));
  const { surveyCard } = await import('./survey.js');
  const survey = await surveyCard(widget);
  if (!survey) return;
  const place = Object.assign(document.createElement('ul'), { className: 'w-list' });
  place.append(survey);
  refs.history.prepend(place);
}

function say(words) {
  refs.history.replaceChildren(Object.assign(document.createElement('p'), { className: 'w-lead', textContent: words }));
}

function group(widget, title, items, at) {
  const heading = Object.assign(document.createElement('h3'), { className: `w-sub${at ? '' : ' w-sub--1'}`, textContent: title });
  const list = Object.assign(document.createElement('ul'), { className: 'w-list' });
  list.append(...items.map((item) => row(widget, item)));
  return [heading, list];
}

function row(widget, item) {
  const node = copy('history-item'), link = node.firstElementChild;
  const icon = node.querySelector('.w-li__i');
  icon.append((document.getElementById(`icon-${item.channel}`) ?? document.getElementById('icon-email')).content.cloneNode(true));
  icon.classList.toggle('w-li__i--on', !item.closed_at && item.channel === 'chat');
  node.querySelector('b').textContent = item.subject || item.topic_title || { ...text, email: text.letter, phone: text.call }[item.channel];
  node.querySelector('small').textContent = line(item);
  if (item.unread) link.append(Object.assign(document.createElement('span'), { className: 'count', role: 'img', ariaLabel: plural(text.new_count, item.unread), textContent: item.unread }));
  link.addEventListener('click', (event) => {
    event.preventDefault();
    if (item.closed_at || item.channel !== 'chat') widget.chat.read({ ...item, closed_at: item.closed_at ?? item.started_at });
    else widget.chat.resume({ id: item.id, subject: item.subject || item.topic_title, agent: item.agent_name ? { name: item.agent_name, initials: item.agent_initials ?? item.agent_name[0] } : null });
  });
  return node;
}

function line(item) {
  if (item.channel === 'phone') return fill(text.call_on, { when: momentWords(item.started_at) });
  if (!item.closed_at) {
    if (item.channel !== 'chat') return item.due_at ? fill(text.letter_due, { time: timeWords(item.due_at) }) : text.letter_open;
    const when = momentWords(item.last_at ?? item.started_at);
    return item.agent_name ? fill(text.answering, { name: item.agent_name, when }) : fill(text.in_queue, { when });
  }
  const rated = item.rating ? fill(text.rated, { n: item.rating }) : item.channel === 'chat' ? text.not_rated : '';
  return [fill(text.resolved_on, { when: momentWords(item.closed_at) }), rated].filter(Boolean).join(' · ');
}
