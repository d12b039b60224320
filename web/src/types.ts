// What the server says, as docs/operations.md, docs/guide/server.md and /openapi.json describe it.

export type Role = 'origin' | 'member' | 'guest' | 'agent';
export interface Account { name: string; role: Role }
/** `csrf`: what the server wants to see with whatever changes something; of this login alone. */
export interface Session {
  account: Account | null; first_run: boolean; origin?: string; csrf: string | null;
}
export type Login = Account & {csrf: string};

export interface Block {
  block_index: number;
  timestamp: string;
  context: string;
  keywords: string[];
  tags: string[];
  importance: number;
  hash: string;
  state: string;
  recorded: string;
  kind: string;
  trust: string;
  speaker: string | null;
  session: string | null;
  source: string | null;
  channel: string | null;
  writer: string | null;
  refs: number[];
  keywords_now: string[];
  tags_now: string[];
  pinned: boolean;
  hidden: boolean;
  retold: boolean;
  superseded_by: number | null;
}
export interface ArmShare { arm: string; rank: number; share: number }
export interface Hit extends Block { score: number; arms: ArmShare[] }
export interface RecallAnswer { hits: Hit[]; below_threshold: number; vectors_pending: number }
export interface Listing { blocks: Block[]; next: number | null }
export interface Day {
  day: string; blocks: number; keywords: string[]; tags: string[]; mood: number;
}
export interface HistoryEntry { event: string; block: Block }
export interface ForgetPreview {
  count: number; targets: Block[]; derived: Block[]; notes: string[];
}
export interface ForgetReport { count: number; erase_block: number; unreached: string[] }
export interface Stats {
  blocks: number; memories: number; erased: number; pinned: number; hidden: number;
  vectors: number; vectors_pending: number; log_bytes: number; keyword_bytes: number;
  attribute_bytes: number; vector_bytes: number; chain: string; model: string | null;
  head_hash: string;
}
export interface Verdict {
  ok: boolean; blocks: number; bytes: number; erased: number; first_bad: number | null;
  problems: string[];
}

/** A file that was sent, and how it is to be read. */
export interface ImportWish {
  upload_id: string; name: string; format: string; zone: string; me: string;
}
export interface Refused { file: string; line: number; reason: string }
export interface ImportPreview {
  format: string; items: number; kinds: Record<string, number>; left_out: Record<string, number>;
  speakers: {name: string; count: number}[]; chats: number;
  from: string | null; until: string | null; undated: number;
  samples: {speaker: string; time: string | null; text: string; chat: string}[];
  unreadable: number; refused: Refused[];
}
export interface ImportReport {
  imported: number; skipped: number; stopped: boolean; unreadable: number; refused: Refused[];
}
export interface ImportStatus {
  running: boolean; bytes_read: number; bytes_total: number; imported: number; skipped: number;
  report: ImportReport | null;
}

/** What a list of memories is narrowed by; an absent member asks for nothing. */
export interface Filter {
  speakers?: string[]; sessions?: string[]; tags?: string[]; kinds?: string[];
  from?: string; until?: string; include_hidden?: boolean; include_superseded?: boolean;
}
export type ForgetTarget = {blocks: number[]} | {conversation: string};

export interface BootStage {
  name: string; state: string; done: number; total: number; note: string | null;
}
export interface Identity {
  version: number; name: string; origin: string; sentence: string; fixed: string;
  sound: boolean; block_index: number; data: Record<string, unknown>;
}
export interface Boot {
  state: 'running' | 'ready' | 'failed';
  stages: BootStage[]; identity: Identity | null; seconds: number; note: string | null;
}

export type Circuit = 'emotion' | 'self' | 'creation';
export type Route = 'direct' | 'duo' | 'trio';
export interface CircuitStatus {
  circuit: Circuit; model: string | null; state: 'ready' | 'loading' | 'failed' | 'absent';
  restarts: number; error: string | null;
}
export interface LoopStatus {
  name: string; last_run: string | null; state: string; note?: string | null;
}
export interface Status {
  circuits: CircuitStatus[]; loops: LoopStatus[]; version?: string;
  vectors?: {pending: number; per_s: number; left_s: number | null};
}

/** A memory as an answer names it. */
export interface RecalledMemory {
  block_index: number; text: string; timestamp: string; speaker: string | null;
  score: number; trust: string;
}
export interface CircuitEvent {
  circuit: Circuit; state: 'started' | 'done' | 'failed' | 'skipped'; model: string | null;
  note: Record<string, unknown> | null; ms: number | null; error: string | null;
}
export interface Problem { title: string; status: number; detail: string; code: string }
export interface AskEvents {
  accepted: {answer_id: string; conversation: string};
  recall: {memories: RecalledMemory[]; search_ms: number; embed_ms: number};
  circuit: CircuitEvent;
  delta: {text: string};
  memory_written: {question: number | null; answer: number | null; turn: number | null;
    conversation: string};
  usage: {prompt_tokens: number; completion_tokens: number; recall_ms: number;
    first_delta_ms: number | null; total_ms: number};
  done: {answer: string; made_of: 'models' | 'memories' | 'identity' | 'nothing';
    missing: Circuit[]; stopped: boolean; conversation: string; turn: number | null;
    model_error: string | null};
  error: Problem;
}
export interface AskRequest {
  question: string; conversation: string; temporary: boolean; route: Route | null;
  edits: number | null;
}
export interface Conversation {
  conversation: string; title: string; of: string | null; turns?: number; first: string;
  last: string; match: {block_index: number; text: string; time: string} | null;
}
/** Something said in a conversation, or in the one it branches off. */
export interface ConversationTurn {
  id: number; conversation: string; block_index: number; kind: string; speaker: string;
  text: string; time: string; repeat: boolean; retold: boolean; trust: string;
  tags: string[]; pinned: boolean; superseded_by: number | null; refs: number[];
  versions: string[];
}
export interface ConversationTree {
  conversation: string; title: string; of: string | null; turns: ConversationTurn[];
}

export interface Person { name: string; role: Role; created?: string }
export interface Key {
  id: string; account: string; label: string; rights: string[]; chains: string[];
  created?: string; expires?: string | null; last_used?: string | null;
}
