import * as gitlab from "@pulumi/gitlab";

const provider = new gitlab.Provider("gitlab", { baseUrl: "https://gitlab.example/api/v4/", retries: 5 });
const project = new gitlab.Project("churn", { path: "churn" }, { provider });
const found = gitlab.getProjectOutput({ pathWithNamespace: "models/platform" }, { provider });
new gitlab.ProjectVariable(
  "password",
  { project: project.id, key: "PASSWORD", value: "hunter22", protected: true },
  { provider },
);
module.exports = { address: project.webUrl, platform: found.id };
