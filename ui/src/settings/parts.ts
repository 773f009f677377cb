/** The parts of the settings, in order. */
import Bell from "@lucide/svelte/icons/bell";
import Cpu from "@lucide/svelte/icons/cpu";
import Folder from "@lucide/svelte/icons/folder";
import List from "@lucide/svelte/icons/list";
import Sun from "@lucide/svelte/icons/sun";
import Ffmpeg from "./Ffmpeg.svelte";
import General from "./General.svelte";
import Notifications from "./Notifications.svelte";
import Output from "./Output.svelte";
import Queue from "./Queue.svelte";

export const parts = [
  { name: "Queue", icon: List, part: Queue },
  { name: "Output", icon: Folder, part: Output },
  { name: "Notifications", icon: Bell, part: Notifications },
  { name: "ffmpeg", icon: Cpu, part: Ffmpeg },
  { name: "General", icon: Sun, part: General },
] as const;
