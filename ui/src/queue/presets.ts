/** The icon and the purpose of each preset. A user's preset has the film icon. */
import Archive from "@lucide/svelte/icons/archive";
import Film from "@lucide/svelte/icons/film";
import Globe from "@lucide/svelte/icons/globe";
import Minimize2 from "@lucide/svelte/icons/minimize-2";
import Music from "@lucide/svelte/icons/music";
import Package from "@lucide/svelte/icons/package";
import Scissors from "@lucide/svelte/icons/scissors";
import Smartphone from "@lucide/svelte/icons/smartphone";
import Wifi from "@lucide/svelte/icons/wifi";
import type { PresetChoice } from "../backend/types";

const icons: Record<string, typeof Film> = {
  "web-1080p": Globe,
  "web-720p": Wifi,
  "small-hevc": Smartphone,
  "archive-av1": Archive,
  "edit-prores": Scissors,
  "remux-mp4": Package,
  "fit-size": Minimize2,
  "audio-m4a": Music,
};

export function presetIcon(id: string): typeof Film {
  return icons[id] ?? Film;
}

/** Returns what a preset is for, with its size limit if it has one. */
export function purpose(preset: PresetChoice | undefined): string {
  if (!preset) return "";
  return preset.sizeMb === null ? preset.description : `Below ${preset.sizeMb} MB · ${preset.description}`;
}
