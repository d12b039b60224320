// Stands before a server that cannot converse yet: passes everything on to it, and answers the
// paths that it does not have in the forms of their description - from the real memory wherever
// there is one. Not used once the server has /api/session.
import {createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse} from
  'node:http';
import type {AddressInfo} from 'node:net';

interface Program { program(words: string[], input?: string): string; code: string }
interface Account { name: string; role: string }
type Json = Record<string, unknown>;
interface Answering { answer_id: string; stopped: boolean }

const WORDS = ['그때 ', '이야기를 ', '기억하고 ', '있어요. ', '**마라톤** ', '연습은 ', '요즘 ',
  '어때요?\n\n', '- 물 챙기기\n', '- 천천히 ', '뛰기'];
const CIRCUITS = ['emotion', 'self', 'creation'];
const LOOPS = ['answer', 'save', 'recall', 'tone', 'creation', 'evolution'];
const NOT_PASSED = ['content-encoding', 'content-length', 'connection', 'transfer-encoding'];

export class StandIn {
  url = '';
  #real: string;
  #server: Program;
  #accounts = new Map<string, Account>();
  #titles = new Map<string, string>();
  #answering: Answering[] = [];
  #firstRun: boolean;
  #http: HttpServer;

  private constructor(real: string, server: Program) {
    this.#real = real;
    this.#server = server;
    this.#firstRun = server.code !== '';
    this.#http = createServer((request, response) => {
      void this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
  }

  static async start(real: string, server: Program): Promise<StandIn> {
    const out = new StandIn(real, server);
    await new Promise<void>((resolve) => out.#http.listen(0, '127.0.0.1', resolve));
    out.url = `http://127.0.0.1:${(out.#http.address() as AddressInfo).port}`;
    return out;
  }

  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const path = request.url ?? '/';
    const cookie = request.headers.cookie ?? '';
    const own = path.startsWith('/api/') && path !== '/api/boot';
    if (!own) return await this.#pass(request, path, body, response);
    const account = this.#accounts.get(cookie) ?? null;
    if (path === '/api/session') return send(response, {account, first_run: this.#firstRun});
    if (account === null) return send(response, problem(401, 'denied', 'give a key'), 401);
    const given = (body === '' ? {} : JSON.parse(body)) as Json;
    if (path === '/api/ask') return await this.#ask(given, cookie, response);
    if (path === '/api/boot/events') return await this.#bootEvents(cookie, response);
    const told = await this.#tell(path, given, cookie, account.role === 'origin');
    return send(response, told, typeof told.status === 'number' ? told.status : 200);
  }

  async #pass(request: IncomingMessage, path: string, body: string,
              response: ServerResponse): Promise<void> {
    const headers: Record<string, string> = {};
    for (const name of ['accept-language', 'cookie', 'if-none-match']) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const answer = await fetch(this.#real + path, {method: request.method ?? 'GET', headers,
      body: request.method === 'POST' ? body : null});
    const text = Buffer.from(await answer.arrayBuffer());
    const set = answer.headers.get('set-cookie');
    if (answer.ok && (path === '/login' || path === '/first_run') && set !== null) {
      this.#accounts.set(set.slice(0, set.indexOf(';')), JSON.parse(text.toString()) as Account);
      this.#firstRun = false;
    }
    if (path === '/logout') this.#accounts.delete(request.headers.cookie ?? '');
    const out = [...answer.headers].filter(([name]) => !NOT_PASSED.includes(name));
    response.writeHead(answer.status, Object.fromEntries(out)).end(text);
  }

