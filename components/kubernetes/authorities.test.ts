import { describe, expect, it } from "vitest";
import type { ClusterSettings, EnvironmentSettings } from "../settings";
import { trusting } from "./authorities";
import { fakeFoundation, only, type Recorded, record, templates, testSettings } from "./fixture";
import { awaited, clusterEnvironment, run, signing } from "./fixtureWorkloads";
import type { PodAccess } from "./foundation";
import { onPremise, onPremiseSettings } from "./onpremise";
import { onPremiseTestSettings } from "./onpremiseFixture";
import { podsOf } from "./pods";

const file = "/var/run/ecluse/authorities/ca-bundle.crt";
const pem = "-----BEGIN CERTIFICATE-----\n";
const byPem = { pem, key: "ca-bundle.crt" };

const naming = (
  authorities: ClusterSettings["authorities"],
  settings = testSettings(),
): EnvironmentSettings => ({
  ...settings,
  cluster: { ...(settings.cluster as ClusterSettings), authorities },
});

const configMaps = (made: readonly Recorded[]) =>
  made
    .filter(
      ({ type, inputs }) => type.endsWith(":ConfigMap") && inputs.metadata.name.startsWith("authorities-"),
    )
    .map(({ inputs }) => inputs.metadata.namespace);

describe("the authorities of the settings", () => {
  it("reach every pod: as a file, and by the words of its clients", async () => {
    const made = await run(naming(byPem));
    expect(templates(made).length).toBeGreaterThan(5);
    for (const { name, template } of templates(made)) {
      const [container] = template.spec.containers;
      expect(container.env, name).toEqual(
        expect.arrayContaining(
          ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"].map((each) => ({
            name: each,
            value: file,
          })),
        ),
      );
      expect(container.volumeMounts, name).toContainEqual({
        name: "authorities",
        mountPath: "/var/run/ecluse/authorities",
        readOnly: true,
      });
    }
    expect(awaited(only(made, "CronJob", "monitor"))).toContain("dev-bank-churn-authorities");
  });

  it("are a ConfigMap of each namespace, made once", async () => {
    const made = await run(naming(byPem));
    expect(configMaps(made).sort()).toEqual(["dev-bank-churn", "dev-bank-churn-ci", "dev-platform"]);
    for (const { inputs } of made.filter(({ name }) => name.endsWith("-authorities")))
      expect(inputs.data).toEqual({ "ca-bundle.crt": pem });
  });

  it("start every pod again when they change", async () => {
    const volumesOf = async (authorities: ClusterSettings["authorities"]) =>
      templates(await run(naming(authorities))).map(({ template }) =>
        template.spec.volumes.find(({ name }: { name: string }) => name === "authorities"),
      );
    const [before, after] = [await volumesOf(byPem), await volumesOf({ ...byPem, pem: `${pem}another\n` })];
    expect(before.length).toBeGreaterThan(5);
    for (const [index, volume] of before.entries()) expect(volume).not.toEqual(after[index]);
  });

  it("are somebody else's ConfigMap, where the settings name one", async () => {
    const made = await run(naming({ configMap: "trusted-ca", key: "bundle.pem" }));
    expect(configMaps(made)).toEqual([]);
    const { volumes } = only(made, "Deployment", "tracking").inputs.spec.template.spec;
    expect(volumes).toContainEqual({
      name: "authorities",
      configMap: { name: "trusted-ca", items: [{ key: "bundle.pem", path: "ca-bundle.crt" }] },
    });
  });

  it("are what the runner knows GitLab by, and the helper and the jobs that it starts", async () => {
    const settings = naming(byPem);
    const made = await record((options) => {
      clusterEnvironment(fakeFoundation(options, settings), settings).releases(signing);
    });
    const { data } = only(made, "ConfigMap", "gitlab-runner").inputs;
    expect(data["head.toml"]).toContain(`tls-ca-file = "${file}"`);
    const patch = /"patch" = "(.*)" \}\]$/m.exec(data["tail.toml"])?.[1];
    const { containers, volumes } = JSON.parse(JSON.parse(`"${patch}"`));
    expect(containers.map(({ name }: { name: string }) => name)).toEqual(["build", "helper"]);
    for (const { env, volumeMounts } of containers) {
      expect(env).toContainEqual({ name: "SSL_CERT_FILE", value: file });
      expect(volumeMounts.map(({ name }: { name: string }) => name)).toContain("authorities");
    }
    expect(containers[1].env.map(({ name }: { name: string }) => name)).not.toContain("ECLUSE_SIGNING_KEY");
    expect(volumes.map(({ name }: { name: string }) => name)).toContain("authorities");
  });

  it("leave the deployed store its own authority", async () => {
    const settings = naming(byPem, onPremiseTestSettings());
    let env: PodAccess["env"] = [];
    await record(({ parent }) => {
      const { scope, store } = onPremise(onPremiseSettings(settings), parent);
      const monitor = podsOf("dev").monitor("bank-churn");
      env = trusting(scope, monitor.namespace, [store.access(monitor, "reports", "read-write")]).env;
    });
    expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toMatchObject({
      AWS_CA_BUNDLE: "/var/run/ecluse/authority/ca.crt",
      SSL_CERT_DIR: "/var/run/ecluse/authority",
      SSL_CERT_FILE: file,
    });
  });

  it("are none where the settings name none", async () => {
    const made = await run();
    expect(JSON.stringify(templates(made))).not.toContain("authorities");
  });
});
