/** The servers for editors and assistants, in one bundle of their own. */
export { startLanguageServer } from "./language-server.js";
export { startAssistantServer } from "./assistant-server.js";
