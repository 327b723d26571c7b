// Draws the API's reference from its OpenAPI document. Everything is put into the page as text, never as markup.
"use strict";

const methods = ["get", "post", "put", "patch", "delete"];
let api;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// Of Markdown the document uses code, links and lists.
function prose(text) {
  const blocks = [];
  for (const block of (text ?? "").split(/\n\s*\n/)) {
    const lines = block.split("\n");
    if (lines.every((line) => line.startsWith("- "))) {
      blocks.push(element("ul", {}, lines.map((line) => element("li", {}, inline(line.slice(2))))));
    } else if (block.trim()) {
      blocks.push(element("p", {}, inline(block)));
    }
  }
  return blocks;
}

function inline(text) {
  const parts = [];
  const pattern = /`([^`]+)`|\[([^\]]+)\]\((\/[^)\s]*)\)/g;
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(text.slice(from, found.index));
    parts.push(found[1] ? element("code", {}, found[1]) : element("a", { href: found[3] }, found[2]));
    from = found.index + found[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

function resolve(node) {
  if (!node?.$ref) return node;
  const target = node.$ref.slice(2).split("/").reduce((at, step) => at?.[step.replaceAll("~1", "/").replaceAll("~0", "~")], api);
  return node.description ? { ...target, description: node.description } : target;
}

function nameOf(reference) {
  return reference.split("/").pop();
}

function typeOf(schema) {
  if (!schema) return ["any"];
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return [element("a", { href: `#schema-${name}` }, name)];
  }
  const union = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (union) {
    const sign = schema.allOf ? " & " : " | ";
    return union.flatMap((part, i) => (i ? [sign, ...typeOf(part)] : typeOf(part)));
  }
  const types = [schema.type ?? "any"].flat();
  return types.flatMap((type, i) => {
    const shown = type === "array" ? ["list of ", ...typeOf(schema.items)] : type === "string" && schema.format ? [schema.format] : [type];
    return i ? [" | ", ...shown] : shown;
  });
}

function limits(schema) {
  const said = [];
  if (schema.readOnly) said.push("read-only");
  if (schema.minLength !== undefined) said.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined) said.push(`at most ${schema.maxLength} characters`);
  if (schema.minimum !== undefined || schema.maximum !== undefined) said.push(`${schema.minimum ?? "…"} to ${schema.maximum ?? "…"}`);
  if (schema.maxItems !== undefined) said.push(`at most ${schema.maxItems} items`);
  if (schema.pattern) said.push(`matches ${schema.pattern}`);
  if (schema.default !== undefined) said.push(`default ${JSON.stringify(schema.default)}`);
  if (schema.enum && schema.enum.length <= 40) said.push(`one of ${schema.enum.join(", ")}`);
  return said.length ? element("div", { class: "faint" }, said.join(" · ")) : null;
}

function row(name, schema, required, description) {
  return element("tr", {},
    element("td", {}, element("code", {}, name), required ? element("div", { class: "required" }, "required") : null),
    element("td", { class: "type" }, typeOf(schema)),
    element("td", {}, inline(description ?? schema?.description ?? ""), limits(schema?.$ref ? {} : schema ?? {})));
}

function table(rows, first) {
  return element("div", { class: "wide" }, element("table", {},
    element("thead", {}, element("tr", {}, [first, "Type", "Meaning"].map((head) => element("th", {}, head)))),
    element("tbody", {}, rows)));
}

function shape(schema) {
  const parts = [];
  if (schema.properties) {
    const required = new Set(schema.required ?? []);
    const members = Object.entries(schema.properties);
    const near = members.filter(([name]) => !name.includes("."));
    const far = members.filter(([name]) => name.includes("."));
    parts.push(table(near.map(([name, member]) => row(name, member, required.has(name))), "Member"));
    if (far.length) {
      parts.push(element("details", { class: "inner" }, element("summary", {}, `${far.length} members of related records`),
        table(far.map(([name, member]) => row(name, member, false)), "Member")));
    }
  } else if (schema.enum) {
    parts.push(element("p", {}, schema.enum.flatMap((value, i) => (i ? [", ", element("code", {}, value)] : [element("code", {}, value)]))));
  } else {
    parts.push(element("p", { class: "type" }, typeOf(schema)));
    for (const part of schema.allOf ?? schema.anyOf ?? []) if (part.properties) parts.push(...shape(part));
  }
  return parts;
}

function json(value) {
  return element("pre", { tabindex: "0" }, element("code", {}, JSON.stringify(value, null, 2)));
}

