// Answers as markdown: no tag of their own, no picture, nothing that is fetched, and links that
// open beside the page. What marked makes is sanitised all the same.
import DOMPurify from 'dompurify';
import {marked} from 'marked';

const TAGS = ['a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h3', 'h4', 'h5', 'h6', 'hr', 'i',
  'li', 'ol', 'p', 'pre', 's', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr',
  'ul'];
const HEADING_DOWN = 2;
const HEADING_LAST = 6;

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer nofollow');
});

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Tags are shown as they were written. The page has its own first headings: those of an answer
    stand below them. */
marked.use({
  renderer: {
    html({text}) {
      return escaped(text);
    },
  },
  gfm: true,
  breaks: true,
  walkTokens(token) {
    if (token.type === 'heading') token.depth = Math.min(token.depth + HEADING_DOWN, HEADING_LAST);
  },
});

export function render(text: string): string {
  return DOMPurify.sanitize(marked.parse(text, {async: false}), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['href', 'start', 'align'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  });
}

/** Parts that can be rendered alone, so that while a text grows only its last part is made anew. */
export function parts(text: string): string[] {
  const out: string[] = [];
  let fenced = false;
  let current = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    current += line;
    if (!fenced && line.trim() === '' && current.trim() !== '') {
      out.push(current);
      current = '';
    }
  }
  if (current.trim() !== '') out.push(current);
  return out;
}
