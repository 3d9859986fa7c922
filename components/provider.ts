// The provider of the component package, as Pulumi starts it (provider.js).
import { componentProviderHost } from "@pulumi/pulumi/provider/experimental";
import { ModelServer, TrackingServer } from "./plugin";

void componentProviderHost({
  name: "ecluse",
  dirname: __dirname,
  components: [TrackingServer, ModelServer],
});
