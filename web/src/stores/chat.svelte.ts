// The conversation: questions, answers as they come, and which memories each used and left.
import * as api from '../api';
import {ApiError} from '../lib/api_error';
import type {AskEvents, Block, Circuit, Conversation, Route} from '../types';
import {circuits} from './circuits.svelte';
import {type Glance, glance, glanceOfRecalled} from './memories';

export interface Turn {
  id: number;
  question: string;
  answer: string;
  state: 'thinking' | 'answering' | 'done' | 'failed';
  used: Glance[];
  /** Memories of an answer of an earlier day; read when they are asked for. */
  usedBefore: number[];
  saved: Glance[];
  missing: Circuit[];
  madeOf: AskEvents['done']['made_of'] | null;
  stopped: boolean;
  error: unknown;
  at: string | null;
}
const LOADED_TURNS_MAX = 80;
export const DEFAULT_CONVERSATION = 'default';

function newTurn(id: number, question: string): Turn {
  return {id, question, answer: '', state: 'thinking', used: [], usedBefore: [], saved: [],
    missing: [], madeOf: null, stopped: false, error: null, at: null};
}

class Chat {
  turns = $state<Turn[]>([]);
  conversation = $state(DEFAULT_CONVERSATION);
  conversations = $state.raw<Conversation[]>([]);
  temporary = $state(false);
  route = $state<Route | null>(null);
  busy = $state(false);
  loading = $state(false);
  error = $state<unknown>(null);
  #ids = 0;
  #answerId = '';
  #abort = new AbortController();

  async loadList(): Promise<void> {
    this.conversations = await api.conversations();
  }

  /** Shows a conversation with what was said in it. */
  async open(conversation: string): Promise<void> {
    this.leave();
    this.conversation = conversation;
    this.temporary = false;
    this.turns = [];
    this.error = null;
    this.loading = true;
    try {
      const {blocks} = await api.list({sessions: [conversation], kinds: ['utterance', 'answer']},
                                      {limit: LOADED_TURNS_MAX});
      if (this.conversation === conversation) this.turns = this.#turnsOf(blocks.reverse());
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  /** A conversation that begins with the next question. */
  fresh(temporary = false): void {
    this.leave();
    this.conversation = `c-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
    this.temporary = temporary;
    this.turns = [];
    this.error = null;
  }

  async ask(question: string): Promise<void> {
    const text = question.trim();
    if (text === '' || this.busy) return;
    this.turns.push(newTurn(++this.#ids, text));
    const turn = this.turns.at(-1);
    if (turn !== undefined) await this.#answer(turn);
  }

  /** Asks the same again; the new answer takes the place of the old one on the page. */
  async again(turn: Turn): Promise<void> {
    if (this.busy) return;
    Object.assign(turn, newTurn(turn.id, turn.question));
    await this.#answer(turn);
  }

  /** Of an answer of an earlier day; what was forgotten since is left out. */
  async loadUsed(turn: Turn): Promise<void> {
    const asked = turn.usedBefore;
    turn.usedBefore = [];
    const blocks = await Promise.all(asked.map((one) => api.show(one).catch(() => null)));
    turn.used = blocks.filter((one) => one !== null).map(glance);
  }

  async stop(): Promise<void> {
    if (this.#answerId === '') this.#abort.abort();
    else await api.stop(this.#answerId);
  }

  /** Lets go of an answer that is still coming; the server notices and cancels it. */
  leave(): void {
    this.#abort.abort();
  }

  async #answer(turn: Turn): Promise<void> {
    this.busy = true;
    this.#answerId = '';
    this.#abort = new AbortController();
    const signal = this.#abort.signal;
    const {conversation, temporary, route} = this;
    try {
      const events = api.ask({question: turn.question, conversation, temporary, route}, signal);
      await this.#take(turn, events);
    } catch (error) {
      turn.stopped = signal.aborted;
      turn.error = signal.aborted ? null : error;
    }
    if (turn.state !== 'done') turn.state = turn.error === null ? 'done' : 'failed';
    circuits.rest();
    this.busy = false;
    if (!temporary) void this.loadList().catch(() => undefined);  // the list is of yesterday then
  }

  /** Words are put in once a frame, however fast they come. */
  async #take(turn: Turn, events: AsyncGenerator<api.AskEvent>): Promise<void> {
    let waiting = '';
    let frame = 0;
    const put = (): void => {
      turn.answer += waiting;
      waiting = '';
      frame = 0;
    };
    for await (const event of events) {
      if (event.name === 'delta') {
        turn.state = 'answering';
        waiting += event.data.text;
        if (frame === 0) frame = requestAnimationFrame(put);
      } else if (event.name === 'done') {
        cancelAnimationFrame(frame);
        waiting = '';
        this.#finish(turn, event.data);
      } else {
        await this.#note(turn, event);
      }
    }
    cancelAnimationFrame(frame);
    put();
  }

  #finish(turn: Turn, done: AskEvents['done']): void {
    turn.answer = done.answer;
    turn.madeOf = done.made_of;
    turn.missing = done.missing;
    turn.stopped = done.stopped;
    turn.state = 'done';
  }

  async #note(turn: Turn, event: api.AskEvent): Promise<void> {
    switch (event.name) {
      case 'accepted': this.#answerId = event.data.answer_id; break;
      case 'recall': turn.used = event.data.memories.map(glanceOfRecalled); break;
      case 'circuit': circuits.note(event.data); break;
      case 'memory_written': turn.saved = await this.#saved(event.data); break;
      case 'error':
        throw new ApiError(event.data.status, event.data.code, event.data.detail);
    }
  }

  async #saved(written: AskEvents['memory_written']): Promise<Glance[]> {
    const blocks = [written.question, written.answer].filter((one) => one !== null);
    return await Promise.all(blocks.map(async (one) => glance(await api.show(one))));
  }

  /** An answer belongs to the question before it. */
  #turnsOf(blocks: Block[]): Turn[] {
    const out: Turn[] = [];
    for (const block of blocks) {
      const last = out.at(-1);
      if (block.kind === 'answer' && last !== undefined && last.answer === '') {
        last.answer = block.context;
        const question = last.saved[0]?.block_index;
        last.usedBefore = block.refs.filter((one) => one !== question);
        last.saved.push(glance(block));
        continue;
      }
      const turn = newTurn(++this.#ids, block.kind === 'answer' ? '' : block.context);
      if (block.kind === 'answer') turn.answer = block.context;
      out.push({...turn, state: 'done', at: block.timestamp, saved: [glance(block)]});
    }
    return out;
  }
}

export const chat = new Chat();
