// One file, so that one worker previews each stack once for all of these.
import "./azure.check";
import "./cluster.check";
import "./contract.check";
import "./federation.check";
import "./gitlab.check";
import "./isolation.check";
import "./pods.check";
import "./reach.check";
import "./relations.check";
import "./roles.check";
import "./staging.check";
import "./stateful.check";
import "./tls.check";
