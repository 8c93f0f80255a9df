// Use the client that @hey-api/openapi-ts generates. The arguments are those of use_python_client.py.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { client } from "./hey-api/client.gen.ts";
import type { ImageInFull, UploadByUrl } from "./hey-api/index.ts";
import {
  addImage,
  addWebhook,
  classify,
  exportImages,
  getImage,
  listImages,
  listWebhooks,
  removeWebhook,
} from "./hey-api/index.ts";

const [api, token, picture, pictureUrl, receiver] = process.argv.slice(2) as [string, string, string, string, string];
client.setConfig({ baseUrl: api, auth: () => token });
const bytes = new Blob([await readFile(picture)], { type: "image/jpeg" });

async function settled(image_id: string): Promise<ImageInFull> {
  for (;;) {
    const { data } = await getImage({ path: { image_id }, throwOnError: true });
    if (data.status !== "queued") return data;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// upload: bytes, and by URL with options; the generator reads the first content type of a body only
const byBytes = await addImage({
  body: bytes as unknown as UploadByUrl,
  bodySerializer: null,
  headers: { "Content-Type": "image/jpeg" },
  query: { name: "bytes.jpg" },
  throwOnError: true,
});
const byUrl = await addImage({
  body: { url: pictureUrl, name: "url.png", options: { top_k: 1 } },
  throwOnError: true,
});
for (const [queued, name] of [[byBytes.data, "bytes.jpg"], [byUrl.data, "url.png"]] as const) {
  const image = await settled(queued.image_id);
  assert.deepEqual([image.name, image.recognition?.detections[0]?.label], [name, "cat"]);
}

// recognize at once
const atOnce = await classify({ body: bytes, query: { top_k: 1 }, throwOnError: true });
assert.equal(atOnce.data.detections[0]?.label, "cat");

// list by page, and filter
const names: string[] = [];
let cursor: string | null = null;
do {
  const query: { limit: number; cursor?: string } = cursor === null ? { limit: 1 } : { limit: 1, cursor };
  const { data } = await listImages({ query, throwOnError: true });
  names.push(...data.items.map((image) => image.name));
  cursor = data.next_cursor;
} while (cursor !== null);
assert.deepEqual(names.sort(), ["bytes.jpg", "url.png"]);
const found = await listImages({ query: { label: "cat", min_confidence: 0.5 }, throwOnError: true });
assert.equal(found.data.items.length, 2);

// an error is a value with its code; a picture that was made JSON gets the remedy
const missing = await getImage({ path: { image_id: `img_${"0".repeat(32)}` } });
assert(missing.error && missing.error.code === "no_such_image");
const asJson = await addImage({ body: bytes as unknown as UploadByUrl, headers: { "Content-Type": "image/jpeg" } });
assert(asJson.error && asJson.error.status === 400 && asJson.error.detail.includes("bytes"));

// webhooks
const webhook = await addWebhook({ body: { url: receiver, events: ["image.recognized"] }, throwOnError: true });
assert.match(webhook.data.secret, /^whsec_/);
const webhooks = await listWebhooks({ throwOnError: true });
assert.deepEqual(webhooks.data.items.map((known) => known.webhook_id), [webhook.data.webhook_id]);
const removed = await removeWebhook({ path: { webhook_id: webhook.data.webhook_id }, throwOnError: true });
assert.equal(removed.response.status, 204);

// export
const exported = await exportImages({ query: { format: "json" }, throwOnError: true });
assert.equal(((await (await fetch(exported.data.url)).json()) as unknown[]).length, 2);
console.log("all is well");
