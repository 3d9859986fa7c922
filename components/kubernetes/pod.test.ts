import { beforeAll, describe, expect, it } from "vitest";
import { type Recorded, templates } from "./fixture";
import { awaited, run } from "./fixtureWorkloads";

let made: Recorded[];
beforeAll(async () => {
  made = await run();
});

describe("every pod", () => {
  it("is one of these", () => {
    expect(
      templates(made)
        .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name.replace(/-[0-9a-f]{10}$/, "")}`)
        .sort(),
    ).toEqual([
      "CronJob dev-bank-churn-ci/train",
      "CronJob dev-bank-churn/compact",
      "CronJob dev-bank-churn/monitor",
      "Deployment dev-bank-churn-ci/runner",
      "Deployment dev-bank-churn/serve",
      "Deployment dev-platform/proxy",
      "Deployment dev-platform/tracking",
      "Job dev-platform/database-admin",
      "Job dev-platform/prepare",
    ]);
  });

  it("can do as little as Pod Security restricted allows, and less", () => {
    for (const { template } of templates(made)) {
      const { spec } = template;
      expect(spec.securityContext).toEqual({
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(spec.containers).toHaveLength(1);
      expect(spec.initContainers).toBeUndefined();
      expect(spec.containers[0].securityContext).toEqual({
        privileged: false,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(spec.enableServiceLinks).toBe(false);
      for (const key of ["hostNetwork", "hostPID", "hostIPC", "imagePullSecrets"])
        expect(spec[key]).toBeUndefined();
    }
  });

  it("writes to a bounded /tmp only, and mounts nothing of the node", () => {
    // The runner's files have a test of their own.
    for (const { template } of templates(made).filter(({ name }) => name !== "runner")) {
      const [{ volumeMounts }] = template.spec.containers;
      const writable = volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => !readOnly);
      expect(writable).toEqual([{ name: "tmp", mountPath: "/tmp" }]);
      const [tmp, ...others] = template.spec.volumes;
      expect(tmp).toEqual({ name: "tmp", emptyDir: { sizeLimit: expect.stringMatching(/^\d+[GM]i$/) } });
      for (const volume of others)
        expect(Object.keys(volume)).toEqual(["name", volume.name === "token" ? "secret" : "projected"]);
    }
  });

  it("states what it takes, its memory and its disk as limits too, and pulls a digest once", () => {
    for (const { template } of templates(made)) {
      const [{ resources, imagePullPolicy, image }] = template.spec.containers;
      expect(resources.requests.cpu).toMatch(/^\d+m?$/);
      const [tmp] = template.spec.volumes.filter(({ name }: { name: string }) => name === "tmp");
      const [, amount, unit] = /^(\d+)([MG])i$/.exec(tmp.emptyDir.sizeLimit) ?? [];
      const disk = `${Number(amount) * (unit === "G" ? 1024 : 1) + 256}Mi`;
      expect(resources.limits).toEqual({ memory: resources.requests.memory, "ephemeral-storage": disk });
      expect(image).toMatch(/^registry\.example\.com\/[a-z0-9-]+@sha256:0{64}$/);
      expect(imagePullPolicy).toBe("IfNotPresent");
    }
  });

  it("has a ServiceAccount of its own that is made, with the cloud's marks and without a token", () => {
    const accounts = made.filter(({ type }) => type.endsWith(":ServiceAccount"));
    const key = (one: { namespace: string; name: string }) => `${one.namespace}/${one.name}`;
    const used = templates(made).map(({ namespace, template }) =>
      key({ namespace, name: template.spec.serviceAccountName }),
    );
    expect(used.sort()).toEqual(accounts.map(({ inputs }) => key(inputs.metadata)).sort());
    for (const { inputs } of accounts) {
      expect(inputs.automountServiceAccountToken).toBe(false);
      expect(inputs.metadata.annotations).toEqual({
        "azure.workload.identity/client-id": `id-of-${inputs.metadata.name}`,
      });
    }
    for (const { template } of templates(made))
      expect(template.metadata.labels["azure.workload.identity/use"]).toBe("true");
  });

  it("has no secret but by reference", () => {
    for (const { template } of templates(made))
      for (const { name, value } of template.spec.containers[0].env)
        if (/PASSWORD|SECRET|_KEY$/.test(name) && name !== "ECLUSE_SIGNING_PUBLIC_KEY")
          expect(value).toBeUndefined();
    expect(JSON.stringify(made.map(({ inputs }) => inputs))).not.toContain("32 bytes");
  });

  it("starts after its account and its policy", () => {
    for (const one of made.filter(({ type }) => /:(Deployment|Job|CronJob)$/.test(type)))
      expect(awaited(one)).toEqual(expect.arrayContaining([`${one.name}-account`, `${one.name}-policy`]));
  });
});
