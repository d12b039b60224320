// Dark or light: as the system has it, until the reader chooses.

export type Theme = 'system' | 'light' | 'dark';
const STORED = 'echo.theme';

class ThemeChoice {
  value = $state<Theme>((localStorage.getItem(STORED) as Theme | null) ?? 'system');

  constructor() {
    this.#apply();
  }

  choose(theme: Theme): void {
    this.value = theme;
    localStorage.setItem(STORED, theme);
    this.#apply();
  }

  #apply(): void {
    if (this.value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.value;
  }
}

export const theme = new ThemeChoice();
