import { createProject, deleteProject } from "../../forge/projects";
import { homeFolder } from "../../home";
import type { Kind } from "../kind";

/** A project at the local forge. */
export interface ProjectInputs {
  readonly path: string;
  readonly useCase: string;
}

/** `Project`: its repository with a protected `main`; the removal removes the repository. */
export const project: Kind<ProjectInputs, { projectId: string }> = {
  inputs: { path: "string", useCase: "string" },
  async create(inputs) {
    return { projectId: createProject(homeFolder(), inputs).id };
  },
  async delete({ projectId }) {
    deleteProject(homeFolder(), projectId);
  },
};
