import { expect, it } from "vitest";
import { application, hostOf } from "./forge";
import type { Person } from "./gitlab/login";
import { experiments, type Ground } from "./ground";
import type { Answer, Server } from "./server";

const scientist: Person = { login: "ada", groups: ["ecluse-scientists"] };

/** The name and value of each cookie that an answer sets, in the form in which a browser sends them back. */
const cookies = ({ headers }: Answer) => (headers["set-cookie"] ?? []).map((one) => one.split(";")[0]);

/** A browser at the login proxy of an environment. */
class Browser {
  private readonly proxy: Server;
  private readonly host: string;

  constructor({ forge }: Ground, environment: string) {
    this.proxy = forge.outside(environment, "tracking");
    this.host = hostOf(environment, "tracking");
  }

  /** Gets a page with cookies. */
  get(path: string, sent: readonly (string | undefined)[] = []): Promise<Answer> {
    return this.proxy.send(path, { headers: { cookie: sent.join("; ") } });
  }

  /** Logs a person in; gives the answer to the way back from GitLab. */
  async logIn({ forge }: Ground, person: Person): Promise<Answer> {
    const first = await this.get("/");
    expect(first.status).toBe(302);
    const back = new URL(forge.login.agree(`${first.headers.location}`, person));
    expect(back.host).toBe(this.host);
    return this.get(`${back.pathname}${back.search}`, cookies(first));
  }
}

/** Tests of people who come by the login proxy, in both environments. */
export function login(ground: () => Ground): void {
  it("takes a person of the group to the tracking server, by GitLab's login", async () => {
    const browser = new Browser(ground(), "dev");
    const back = await browser.logIn(ground(), scientist);
    expect([back.status, back.headers.location]).toEqual([302, "/"]);
    expect(back.headers["set-cookie"]?.join()).toMatch(/__Host-ecluse=.*; HttpOnly; Secure; SameSite=Lax/);
    expect((await browser.get(experiments, cookies(back))).status).toBe(200);
  });

  it("refuses a person of another group", async () => {
    const browser = new Browser(ground(), "dev");
    const back = await browser.logIn(ground(), { login: "eve", groups: ["others"] });
    expect(back.status).toBe(403);
  });

  it("takes a session of one environment for none in the other", async () => {
    const session = cookies(await new Browser(ground(), "dev").logIn(ground(), scientist));
    const answer = await new Browser(ground(), "prod").get("/", session);
    expect([answer.status, answer.headers.location]).toEqual([
      302,
      expect.stringContaining(`client_id=${application("prod")}`),
    ]);
  });
}
