// One file, so that one worker previews each forge once for all of these.
import "./forgeAccess.check";
import "./forgeGroup.check";
import "./forgeProjects.check";
import "./forgeTiers.check";