  async #operation<T>(name: string, body: Json, cookie: string): Promise<T> {
    const answer = await fetch(`${this.#real}/v1/${name}`,
                               {method: 'POST', headers: {cookie}, body: JSON.stringify(body)});
    if (!answer.ok) throw new Error(await answer.text());
    return await answer.json() as T;
  }

  async #tell(path: string, given: Json, cookie: string, isOrigin: boolean): Promise<Json> {
    if (path === '/api/conversations') return {conversations: await this.#conversations(cookie)};
    if (path === '/api/conversations/rename') {
      this.#titles.set(given.conversation as string, given.title as string);
      return {done: true};
    }
    if (path === '/api/stop') {
      for (const one of this.#answering) one.stopped ||= one.answer_id === given.answer_id;
      return {done: true};
    }
    if (!isOrigin) return problem(403, 'denied', 'only the origin may do this');
    const name = given.name as string;
    const program = (...words: string[]): Json =>
      JSON.parse(this.#server.program([...words, '--json'], `${given.password as string}\n`)) as Json;
    switch (path) {
      case '/api/status': return status();
      case '/api/people': return {people: program('people', 'list').accounts};
      case '/api/people/add':
        return program('people', 'add', name, '--role', given.role as string);
      case '/api/people/remove': return program('people', 'remove', name);
      case '/api/keys': {
        const accounts = program('people', 'list').accounts as {name: string; keys: Json[]}[];
        return {keys: accounts.flatMap((one) =>
          one.keys.map((key) => ({...key, account: one.name})))};
      }
      case '/api/keys/revoke': return program('people', 'key', 'revoke', given.id as string);
      case '/api/keys/create': return program('people', 'key', 'create', given.account as string);
      default: return problem(404, 'not_found', `there is nothing at ${path}`);
    }
  }

  async #conversations(cookie: string): Promise<Json[]> {
    interface Block { session: string | null; timestamp: string; context: string }
    const {blocks} = await this.#operation<{blocks: Block[]}>(
      'list', {limit: 500, kinds: ['utterance']}, cookie);
    const out = new Map<string, Json>();
    for (const block of blocks) {
      const name = block.session ?? '';
      if (name === '') continue;
      const known = out.get(name);
      const title = this.#titles.get(name) ?? block.context;
      if (known === undefined) {
        out.set(name, {conversation: name, title, turns: 1, first: block.timestamp,
          last: block.timestamp});
      } else {
        Object.assign(known, {title, turns: (known.turns as number) + 1, first: block.timestamp});
      }
    }
    return [...out.values()];
  }

  async #bootEvents(cookie: string, response: ServerResponse): Promise<void> {
    response.writeHead(200, {'Content-Type': 'text/event-stream'});
    for (;;) {
      const boot = await (await fetch(`${this.#real}/api/boot`, {headers: {cookie}})).json() as Json;
      response.write(`event: boot\ndata: ${JSON.stringify(boot)}\n\n`);
      if (boot.state !== 'running') break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    response.end();
  }

  async #ask(given: Json, cookie: string, response: ServerResponse): Promise<void> {
    const {question, conversation, temporary} = given as {
      question: string; conversation: string; temporary: boolean};
    const answering = {answer_id: `a${this.#answering.length + 1}`, stopped: false};
    this.#answering.push(answering);
    response.writeHead(200, {'Content-Type': 'text/event-stream'});
    const tell = (name: string, data: Json): void => {
      response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    tell('accepted', {answer_id: answering.answer_id, conversation});
    const {hits} = await this.#operation<{hits: Json[]}>('recall', {cue: question, top_k: 5}, cookie);
    tell('recall', {search_ms: 1, embed_ms: 1,
      memories: hits.map(({context, ...rest}) => ({...rest, text: context}))});
    for (const circuit of CIRCUITS) tell('circuit', circuitEvent(circuit, 'started'));
    tell('circuit', {...circuitEvent('emotion', 'done'), note: {affect: '기쁨', intensity: 0.7}});
    response.write(': heartbeat\n\n');
    let answer = '';
    // A question that asks for it is answered at length: long enough to be stopped.
    for (let i = 0; i < (question.includes('길게') ? 2_000 : WORDS.length); ++i) {
      if (answering.stopped || response.destroyed) break;
      const text = WORDS[i % WORDS.length] ?? '';
      answer += text;
      tell('delta', {text});
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    tell('circuit', circuitEvent('self', 'done'));
    tell('circuit', {...circuitEvent('creation', 'failed'), error: 'took too long'});
    if (!temporary) {
      const keep = async (kind: string, text: string): Promise<number> =>
        (await this.#operation<{block_index: number}>(
          'remember', {text, kind, session: conversation}, cookie)).block_index;
      tell('memory_written', {question: await keep('utterance', question),
        answer: answer === '' ? null : await keep('answer', answer)});
    }
    tell('done', {answer, made_of: 'models', missing: ['creation'], stopped: answering.stopped});
    response.end();
  }
}

function circuitEvent(circuit: string, state: string): Json {
  return {circuit, state, model: 'test', note: null, ms: state === 'started' ? null : 4,
    error: null};
}

function problem(code: number, name: string, detail: string): Json {
  return {title: name, status: code, detail, code: name};
}

function status(): Json {
  return {
    circuits: CIRCUITS.map((circuit) =>
      ({circuit, model: 'test', state: 'ready', restarts: 0, error: null})),
    loops: LOOPS.map((name) => ({name, last_run: null, state: 'ready', note: null})),
    vectors: {pending: 0, per_s: 0, left_s: null}, version: 'test',
  };
}

function send(response: ServerResponse, body: Json, code = 200): void {
  response.writeHead(code, {'Content-Type': 'application/json'}).end(JSON.stringify(body));
}
