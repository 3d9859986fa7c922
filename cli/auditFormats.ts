/** The formats of `audit`'s reports; here, so that the help can name them without loading what writes them. */
export const auditFormats = ["html", "oscal", "sarif", "junit", "csv", "json"] as const;

/** One of them. */
export type AuditFormat = (typeof auditFormats)[number];
