/**
 * Files of a composer: checked before upload, photos made smaller, sent with progress.
 *   refusal(file)                       words, or '' when the file may go
 *   shrink(file)                        a photo of at most 2,560 px without EXIF, or the file itself
 *   upload(conversation, file, headers, onProgress)  → {done: Promise<attachment>, cancel()}
 *   sendFiles(conn, conversation, files, headers)    all of it, one message a file
 */
import { sizeWords } from './phrases.js';
import { fill, words } from './words.js';
import { uuid } from './browser.js';

const LIMIT = 10 * 1024 * 1024, SIDE = 2560;
const TYPES = /^image\/(jpeg|png|webp|gif|heic|heif)$|^application\/(pdf|msword|rtf|vnd\.(openxmlformats-officedocument|oasis\.opendocument|ms-excel).*)$|^text\/(plain|csv|rtf)$/;
const NAMES = /\.(jpe?g|png|webp|gif|heic|heif|pdf|docx?|xlsx?|odt|ods|rtf|txt|csv)$/i;

export function refusal(file) {
  if (!TYPES.test(file.type) && !(NAMES.test(file.name) && (!file.type || file.type === 'application/octet-stream'))) return words.file_type;
  if (!file.size) return words.file_empty;
  return file.size > LIMIT ? fill(words.file_big, { size: sizeWords(file.size) }) : '';
}

export async function shrink(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
    if (scale === 1 && file.type === 'image/png') return file;
    const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise((done) => canvas.toBlob(done, file.type, 0.86));
    return blob ? new File([blob], file.name, { type: blob.type }) : file;
  } catch { return file; } // the server says whether it is an image at all
}

export function upload(conversation, file, headers, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(Math.round((loaded / (total || 1)) * 100));
    request.onerror = () => reject({ status: 0, code: 'network' });
    request.onabort = () => reject({ status: 0, code: 'cancelled' });
    request.onload = () => {
      const json = request.response ?? {};
      if (request.status < 300) resolve(json); else reject({ status: request.status, code: 'error', ...json });
    };
  });
  const form = new FormData();
  form.append('file', file, file.name);
  request.open('POST', `/api/v1/conversations/${conversation}/attachments`);
  request.responseType = 'json';
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.send(form);
  return { done, cancel: () => request.abort() };
}

export function sendFiles(conn, conversation, files, headers) {
  return Promise.all(files.map((file) => sendFile(conn, conversation, file, headers)));
}

async function sendFile(conn, conversation, original, headers) {
  const id = uuid();
  const about = { name: original.name, size: original.size, type: original.type };
  const said = refusal(original) && !isBigPhoto(original) ? refusal(original) : '';
  conn.post(conversation, { id, status: said ? 'failed' : 'uploading', words: said, progress: 0, file: { ...about, refused: !!said } });
  if (said) { conn.step(conversation, { type: 'failed', id, code: 'attachment', words: said }); return; }
  try {
    const file = await shrink(original);
    const late = refusal(file);
    if (late) throw { code: 'attachment', message: late };
    const place = await conn.created(conversation);
    const job = upload(place, file, headers(), (progress) => conn.step(place, { type: 'progress', id, progress }));
    conn.uploads.set(id, job);
    const attachment = await job.done;
    conn.step(place, { type: 'uploaded', id, attachment });
  } catch ({ code, message }) {
    if (code !== 'cancelled') conn.step(conversation, { type: 'failed', id, code: 'attachment', words: code === 'network' ? words.file_offline : message ?? words.file_failed });
  } finally { conn.uploads.delete(id); }
}

const isBigPhoto = (file) => /^image\/(jpeg|webp)$/.test(file.type) && file.size > LIMIT && file.size < 4 * LIMIT;
