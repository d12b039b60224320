// A model server that says what it is told to: OpenAI's chat completions, streamed, by a script. It
// takes notes in the form that is asked for, and speaks the same few words.
import {createServer, type Server as HttpServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

const WORDS = ['그때 ', '이야기를 ', '기억하고 ', '있어요. ', '**마라톤** ', '연습은 ', '요즘 ',
  '어때요?\n\n', '- 물 챙기기\n', '- 천천히 ', '뛰기'];
/** After this the model repeats what it was asked: for answers that a test chooses. */
export const REPEAT = '따라 해 줘:';
/** A question with this is answered at length: long enough to be stopped. */
export const AT_LENGTH = '길게';
const WORDS_AT_LENGTH = 5_000;
/** A question with this gets no answer at all, as small models sometimes give none. */
export const SAY_NOTHING = '조용히';
const WORD_MS = 5;

interface Schema {
  type?: string; properties?: Record<string, Schema>; enum?: unknown[]; items?: Schema;
  minimum?: number; minItems?: number;
}
interface Asked {
  messages: {role: string; content: string}[];
  response_format?: {json_schema: {schema: Schema}};
}

/** The least that a schema allows. */
function least(schema: Schema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case 'object': return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, one]) => [name, least(one)]));
    case 'array':
      return Array.from({length: schema.minItems ?? 0}, () => least(schema.items ?? {}));
    case 'integer': case 'number': return schema.minimum ?? 0;
    case 'boolean': return false;
    default: return '차분함';
  }
}

function wordsFor({messages, response_format}: Asked): string[] {
  if (response_format !== undefined) {
    return [JSON.stringify(least(response_format.json_schema.schema))];
  }
  const question = messages.at(-1)?.content ?? '';
  const repeated = question.split(REPEAT)[1];
  if (repeated !== undefined) return repeated.trim().split(/(?<= )/);
  if (question.includes(SAY_NOTHING)) return [];
  const count = question.includes(AT_LENGTH) ? WORDS_AT_LENGTH : WORDS.length;
  return Array.from({length: count}, (_, place) => WORDS[place % WORDS.length] ?? '');
}

async function speak(words: string[], response: ServerResponse): Promise<void> {
  const chunk = (delta: object, finish: string | null): void => {
    const data = {choices: [{index: 0, delta, finish_reason: finish}]};
    response.write(`data: ${JSON.stringify(data)}\n\n`);
  };
  response.writeHead(200, {'Content-Type': 'text/event-stream'});
  for (const content of words) {
    if (response.destroyed) return;
    chunk({content}, null);
    await new Promise((resolve) => setTimeout(resolve, WORD_MS));
  }
  chunk({}, 'stop');
  response.end('data: [DONE]\n\n');
}

export class Model {
  #http: HttpServer;
  url = '';

  private constructor() {
    this.#http = createServer((request, response) => {
      let body = '';
      request.on('data', (bytes: Buffer) => { body += bytes.toString(); });
      request.on('end', () => {
        if (request.method !== 'POST') response.end('{"data":[]}');
        else void speak(wordsFor(JSON.parse(body) as Asked), response);
      });
    });
  }

  static async start(): Promise<Model> {
    const out = new Model();
    await new Promise<void>((resolve) => out.#http.listen(0, '127.0.0.1', resolve));
    out.url = `http://127.0.0.1:${(out.#http.address() as AddressInfo).port}/v1`;
    return out;
  }

  /** HOME/circuits.toml for a home whose three circuits are all this. */
  config(): string {
    const circuits = ['emotion', 'self', 'creation'].map((name) =>
      `[circuits.${name}]\nmodel = "scripted"\n`);
    return `[models.scripted]\nurl = "${this.url}"\nmodel = "scripted"\n${circuits.join('')}`;
  }

  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }
}
