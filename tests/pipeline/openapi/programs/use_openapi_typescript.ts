// Use the types that openapi-typescript generates, by openapi-fetch. The arguments are those of use_python_client.py.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import createClient from "openapi-fetch";

import type { components, paths } from "./openapi-typescript.ts";

const [api, token, picture, pictureUrl, receiver] = process.argv.slice(2) as [string, string, string, string, string];
const client = createClient<paths>({ baseUrl: api, headers: { Authorization: `Bearer ${token}` } });
const bytes = new Blob([await readFile(picture)], { type: "image/jpeg" });

async function settled(image_id: string): Promise<components["schemas"]["ImageInFull"]> {
  for (;;) {
    const { data } = await client.GET("/images/{image_id}", { params: { path: { image_id } } });
    assert(data);
    if (data.status !== "queued") return data;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// upload: bytes, and by URL with options
const byBytes = await client.POST("/images", {
  params: { query: { name: "bytes.jpg" } },
  body: bytes as unknown as string, // openapi-typescript calls a file a string
  bodySerializer: (body) => body as unknown as BodyInit,
  headers: { "Content-Type": "image/jpeg" },
});
const byUrl = await client.POST("/images", { body: { url: pictureUrl, name: "url.png", options: { top_k: 1 } } });
assert(byBytes.data, JSON.stringify(byBytes.error));
assert(byUrl.data, JSON.stringify(byUrl.error));
for (const [queued, name] of [[byBytes.data, "bytes.jpg"], [byUrl.data, "url.png"]] as const) {
  const image = await settled(queued.image_id);
  assert.deepEqual([image.name, image.recognition?.detections[0]?.label], [name, "cat"]);
}

// list by page, and filter
const names: string[] = [];
let cursor: string | null = null;
do {
  const query: { limit: number; cursor?: string } = cursor === null ? { limit: 1 } : { limit: 1, cursor };
  const { data } = await client.GET("/images", { params: { query } });
  assert(data);
  names.push(...data.items.map((image) => image.name));
  cursor = data.next_cursor;
} while (cursor !== null);
assert.deepEqual(names.sort(), ["bytes.jpg", "url.png"]);
const found = await client.GET("/images", { params: { query: { label: "cat", min_confidence: 0.5 } } });
assert.equal(found.data?.items.length, 2);

// an error is a value with its code
const missing = await client.GET("/images/{image_id}", { params: { path: { image_id: `img_${"0".repeat(32)}` } } });
assert(missing.error && missing.error.code === "no_such_image");

// webhooks
const webhook = await client.POST("/webhooks", { body: { url: receiver, events: ["image.recognized"] } });
assert.match(webhook.data?.secret ?? "", /^whsec_/);
const webhooks = await client.GET("/webhooks");
const ids = webhooks.data?.items.map((known) => known.webhook_id);
assert.deepEqual(ids, [webhook.data?.webhook_id]);
for (const webhook_id of ids ?? []) {
  const { response } = await client.DELETE("/webhooks/{webhook_id}", { params: { path: { webhook_id } } });
  assert.equal(response.status, 204);
}

// export
const exported = await client.GET("/images/export", { params: { query: { format: "json" } } });
assert(exported.data);
assert.equal(((await (await fetch(exported.data.url)).json()) as unknown[]).length, 2);
console.log("all is well");
