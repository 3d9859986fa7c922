// Pulumi starts a plugin in the folder of its user, whose compiler options are not ours. tsx takes off types by itself.
require("tsx/cjs");
require("./provider.ts");
