import { kubectl } from "./kubectl";

/** Asks a database of an environment, as its administrator. */
export const sql = (environment: string, text: string, database = "postgres") => {
  const pod = ["--namespace", `${environment}-data`, "database-1", "--container", "postgres"];
  return kubectl(
    "exec",
    ...pod,
    "--",
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--tuples-only",
    "--no-align",
    "--dbname",
    database,
    "--command",
    text,
  );
};
