// A client as an integrator would write it. It is compiled, not run: that it compiles shows what the generated types are good for.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/api";

type Contact = components["schemas"]["Contact"];
type Problem = components["schemas"]["Problem"];

// filter[field][operator]=value; lists are comma-separated.
export function writeQuery(query: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  const write = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) parameters.append(name, value.join(","));
    else if (typeof value === "object") for (const [key, inner] of Object.entries(value)) write(`${name}[${key}]`, inner);
    else parameters.append(name, String(value));
  };
  for (const [name, value] of Object.entries(query)) write(name, value);
  return parameters.toString();
}

export const api = createClient<paths>({ baseUrl: "http://127.0.0.1:5080", querySerializer: writeQuery });

function explain(problem: Problem): string {
  const faults = (problem.errors ?? []).map((fault) => `${fault.pointer ?? fault.parameter ?? ""} ${fault.code}`);
  return [problem.code, ...faults].join("; ");
}

export async function signIn(email: string, password: string): Promise<string> {
  const { data, error } = await api.POST("/api/v1/auth/sign-in", { body: { email, password } });
  if (error) throw new Error(explain(error));
  api.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${data.accessToken}`) });
  return data.tenant?.identifier ?? "host";
}

export async function customersOf(country: string): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const { data, error }: Awaited<ReturnType<typeof page>> = await page(country, cursor);
    if (error) throw new Error(explain(error));
    for (const contact of data.data) names.push(`${contact.name ?? ""} (${contact.company?.name ?? "no company"})`);
    cursor = data.page.nextCursor;
  } while (cursor !== null);
  return names;
}

function page(country: string, cursor: string | null) {
  return api.GET("/api/v1/contacts", {
    params: {
      query: {
        filter: { lifecycleStage: "customer", "company.country": { eq: country }, createdAt: { gte: "2026-01-01T00:00:00Z" } },
        sort: ["-createdAt", "name"],
        fields: ["id", "name", "company.name"],
        limit: 200,
        ...(cursor === null ? {} : { cursor }),
      },
    },
  });
}

export async function rename(id: string, lastName: string): Promise<Contact> {
  const read = await api.GET("/api/v1/contacts/{id}", { params: { path: { id } } });
  if (read.error) throw new Error(explain(read.error));
  const { data, error, response } = await api.PATCH("/api/v1/contacts/{id}", {
    params: { path: { id }, header: { "If-Match": read.response.headers.get("ETag") ?? "*" } },
    body: { lastName, tags: ["renamed"] },
  });
  if (response.status === 412 && error && "current" in error && error.current) return error.current;
  if (error) throw new Error(explain(error));
  return data;
}

export async function openDealsAbove(amount: string) {
  const { data, error } = await api.POST("/api/v1/deals/query", {
    body: {
      filter: { and: [{ status: { in: ["open"] } }, { or: [{ amount: { gte: { amount, currency: "EUR" } } }, { tags: { any: ["key account"] } }] }, { not: { "company.country": { isNull: true } } }] },
      sort: ["-amount"],
      expand: ["company", "owner"],
      count: "exact",
    },
  });
  if (error) throw new Error(explain(error));
  return { count: data.count?.value ?? 0, first: data.data[0]?.amount?.amount };
}

export async function wonByMonth() {
  const { data, error } = await api.POST("/api/v1/reports/aggregate", {
    body: { recordType: "deal", filter: { status: { eq: "won" } }, groupBy: [{ field: "closeDate", bucket: "month" }], measures: [{ op: "count" }, { op: "sum", field: "amount" }] },
  });
  if (error) throw new Error(explain(error));
  return data.data.map((group) => [group.group["closeDate"], group.values] as const);
}

export async function createAndDrop(): Promise<void> {
  const { data, error } = await api.POST("/api/v1/contacts", {
    body: { firstName: "Ada", emails: [{ value: "ada@analytical.example", label: "work" }], lifecycleStage: "lead", companyId: null },
  });
  if (error) throw new Error(explain(error));
  const gone = await api.DELETE("/api/v1/contacts/{id}", { params: { path: { id: data.id }, query: { purge: true } } });
  if (gone.error) throw new Error(explain(gone.error));
}

// What the types must refuse: each of these lines would be an error if it compiled.
export const refused = [
  // @ts-expect-error there is no such member
  { firstNme: "Ada" } satisfies components["schemas"]["ContactCreate"],
  // @ts-expect-error the system keeps it
  { version: 3 } satisfies components["schemas"]["ContactUpdate"],
  // @ts-expect-error there is no such stage of life
  { lifecycleStage: "retired" } satisfies components["schemas"]["ContactCreate"],
  // @ts-expect-error a deal has a name
  { probability: 20 } satisfies components["schemas"]["DealCreate"],
  // @ts-expect-error there is no such field to filter by
  { birthday: { eq: "2026-01-01" } } satisfies components["schemas"]["ContactFilter"],
  // @ts-expect-error an id is not contained in anything
  { companyId: { contains: "x" } } satisfies components["schemas"]["ContactFilter"],
];
