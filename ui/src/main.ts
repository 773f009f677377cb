import { mount } from "svelte";
import App from "./App.svelte";
import { isReal, tauri } from "./backend/tauri";
import "./shared/base.css";

const backend = isReal() ? tauri : (await import("./backend/demo")).demo();
mount(App, { target: document.body, props: { backend } });
