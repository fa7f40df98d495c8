import { runStage } from "./action.mjs";

await runStage("main");
