// The one place that knows the server's addresses. Every failure is an ApiError with the server's
// own words in the language of the page.
import {ApiError} from './lib/api_error';
import {serverEvents} from './lib/events';
import type {
  Account, AskEvents, AskRequest, Block, Boot, Conversation, ConversationTree, Day, Filter,
  ForgetPreview, ForgetReport, ForgetTarget, HistoryEntry, Hit, ImportPreview, ImportReport,
  ImportStatus, ImportWish, Key, Listing, Login, Person, Problem, RecallAnswer,
  Role, Session, Stats, Status, Verdict,
} from './types';

let onSignedOut: () => void = () => undefined;

/** Calls `then` whenever the server no longer knows who we are. */
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

/** The present login: whose, and what the server wants with whatever changes something. */
let login: {name: string | null; csrf: string | null} = {name: null, csrf: null};

async function failure(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => ({})) as Partial<Problem>;
  const wait = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new ApiError(response.status, problem.code ?? 'http',
                      problem.detail ?? `HTTP ${response.status}`,
                      Number.isNaN(wait) ? null : wait);
}

async function send(path: string, body: unknown, options: RequestInit): Promise<Response> {
  const given: RequestInit = body === undefined
    ? {method: 'GET'} : {method: 'POST', body: JSON.stringify(body)};
  const token: HeadersInit =
    body === undefined || login.csrf === null ? {} : {'X-CSRF-Token': login.csrf};
  try {
    return await fetch(path, {
      ...given, ...options,
      headers: {'Content-Type': 'application/json',
        'Accept-Language': document.documentElement.lang, ...token, ...options.headers},
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'offline', '');
  }
}

async function call(path: string, body?: unknown, options: RequestInit = {}): Promise<Response> {
  const before = login;
  let response = await send(path, body, options);
  if (response.status === 403 && body !== undefined) {
    // In another tab the same person may have logged in anew: then the token is another. What this
    // tab shows is not written into somebody else's memory, though.
    await session().catch(() => undefined);
    if (login.name !== before.name) login = before;
    if (login.csrf !== before.csrf) response = await send(path, body, options);
  }
  if (response.ok) return response;
  const failed = await failure(response);
  if (response.status === 401 && path !== '/login') onSignedOut();
  throw failed;
}

async function json<T>(path: string, body?: unknown): Promise<T> {
  return await (await call(path, body)).json() as T;
}

const operation = <T>(name: string, body: object = {}) => json<T>(`/v1/${name}`, body);
const zone = () => ({utc_offset_minutes: -new Date().getTimezoneOffset()});

export async function session(): Promise<Session> {
  const answer = await json<Session>('/api/session');
  login = {name: answer.account?.name ?? null, csrf: answer.csrf};
  return answer;
}
async function enter(path: string, body: object): Promise<Account> {
  const {name, role, csrf} = await json<Login>(path, body);
  login = {name, csrf};
  return {name, role};
}
export const firstRun = (name: string, password: string, code: string) =>
  enter('/first_run', {name, password, code});
export const logIn = (name: string, password: string) => enter('/login', {name, password});
export const logOut = () => json('/logout', {});

export const recall = (cue: string, filter: Filter, topK = 20) =>
  operation<RecallAnswer>('recall', {cue, top_k: topK, ...zone(), ...filter});
export const explain = (block_index: number, cue: string) =>
  operation<Hit>('explain', {block_index, cue});
export const show = (block_index: number) => operation<Block>('show', {block_index});
export const list = (filter: Filter,
                     page: {limit?: number; before?: number; from_index?: number;
                       oldest_first?: boolean; all_kinds?: boolean} = {}) =>
  operation<Listing>('list', {...filter, ...page});
export const timeline = async (filter: Filter = {}) =>
  (await operation<{days: Day[]}>('timeline', {...zone(), ...filter})).days;
export const history = async (block_index: number) =>
  (await operation<{history: HistoryEntry[]}>('history', {block_index})).history;
export const remember = (text: string) => operation<Block>('remember', {text, ...zone()});
export const update = (block_index: number, text: string) =>
  operation<Block>('update', {block_index, text, ...zone()});
export const mark = (action: 'pin' | 'unpin' | 'hide' | 'restore', block_index: number) =>
  operation(action, {block_index});
export const forgetPreview = (target: ForgetTarget) => 'conversation' in target
  ? json<ForgetPreview>('/api/conversations/delete', target)
  : operation<ForgetPreview>('forget_preview', target);
export const forget = (target: ForgetTarget, count: number, refuse: boolean) =>
  'conversation' in target
    ? json<ForgetReport>('/api/conversations/delete', {...target, count})
    : operation<ForgetReport>('forget', {...target, count, refuse});
export const stats = () => operation<Stats>('stats');
export const verify = () => operation<Verdict>('verify');

export const importUpload = (offset: number, data: string, upload_id?: string) =>
  operation<{upload_id: string; bytes: number}>(
    'import_upload', {offset, data, ...(upload_id === undefined ? {} : {upload_id})});
export const importPreview = (wish: ImportWish) => operation<ImportPreview>('import_preview', wish);
export const importFile = (wish: ImportWish) => operation<ImportReport>('import_file', wish);
export const importStatus = (upload_id: string) =>
  operation<ImportStatus>('import_status', {upload_id});
export const importDiscard = (upload_id: string) => operation('import_discard', {upload_id});

export const boot = () => json<Boot>('/api/boot');
export const status = () => json<Status>('/api/status');
export const evolve = () => json('/api/evolve', {});

/** The waking as it goes on, until it has ended. */
export async function* bootEvents(stop: AbortSignal): AsyncGenerator<Boot> {
  const response = await call('/api/boot/events', undefined,
                              {signal: stop, headers: {Accept: 'text/event-stream'}});
  if (response.body === null) return;
  for await (const event of serverEvents(response.body)) {
    if (event.name === 'boot') yield JSON.parse(event.data) as Boot;
  }
}

export type AskEvent = {[Name in keyof AskEvents]: {name: Name; data: AskEvents[Name]}}[
  keyof AskEvents];

/** One answer as it comes into being. */
export async function* ask(request: AskRequest, stop: AbortSignal): AsyncGenerator<AskEvent> {
  const {route, edits, ...rest} = request;  // left out: the server chooses, nothing is edited
  const body = {...rest, ...(route === null ? {} : {route}), ...(edits === null ? {} : {edits})};
  const response = await call('/api/ask', body,
                              {signal: stop, headers: {Accept: 'text/event-stream'}});
  if (response.body === null) return;
  for await (const event of serverEvents(response.body)) {
    yield {name: event.name, data: JSON.parse(event.data)} as AskEvent;
  }
}
export const stop = (answer_id: string) => json('/api/stop', {answer_id});
const named = (conversation: string) => `?conversation=${encodeURIComponent(conversation)}`;
export const conversations = async (search = '') => (await json<{conversations: Conversation[]}>(
  `/api/conversations${search === '' ? '' : `?search=${encodeURIComponent(search)}`}`))
  .conversations;
export const conversationTree = (conversation: string) =>
  json<ConversationTree>(`/api/conversations/tree${named(conversation)}`);
export const renameConversation = (conversation: string, title: string) =>
  json('/api/conversations/rename', {conversation, title});
export const exportAddress = (conversation: string) =>
  `/api/conversations/export${named(conversation)}`;

export const people = async () => (await json<{people: Person[]}>('/api/people')).people;
export const addPerson = (name: string, role: Role, password: string) =>
  json('/api/people/add', {name, role, password});
export const removePerson = (name: string) => json('/api/people/remove', {name});
/** One's own takes the present one, too. */
export const setPassword = (name: string, password: string, present?: string) =>
  json('/api/people/passwd', {name, password, ...(present ? {old_password: present} : {})});
export const keys = async () => (await json<{keys: Key[]}>('/api/keys')).keys;
export const createKey = (account: string, label: string, rights: string[], chains: string[]) =>
  json<{key: string; id: string}>('/api/keys/create', {account, label, rights, chains});
export const revokeKey = (id: string) => json('/api/keys/revoke', {id});
