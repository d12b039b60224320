// The waking: stages as they go on, the days that have been read, and who Echo is in the end.
import * as api from '../api';
import {ApiError} from '../lib/api_error';
import type {Boot, Day} from '../types';
import {circuits} from './circuits.svelte';

const DAYS_EVERY_MS = 1_000;

class BootStory {
  boot = $state.raw<Boot | null>(null);
  days = $state.raw<Day[]>([]);
  error = $state<unknown>(null);
  absent = $state(false);
  #daysAt = 0;

  /** Follows the waking until it has ended or `stop` says so. */
  async follow(stop: AbortSignal): Promise<void> {
    this.error = null;
    this.absent = false;
    try {
      this.boot = await api.boot();
      // A server without transcripts is ready at once; there was nothing to replay.
      this.absent = !this.boot.stages.some((stage) => stage.name === 'memory');
      if (this.absent) return;
      await this.#readDays();
      void circuits.load().catch(() => undefined);  // the lights stay dark; the panel tells why
      if (this.boot.state !== 'running') return;
      for await (const boot of api.bootEvents(stop)) {
        this.boot = boot;
        if (performance.now() - this.#daysAt > DAYS_EVERY_MS) await this.#readDays();
      }
      await this.#readDays();
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof ApiError && error.status === 404) this.absent = true;
      else this.error = error;
    }
  }

  async #readDays(): Promise<void> {
    this.#daysAt = performance.now();
    this.days = await api.timeline();
  }
}

export const bootStory = new BootStory();
