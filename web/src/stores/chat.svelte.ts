// The conversation: questions, answers as they come, and which memories each used and left.
import * as api from '../api';
import {ApiError} from '../lib/api_error';
import type {AskEvents, Circuit, Conversation, ConversationTurn, Route} from '../types';
import {circuits} from './circuits.svelte';
import {type Glance, glance, glanceOfRecalled, glanceOfTurn} from './memories';

export interface Turn {
  id: number;
  /** Where it stands in the conversation; null while it is not saved. */
  turn: number | null;
  /** Conversations that go on differently from this question, and which of them this is. */
  versions: string[];
  version: string;
  question: string;
  answer: string;
  state: 'thinking' | 'answering' | 'done' | 'failed';
  used: Glance[];
  /** Memories of an answer of an earlier day; read when they are asked for. */
  usedBefore: number[];
  saved: Glance[];
  missing: Circuit[];
  madeOf: AskEvents['done']['made_of'] | null;
  modelError: string | null;
  stopped: boolean;
  error: unknown;
  at: string | null;
}
export const DEFAULT_CONVERSATION = 'default';

function newTurn(id: number, question: string): Turn {
  return {id, turn: null, versions: [], version: '', question, answer: '', state: 'thinking',
    used: [], usedBefore: [], saved: [],
    missing: [], madeOf: null, modelError: null, stopped: false, error: null, at: null};
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

  /** Those in which the words were said. */
  readonly find = api.conversations;
  readonly rename = api.renameConversation;
  /** Where it can be downloaded. */
  readonly addressOf = api.exportAddress;

  /** Shows a conversation with what was said in it. */
  async open(conversation: string): Promise<void> {
    this.turns = [];
    await this.turnTo(conversation);
  }

  /** The same, but what is shown stays until the other is there: from one branch to the next. */
  async turnTo(conversation: string): Promise<void> {
    this.leave();
    this.conversation = conversation;
    this.temporary = false;
    this.error = null;
    this.loading = true;
    try {
      const turns = await this.#load(conversation);
      if (this.conversation === conversation) this.turns = this.#turnsOf(turns);
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  /** Nothing where nothing was said in it yet. */
  async #load(conversation: string): Promise<ConversationTurn[]> {
    try {
      return (await api.conversationTree(conversation)).turns;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return [];
      throw error;
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

  /** `edited`: the question whose place this one takes, in a branch of the conversation. */
  async ask(question: string, edited: Turn | null = null): Promise<void> {
    const text = question.trim();
    if (text === '' || this.busy) return;
    const edits = this.temporary ? null : edited?.turn ?? null;
    if (edits !== null) {
      this.turns = this.turns.slice(0, this.turns.findIndex((one) => one.id === edited?.id));
    }
    this.turns.push(newTurn(++this.#ids, text));
    const turn = this.turns.at(-1);
    if (turn !== undefined) await this.#answer(turn, edits);
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

  async #answer(turn: Turn, edits: number | null = null): Promise<void> {
    this.busy = true;
    this.#answerId = '';
    this.#abort = new AbortController();
    const signal = this.#abort.signal;
    const {conversation, temporary, route} = this;
    try {
      const events = api.ask(
        {question: turn.question, conversation, temporary, route, edits}, signal);
      await this.#take(turn, events);
    } catch (error) {
      turn.stopped = signal.aborted;
      turn.error = signal.aborted ? null : error;
    }
    if (turn.state !== 'done') turn.state = turn.error === null ? 'done' : 'failed';
    circuits.rest();
    this.busy = false;
    if (temporary) return;
    void this.loadList().catch(() => undefined);  // the list is of yesterday then
    if (edits !== null) await this.#loadVersions().catch(() => undefined);  // or after a reload
  }

  async #loadVersions(): Promise<void> {
    for (const said of await this.#load(this.conversation)) {
      const turn = this.turns.find((one) => one.turn === said.id);
      if (turn !== undefined) [turn.versions, turn.version] = [said.versions, said.conversation];
    }
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
    turn.modelError = done.model_error;
    turn.missing = done.missing;
    turn.stopped = done.stopped;
    turn.state = 'done';
  }

  async #note(turn: Turn, event: api.AskEvent): Promise<void> {
    switch (event.name) {
      case 'accepted': this.#answerId = event.data.answer_id; break;
      case 'recall': turn.used = event.data.memories.map(glanceOfRecalled); break;
      case 'circuit': circuits.note(event.data); break;
      case 'memory_written':
        turn.turn = event.data.turn;
        if (!this.temporary) this.conversation = event.data.conversation;
        turn.saved = await this.#saved(event.data);
        break;
      case 'error':
        throw new ApiError(event.data.status, event.data.code, event.data.detail);
    }
  }

  async #saved(written: AskEvents['memory_written']): Promise<Glance[]> {
    const blocks = [written.question, written.answer].filter((one) => one !== null);
    return await Promise.all(blocks.map(async (one) => glance(await api.show(one))));
  }

  /** An answer belongs to the question before it. */
  #turnsOf(said: ConversationTurn[]): Turn[] {
    const out: Turn[] = [];
    for (const one of said) {
      const isAnswer = one.kind !== 'utterance';
      const last = out.at(-1);
      if (isAnswer && last !== undefined && last.answer === '') {
        last.answer = one.text;
        const question = last.saved[0]?.block_index;
        last.usedBefore = one.refs.filter((ref) => ref !== question);
        last.saved.push(glanceOfTurn(one));
        continue;
      }
      const turn = newTurn(++this.#ids, isAnswer ? '' : one.text);
      if (isAnswer) turn.answer = one.text;
      out.push({...turn, state: 'done', at: one.time, saved: [glanceOfTurn(one)],
        turn: isAnswer ? null : one.id, versions: one.versions, version: one.conversation});
    }
    return out;
  }
}

export const chat = new Chat();