function content(media) {
  return Object.entries(media ?? {}).flatMap(([type, { schema, example }], i) => [
    element("p", {}, element("code", {}, type), ": ", element("span", { class: "type" }, typeOf(schema))),
    schema && !schema.$ref && schema.properties ? shape(schema) : null,
    example !== undefined && i === 0 ? element("details", { class: "inner" }, element("summary", {}, "Example"), json(example)) : null,
  ]).flat();
}

function operation(path, method, described) {
  const parameters = (described.parameters ?? []).map(resolve);
  const body = resolve(described.requestBody);
  const open = described.security?.length === 0;
  return element("section", { class: "operation", id: described.operationId, "data-words": `${described.operationId} ${method} ${path} ${described.summary}`.toLowerCase() },
    element("details", { class: "entry" },
      element("summary", {},
        element("span", { class: `method ${method}` }, method.toUpperCase()),
        element("span", { class: "path" }, path),
        element("span", { class: "faint" }, described.summary)),
      element("div", {},
        element("p", {}, element("code", {}, described.operationId), " – ", inline(described.description ?? "")),
        open ? element("p", { class: "faint" }, "Needs no access token.") : null,
        parameters.length ? [element("h4", {}, "Parameters"), table(parameters.map((p) => row(`${p.name} (${p.in})`, p.schema, p.required, p.description)), "Name")] : null,
        body ? [element("h4", {}, "Body"), content(body.content)] : null,
        element("h4", {}, "Answers"),
        Object.entries(described.responses).map(([status, reference]) => {
          const response = resolve(reference);
          const headers = Object.entries(response.headers ?? {});
          return element("details", { class: "inner" },
            element("summary", {}, element("code", {}, status), ` ${response.description}`),
            headers.length ? table(headers.map(([name, header]) => row(name, header.schema, false, header.description)), "Header") : null,
            content(response.content));
        }))));
}

function schemaEntry(name, schema) {
  return element("section", { class: "schema", id: `schema-${name}`, "data-words": name.toLowerCase() },
    element("details", { class: "entry" },
      element("summary", {}, element("h3", {}, name), element("span", { class: "faint" }, schema.description ?? "")),
      element("div", {}, shape(schema),
        schema.examples?.length ? element("details", { class: "inner" }, element("summary", {}, "Example"), json(schema.examples[0])) : null)));
}

function draw() {
  const groups = new Map(api.tags.map(({ name }) => [name, []]));
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of methods.filter((known) => item[known])) groups.get(item[method].tags[0]).push([path, method, item[method]]);
  }

  const page = document.getElementById("content");
  const links = document.getElementById("links");
  page.replaceChildren(element("h1", {}, api.info.title, " ", element("span", { class: "faint" }, api.info.version)), ...prose(api.info.description));
  for (const [tag, operations] of groups) {
    page.append(element("h2", { id: `tag-${tag}` }, tag), ...operations.map((entry) => operation(...entry)));
    links.append(element("h2", {}, tag), element("ul", {}, operations.map(([, method, described]) =>
      element("li", {}, element("a", { href: `#${described.operationId}` }, element("span", { class: `method ${method}` }, method.toUpperCase()), " ", described.summary)))));
  }

  const schemas = Object.entries(api.components.schemas);
  page.append(element("h2", { id: "schemas" }, "Schemas"), ...schemas.map(([name, schema]) => schemaEntry(name, schema)));
  links.append(element("h2", {}, "Schemas"), element("ul", {}, schemas.map(([name]) => element("li", {}, element("a", { href: `#schema-${name}` }, name)))));
}

function search(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section[data-words]")) {
    const hit = wanted.every((word) => section.dataset.words.includes(word));
    section.hidden = !hit;
    const link = document.querySelector(`nav a[href="#${CSS.escape(section.id)}"]`);
    if (link) link.parentElement.hidden = !hit;
  }
  for (const heading of document.querySelectorAll("#links h2")) heading.hidden = !heading.nextElementSibling.querySelector("li:not([hidden])");
  for (const heading of document.querySelectorAll("main h2")) {
    let next = heading.nextElementSibling;
    while (next && next.tagName === "SECTION" && next.hidden) next = next.nextElementSibling;
    heading.hidden = !next || next.tagName !== "SECTION";
  }
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const entry = target?.querySelector(":scope > details");
  if (entry) {
    entry.open = true;
    target.scrollIntoView();
  }
}

async function start() {
  try {
    const answer = await fetch("/openapi/v1.json");
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    api = await answer.json();
    draw();
    openTarget();
  } catch (failure) {
    document.getElementById("content").replaceChildren(element("p", {}, `The OpenAPI document could not be read: ${failure.message}.`));
  }
  document.getElementById("search").addEventListener("input", (event) => search(event.target.value));
  addEventListener("hashchange", openTarget);
}

start();
