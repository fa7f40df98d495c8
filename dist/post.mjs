import "./action.mjs"; // see its end
