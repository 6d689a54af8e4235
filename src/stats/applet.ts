// Owns the answers of the statistics page: page, exports, 401, and the form's redirect. It runs in the workers and reads shared records only;
// what a visitor may change is handed to the main thread. Configuration manual §4.2 "stats …".

import { compileCondition } from "../acl/index.ts";
import type { ProxyModel, StatsPageModel } from "../config/model/index.ts";
import type { Applet, AppletRequest, AppletResponse } from "../engine/index.ts";
import { methodIds } from "../protocol/http/methods.ts";
import type { SampleView } from "../sample/index.ts";
import { latin1, latin1Bytes } from "../stdx/index.ts";
import { type AdminResult, applyForm } from "./admin-form.ts";
import { collectRows, everything } from "./collect.ts";
import { jsonSchema } from "./json-schema.ts";
import { renderPage } from "./page.ts";
import { headerValue, isAuthorized, type PageOptions, pageLink, pageOptions } from "./page-request.ts";
import { renderCsv, renderJson, renderTyped } from "./render.ts";
import type { StatsAppletServices } from "./types.ts";
import { StatsView } from "./view.ts";

const UNAUTHORIZED =
  "<html><body><h1>401 Unauthorized</h1>\nYou need a valid user and password to access this content.\n</body></html>\n";

const TYPES = {
  html: "text/html; charset=utf-8",
  csv: "text/plain",
  typed: "text/plain",
  json: "application/json",
  "json-schema": "application/json",
} as const;

/** The page of each proxy that has one. */
export function createStatsApplet(services: StatsAppletServices): Applet {
  const pages = services.model.proxies.map((proxy) =>
    proxy.stats === undefined ? undefined : new StatsPage(services, proxy, proxy.stats),
  );
  return { handle: (request) => pages[request.proxyIndex]?.handle(request) };
}

class StatsPage {
  readonly #services: StatsAppletServices;
  readonly #proxy: ProxyModel;
  readonly #page: StatsPageModel;
  readonly #adminConditions: readonly ((view: SampleView) => boolean)[];

  constructor(services: StatsAppletServices, proxy: ProxyModel, page: StatsPageModel) {
    this.#services = services;
    this.#proxy = proxy;
    this.#page = page;
    this.#adminConditions = page.admin.map((condition) => compileCondition(condition));
  }

  handle(request: AppletRequest): AppletResponse | undefined {
    const { head } = request;
    const isPost = head.method === methodIds.POST;
    if (!isPost && head.method !== methodIds.GET && head.method !== methodIds.HEAD) return undefined;
    const options = pageOptions(latin1(head.bytes, head.targetStart, head.targetEnd), this.#page.uriPrefix);
    if (options === undefined) return undefined;
    if (!isAuthorized(head, this.#page.users)) return this.#unauthorized();
    const admin = this.#adminConditions.some((holds) => holds(request.view));
    if (isPost) return this.#redirect(options, admin ? this.#act(request) : "DENY");
    return this.#answer(options, admin);
  }

  #unauthorized(): AppletResponse {
    const realm = this.#page.realm.replace(/["\\]/g, "\\$&");
    return {
      status: 401,
      headers: ["cache-control: no-cache", "content-type: text/html", `www-authenticate: Basic realm="${realm}"`],
      body: latin1Bytes(UNAUTHORIZED),
    };
  }

  #redirect(options: PageOptions, result: AdminResult): AppletResponse {
    return {
      status: 303,
      headers: [
        "cache-control: no-cache",
        "content-type: text/plain",
        `location: ${pageLink(this.#page.uriPrefix, { ...options, format: "html" }, { result })}`,
      ],
      body: new Uint8Array(0),
    };
  }

  #act(request: AppletRequest): AdminResult {
    // DIFFERS: a browser that says the form came from another site is refused, since it would send the page's password along.
    if (headerValue(request.head, "sec-fetch-site") === "cross-site") return "DENY";
    if (request.head.contentLength > request.body.length) return "EXCD";
    const visible = (name: string) => this.#isInScope(name);
    return applyForm(this.#services, request.body, visible, (serverIndex, action) =>
      this.#services.onAdminAction(serverIndex, action),
    );
  }

  #isInScope(name: string): boolean {
    const { scope } = this.#page;
    return scope.length === 0 || scope.includes(name) || (scope.includes(".") && name === this.#proxy.name);
  }

  #answer(options: PageOptions, admin: boolean): AppletResponse {
    const headers = ["cache-control: no-cache", `content-type: ${TYPES[options.format]}`];
    const { refreshSeconds } = this.#page;
    if (refreshSeconds !== undefined && !options.noRefresh) headers.push(`refresh: ${refreshSeconds}`);
    if (options.format === "html") {
      headers.push(
        "content-security-policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'",
      );
    }
    return { status: 200, headers, body: latin1Bytes(this.#body(options, admin)) };
  }

  #body(options: PageOptions, admin: boolean): string {
    if (options.format === "json-schema") return jsonSchema;
    const view = new StatsView(this.#services);
    const wanted = options.scope.toLowerCase();
    const rows = collectRows(view, {
      ...everything,
      hideDown: options.hideDown,
      hideMaintenance: options.hideMaintenance,
      countServers: options.hideDown || options.hideMaintenance,
      legends: this.#page.showLegends,
      isVisible: ({ name }) => this.#isInScope(name) && name.toLowerCase().includes(wanted),
    });
    switch (options.format) {
      case "csv":
        return renderCsv(rows);
      case "typed":
        return renderTyped(rows);
      case "json":
        return renderJson(rows);
      case "html":
        return renderPage(view, { page: this.#page, options, rows, admin });
    }
  }
}
