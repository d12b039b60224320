// A file on its way into memory: sent in pieces, looked into, imported. Nothing is remembered
// before the reader says so.
import * as api from '../api';
import {ApiError} from '../lib/api_error';
import type {ImportPreview, ImportReport, ImportWish} from '../types';

const PIECE_BYTES = 1_200_000;
const STATUS_EVERY_MS = 500;
export type ImportStep = 'choose' | 'sending' | 'reading' | 'preview' | 'importing' | 'done';

/** Bytes as the server takes them. */
async function base64(piece: Blob): Promise<string> {
  return await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => { resolve(String(reader.result).replace(/^[^,]*,?/, '')); };
    reader.onerror = () => { reject(reader.error ?? new Error('unreadable')); };
    reader.readAsDataURL(piece);
  });
}

const pause = async (ms: number): Promise<void> => {
  await new Promise((resolve) => { setTimeout(resolve, ms); });
};

class ImportStory {
  step = $state<ImportStep>('choose');
  name = $state('');
  format = $state('auto');
  me = $state('');
  /** 0 … 1, of what is going on. */
  share = $state(0);
  imported = $state(0);
  preview = $state.raw<ImportPreview | null>(null);
  report = $state.raw<ImportReport | null>(null);
  error = $state<unknown>(null);
  #upload = '';
  #turn = 0;

  get #wish(): ImportWish {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return {upload_id: this.#upload, name: this.name, format: this.format, zone, me: this.me};
  }

  async choose(file: File): Promise<void> {
    await this.discard();
    const mine = this.#turn;
    this.name = file.name;
    this.step = 'sending';
    try {
      for (let offset = 0; offset < Math.max(file.size, 1); offset += PIECE_BYTES) {
        const data = await base64(file.slice(offset, offset + PIECE_BYTES));
        const sent = await api.importUpload(
          offset, data, this.#upload === '' ? undefined : this.#upload);
        if (mine !== this.#turn) {
          if (this.#upload === '') await api.importDiscard(sent.upload_id);
          return;
        }
        this.#upload = sent.upload_id;
        this.share = Math.min(1, (offset + PIECE_BYTES) / Math.max(file.size, 1));
      }
    } catch (error) {
      if (mine === this.#turn) this.#failed(error, 'choose');
      return;
    }
    await this.look();
  }

  /** Reads the file as it is to be read now. */
  async look(): Promise<void> {
    const mine = this.#turn;
    this.step = 'reading';
    this.error = null;
    try {
      const preview = await api.importPreview({...this.#wish, me: ''});  // by their own names
      if (mine !== this.#turn) return;
      this.preview = preview;
      if (!preview.speakers.some((one) => one.name === this.me)) this.me = '';
      this.step = 'preview';
    } catch (error) {
      if (mine === this.#turn) this.#failed(error, 'preview');
    }
  }

  async begin(): Promise<void> {
    const mine = this.#turn;
    const upload = this.#upload;
    this.step = 'importing';
    this.share = 0;
    this.error = null;
    void this.#watch(upload);
    try {
      const report = await api.importFile(this.#wish).catch(
        async (error: unknown) => await this.#afterAll(upload, error));
      if (mine !== this.#turn) return;
      this.report = report;
      this.step = 'done';
      this.#upload = '';
    } catch (error) {
      if (mine === this.#turn) this.#failed(error, 'preview');
    }
  }

  /** Takes the file away, and begins anew. */
  async discard(): Promise<void> {
    this.#turn += 1;
    const upload = this.#upload;
    this.#upload = '';
    Object.assign(this, {step: 'choose', name: '', format: 'auto', me: '', share: 0, imported: 0,
      preview: null, report: null, error: null});
    if (upload !== '') await api.importDiscard(upload).catch(() => undefined);  // gone in a day
  }

  #failed(error: unknown, step: ImportStep): void {
    this.error = error;
    this.step = step;
  }

  /** Where only the answer was lost on its way, the import goes on: its report tells. */
  async #afterAll(upload: string, error: unknown): Promise<ImportReport> {
    const lost = error instanceof ApiError && (error.status === 0 || error.status >= 502);
    while (lost) {
      await pause(STATUS_EVERY_MS);
      const status = await api.importStatus(upload);
      if (status.report !== null) return status.report;
      if (!status.running) break;
    }
    throw error;
  }

  async #watch(upload: string): Promise<void> {
    while (this.step === 'importing' && this.#upload === upload) {
      await pause(STATUS_EVERY_MS);
      const status = await api.importStatus(upload).catch(() => null);  // the import itself tells
      if (status === null || this.step !== 'importing' || this.#upload !== upload) continue;
      if (status.bytes_total > 0) this.share = status.bytes_read / status.bytes_total;
      this.imported = status.imported + status.skipped;
    }
  }
}

export const imports = new ImportStory();
