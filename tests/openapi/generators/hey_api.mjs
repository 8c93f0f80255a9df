// Generates a client by @hey-api/openapi-ts, with imports that Node can follow: `node hey_api.mjs openapi.json folder`.
import { createClient } from "@hey-api/openapi-ts";

const [input, path] = process.argv.slice(2);
await createClient({ input, logs: { level: "silent", file: false }, output: { path, module: { extension: ".ts" } } });
