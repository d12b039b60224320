// Stands before the server and passes everything on to it. Only where the server has nothing at a
// path of its description yet, it answers itself, from the real home. What it had to answer is
// printed at the end; once that is nothing, this file has no use.
import {createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse} from
  'node:http';
import type {AddressInfo} from 'node:net';
import {Readable} from 'node:stream';

interface Program { program(words: string[], input?: string): string; code: string }
interface Account { name: string; role: string }
type Json = Record<string, unknown>;

const NOT_PASSED = ['content-encoding', 'content-length', 'connection', 'transfer-encoding'];
const PASSED = ['accept', 'accept-language', 'cookie', 'if-none-match', 'sec-fetch-site'];

export class StandIn {
  url = '';
  answered = new Set<string>();
  #real: string;
  #server: Program;
  #accounts = new Map<string, Account>();
  #firstRun: boolean;
  #http: HttpServer;

  private constructor(real: string, server: Program) {
    this.#real = real;
    this.#server = server;
    this.#firstRun = server.code !== '';
    this.#http = createServer((request, response) => {
      void this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
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
    console.log(`answered by the stand-in: ${[...this.answered].join(' ') || 'nothing'}`);
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const path = request.url ?? '/';
    const cookie = request.headers.cookie ?? '';
    const account = this.#accounts.get(cookie) ?? null;
    if (path === '/api/session') {  // asked without a credential: 401 tells nothing of the path
      this.answered.add(path);
      return send(response, {account, first_run: this.#firstRun});
    }
    const leaves = new AbortController();
    response.once('close', () => leaves.abort());
    const headers = Object.fromEntries(PASSED.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }));
    const answer = await fetch(this.#real + path, {method: request.method ?? 'GET', headers,
      body: request.method === 'POST' ? body : null, signal: leaves.signal});
    const mine = answer.status === 404 && path.startsWith('/api/') && account?.role === 'origin'
      ? this.#tell(path, body) : null;
    if (mine !== null) return send(response, mine);
    const out = [...answer.headers].filter(([name]) => !NOT_PASSED.includes(name));
    response.writeHead(answer.status, Object.fromEntries(out));
    if (path === '/login' || path === '/first_run') {
      return void response.end(this.#noteLogin(answer, await answer.text()));
    }
    if (path === '/logout') this.#accounts.delete(cookie);
    if (answer.body === null) return void response.end();
    Readable.fromWeb(answer.body as never).on('error', () => response.destroy()).pipe(response);
  }

  #noteLogin(answer: Response, text: string): string {
    const set = answer.headers.get('set-cookie');
    if (answer.ok && set !== null) {
      this.#accounts.set(set.slice(0, set.indexOf(';')), JSON.parse(text) as Account);
      this.#firstRun = false;
    }
    return text;
  }

  #tell(path: string, body: string): Json | null {
    const given = (body === '' ? {} : JSON.parse(body)) as Record<string, string>;
    const program = (...words: string[]): Json =>
      JSON.parse(this.#server.program([...words, '--json'], `${given.password}\n`)) as Json;
    interface Listed extends Account { keys: Json[] }
    const people = (): Listed[] => program('people', 'list').accounts as Listed[];
    const {name = '', role = '', account = '', id = ''} = given;
    const answers: Record<string, () => Json> = {
      '/api/people': () => ({people: people()}),
      '/api/people/add': () => program('people', 'add', name, '--role', role),
      '/api/people/remove': () => program('people', 'remove', name),
      '/api/keys': () => ({keys: people().flatMap((one) =>
        one.keys.map((key) => ({...key, account: one.name})))}),
      '/api/keys/create': () => program('people', 'key', 'create', account),
      '/api/keys/revoke': () => program('people', 'key', 'revoke', id),
    };
    const answer = answers[path];
    if (answer === undefined) return null;
    this.answered.add(path);
    return answer();
  }
}

function send(response: ServerResponse, body: Json): void {
  response.writeHead(200, {'Content-Type': 'application/json'}).end(JSON.stringify(body));
}
