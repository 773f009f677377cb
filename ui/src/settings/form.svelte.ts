/**
 * The state of the settings dialog. Each change applies immediately; a rejected one is discarded, and `refusal` holds the
 * reason.
 */
import type { Backend } from "../backend/backend";
import type { EncoderState, SettingsChosen, SettingsShown, ToolState } from "../backend/types";

export class Form {
  shown = $state.raw<SettingsShown | null>(null);
  tools = $state.raw<ToolState | null>(null);
  encoders = $state.raw<EncoderState[] | null>(null);
  refusal = $state("");

  constructor(readonly backend: Backend) {
    void this.reload();
  }

  async reload() {
    this.shown = await this.backend.settings();
    this.tools = await this.backend.tools();
    this.encoders = await this.backend.encoders();
  }

  /** Waits for a change, and shows the new settings or the refusal. */
  async run(change: Promise<void>) {
    this.refusal = "";
    try {
      await change;
    } catch (cause) {
      this.refusal = String(cause);
    }
    this.shown = await this.backend.settings();
  }

  async change(part: Partial<SettingsChosen>) {
    if (this.shown) await this.run(this.backend.saveSettings({ ...this.shown.chosen, ...part }));
  }
}
