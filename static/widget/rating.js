/** The rating card at the end of a conversation: five faces, solved or not, a word; shown once. */
import { fill } from '../conversation/words.js';
import { copy, refs, text } from './ui.js';

export function ratingCard(chat) {
  const node = copy('rating-form');
  const form = node.querySelector('form'), word = form.querySelector('[data-text="word"]');
  const { agent } = chat.about ?? {};
  form.querySelector('[data-text="seen"]').textContent = agent?.name ? fill(text.rating_seen, { name: agent.name }) : text.rating_seen_bare;
  for (const radio of form.elements.rating) radio.setAttribute('aria-label', `${radio.value}, ${text.rate_words[radio.value - 1].toLowerCase()}`);
  form.addEventListener('change', () => {
    const { value } = form.elements.rating;
    refs.rateSend.disabled = !value;
    word.textContent = value ? text.rate_words[value - 1] : '';
  });
  const chips = [...form.querySelectorAll('.w-chip')];
  for (const chip of chips) {
    chip.addEventListener('click', () => { for (const one of chips) one.setAttribute('aria-pressed', String(one === chip && chip.getAttribute('aria-pressed') !== 'true')); });
  }
  form.addEventListener('submit', (event) => { event.preventDefault(); send(chat, form, chips); });
  refs.rateSend.disabled = true;
  return node;
}

async function send(chat, form, chips) {
  refs.rateSend.disabled = true;
  const solved = chips.find((chip) => chip.getAttribute('aria-pressed') === 'true')?.value ?? '';
  try {
    await chat.widget.request('POST', `/conversations/${chat.id}/rating`, { rating: Number(form.elements.rating.value), solved, comment: form.querySelector('textarea').value.trim() });
  } catch (problem) {
    if (problem.code !== 'rated') {
      refs.rateSend.disabled = false;
      refs.log.say(problem.message ?? text.refused);
      form.querySelector('[data-text="word"]').textContent = problem.message ?? text.refused;
      return;
    }
  }
  const thanks = Object.assign(document.createElement('li'), { className: 'w-sys', textContent: text.rating_thanks });
  chat.course.rated.add(chat.id);
  chat.draw();
  refs.log.tail = [thanks];
  refs.log.say(text.rating_thanks);
  chat.widget.focus();
  const { surveyCard } = await import('./survey.js');
  const survey = await surveyCard(chat.widget);
  if (survey && thanks.isConnected) refs.log.tail = [thanks, survey];
}
