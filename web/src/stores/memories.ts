// What can be done with a memory; the cards and dialogs call nothing else.
import * as api from '../api';
import type {Block, ConversationTurn, Filter, RecalledMemory} from '../types';

export {explain, forget, forgetPreview, history, list, mark, recall, remember, show, timeline,
  update} from '../api';

const PAGE = 30;

/** What a card shows; a block has all of it, an answer's recall the first half. */
export interface Glance {
  block_index: number;
  text: string;
  timestamp: string;
  speaker: string | null;
  trust: string;
  kind: string;
  tags: string[];
  pinned: boolean;
  hidden: boolean;
  superseded_by: number | null;
  state: string;
  score: number | null;
}

export function glance(block: Block & {score?: number}): Glance {
  return {
    block_index: block.block_index, text: block.context, timestamp: block.timestamp,
    speaker: block.speaker, trust: block.trust, kind: block.kind, tags: block.tags_now,
    pinned: block.pinned, hidden: block.hidden, superseded_by: block.superseded_by,
    state: block.state, score: block.score ?? null,
  };
}

export function glanceOfRecalled(memory: RecalledMemory): Glance {
  return {
    block_index: memory.block_index, text: memory.text, timestamp: memory.timestamp,
    speaker: memory.speaker, trust: memory.trust, kind: 'utterance', tags: [], pinned: false,
    hidden: false, superseded_by: null, state: 'ok', score: memory.score,
  };
}

export function glanceOfTurn(turn: ConversationTurn): Glance {
  return {
    block_index: turn.block_index, text: turn.text, timestamp: turn.time, speaker: turn.speaker,
    trust: turn.trust, kind: turn.kind, tags: turn.tags, pinned: turn.pinned, hidden: false,
    superseded_by: turn.superseded_by, state: 'ok', score: null,
  };
}

/** A page of memories, newest first. */
export async function page(filter: Filter, before: number | null):
    Promise<{memories: Glance[]; next: number | null}> {
  const {blocks, next} = await api.list(filter, before === null
    ? {limit: PAGE} : {limit: PAGE, before});
  return {memories: blocks.map(glance), next};
}

/** Everything of a span of time, oldest first. */
export async function span(from: string, until: string, limit: number): Promise<Glance[]> {
  const {blocks} = await api.list({from, until}, {limit, oldest_first: true});
  return blocks.map(glance).sort((a, b) => a.timestamp.localeCompare(b.timestamp));
}
