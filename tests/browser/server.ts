// The real `mbe serve` on a temporary home, for one test file; its models speak by a script.
import {type ChildProcess, execFileSync, spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

import {Model} from './model.ts';

export const PASSWORD = 'twelve characters';
export const CODE = /\b[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}\b/;
export const URL_SHOWN = /http:\/\/\S+/;
/** Where the transcripts were written, whatever zone the machine is in; the page's zone too. */
const env = {...process.env, TZ: 'Asia/Seoul'};

export interface Setup {
  /** Files below the home, by path. */
  files?: Record<string, string>;
  /** Accounts made before the start, with PASSWORD. */
  people?: Record<string, string>;
  /** Whether its three circuits speak, by a script. */
  speaks?: boolean;
}

export class Server {
  readonly mbe: string;
  readonly home: string;
  code = '';
  url = '';
  #process: ChildProcess | null = null;
  #model: Model | null = null;

  private constructor(mbe: string, home: string) {
    this.mbe = mbe;
    this.home = home;
  }

  static async start(setup: Setup = {}): Promise<Server> {
    const mbe = process.env.MBE;
    if (mbe === undefined) throw new Error('MBE names the program that is tested');
    const server = new Server(mbe, mkdtempSync(join(tmpdir(), 'mbe-browser-')));
    const files = {...setup.files};
    if (setup.speaks === true) {
      server.#model = await Model.start();
      files['circuits.toml'] = server.#model.config();
    }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(server.home, path)), {recursive: true});
      writeFileSync(join(server.home, path), text);
    }
    for (const [name, role] of Object.entries(setup.people ?? {})) {
      server.program(['people', 'add', name, '--role', role], `${PASSWORD}\n`);
    }
    await server.#serve();
    return server;
  }

  /** Runs the program on the home; what it prints. */
  program(words: string[], input = ''): string {
    return execFileSync(this.mbe, ['--home', this.home, '--lang', 'en', ...words],
                        {input, env, encoding: 'utf-8', stdio: ['pipe', 'pipe', 'pipe']});
  }

  /** What the memory of the origin holds, by the program rather than the page. */
  texts(): string[] {
    const file = `${this.home}/exported.jsonl`;  // nothing to export ends with 1
    const words = ['--home', this.home, 'export', '--format', 'block_memory', '-o', file];
    spawnSync(this.mbe, words, {env});
    return (existsSync(file) ? readFileSync(file, 'utf-8') : '').split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as {context: string}).context);
  }

  async stop(): Promise<void> {
    this.#model?.close();
    const process = this.#process;
    if (process !== null && process.exitCode === null) {
      const ended = new Promise((resolve) => process.once('exit', resolve));
      process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.home, {recursive: true});
  }

  async #serve(): Promise<void> {
    const child = spawn(this.mbe, ['--home', this.home, '--lang', 'en', 'serve', '--port', '0'],
                        {env, stdio: ['ignore', 'pipe', 'pipe']});
    this.#process = child;
    let said = '';
    this.url = await new Promise<string>((resolve, reject) => {
      const hear = (bytes: Buffer): void => {
        said += bytes.toString();
        const url = URL_SHOWN.exec(said);
        // The last line it says; the address comes before, and the code where there is one.
        if (url !== null && said.includes('Ctrl-C')) resolve(url[0]);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => reject(new Error(`mbe serve ended: ${said}`)));
    });
    this.code = CODE.exec(said)?.[0] ?? '';
  }
}
