// The post stage of the action; see the end of action.ts.
import "./action.mjs";
