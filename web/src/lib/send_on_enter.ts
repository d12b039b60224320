// Enter sends, Shift+Enter makes a line. A Korean syllable is under composition until Enter: then
// the text is sent once, after the syllable has been committed - neither at once, which leaves a
// stray syllable behind, nor on a second Enter. Where Enter chooses a candidate (Chinese, Japanese)
// it does no more than that.
import type {Action} from 'svelte/action';

const HANGUL = /[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]/;

export const sendOnEnter: Action<HTMLTextAreaElement, (text: string) => void> = (node, given) => {
  let send = given;
  let composed: string | null = null;
  let pending = false;

  function onStart(event: CompositionEvent): void {
    composed = event.data;
    pending = false;
  }
  function onUpdate(event: CompositionEvent): void {
    composed = event.data;
  }
  function onEnd(): void {
    composed = null;
    if (!pending) return;
    pending = false;
    setTimeout(() => send(node.value));  // after the `input` that brings the syllable
  }
  function onKey(event: KeyboardEvent): void {
    const isEnter = event.key === 'Enter' || event.code === 'Enter' || event.code === 'NumpadEnter';
    if (!isEnter || event.shiftKey) return;
    const composing = event.isComposing || composed !== null;
    if (!composing) {
      event.preventDefault();
      if (!event.repeat) send(node.value);
    } else if (HANGUL.test(composed ?? '')) {
      pending = true;
    }
  }
  function onInput(event: InputEvent): void {
    const breaks = event.inputType === 'insertLineBreak' || event.inputType === 'insertParagraph';
    if (pending && breaks) event.preventDefault();
  }

  node.addEventListener('compositionstart', onStart);
  node.addEventListener('compositionupdate', onUpdate);
  node.addEventListener('compositionend', onEnd);
  node.addEventListener('keydown', onKey);
  node.addEventListener('beforeinput', onInput);
  return {
    update(next) {
      send = next;
    },
    destroy() {
      node.removeEventListener('compositionstart', onStart);
      node.removeEventListener('compositionupdate', onUpdate);
      node.removeEventListener('compositionend', onEnd);
      node.removeEventListener('keydown', onKey);
      node.removeEventListener('beforeinput', onInput);
    },
  };
};
