/** A survey that waits for the borrower: one card, offered after a rating and in the History; leaving it is fine. */
import { copy, refs, text } from './ui.js';

/** The card, or null when nothing waits or it cannot be asked now: nobody misses a survey. */
export async function surveyCard(widget) {
  let survey;
  try { ({ survey } = await widget.request('GET', '/surveys/waiting')); } catch { return null; }
  if (!survey) return null;
  const node = copy('survey-form'), form = node.querySelector('form'), answers = {};
  const send = form.querySelector('[type="submit"]');
  form.querySelector('[data-questions]').append(...survey.questions.map((one) => question(one, (value) => {
    answers[one.code] = value;
    send.disabled = survey.questions.some(({ code }) => !(code in answers));
  })));
  form.addEventListener('submit', (event) => { event.preventDefault(); answer(widget, survey, answers, node); });
  return node;
}

function question(one, chosen) {
  const group = Object.assign(document.createElement('fieldset'), { className: 'w-scale' });
  const chips = Object.assign(document.createElement('div'), { className: 'w-chips' });
  chips.append(...one.choices.map(({ value, words }) => {
    const label = Object.assign(document.createElement('label'), { className: 'w-chip' });
    const radio = Object.assign(document.createElement('input'), { type: 'radio', name: one.code, value });
    radio.addEventListener('change', () => chosen(value));
    label.append(radio, words);
    return label;
  }));
  group.append(Object.assign(document.createElement('legend'), { className: 'w-q2', textContent: one.text }), chips);
  if (one.low) {
    const ends = Object.assign(document.createElement('p'), { className: 'w-ends' });
    ends.append(...[one.low, one.high].map((words) => Object.assign(document.createElement('span'), { textContent: words })));
    group.append(ends);
  }
  return group;
}

async function answer(widget, survey, answers, node) {
  const form = node.querySelector('form'), send = form.querySelector('[type="submit"]'), word = form.querySelector('[data-text="word"]');
  send.disabled = true;
  try {
    await widget.request('POST', `/surveys/${survey.id}`, { answers, comment: form.querySelector('textarea').value.trim() });
  } catch (problem) {
    if (problem.status !== 409 && problem.status !== 410) {
      send.disabled = false;
      word.textContent = problem.message ?? text.refused;
      return;
    }
  }
  const thanks = Object.assign(document.createElement('p'), { className: 'w-sys', textContent: text.rating_thanks, tabIndex: -1 });
  form.replaceWith(thanks);
  thanks.focus();
  refs.say.textContent = text.rating_thanks;
}
