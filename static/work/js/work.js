// The plain pages: forms that speak to the API, keys, times that count on, and a page that is always as the rows are.

import { armingBind } from "../../dispatch/js/arming.js";
import { clockSet } from "../../dispatch/js/words.js";
import { agesTick } from "./ages.js";
import { bellBegin } from "./bell.js";
import { cardBind } from "./card.js";
import { connectionBind } from "./connection.js";
import { duplicatesBind } from "./duplicates.js";
import { formsBind } from "./forms.js";
import { keysBind } from "./keys.js";
import { overrideBind } from "./override.js";
import { partsBegin, readAgain } from "./parts.js";
import { picksBind, picksShow } from "./picks.js";
import { placesBind } from "./places.js";
import { printingBind } from "./printing.js";
import { priorityBind } from "./priority.js";
import { keptSay } from "./said.js";

function freshBind(root) {
  placesBind(root);
  duplicatesBind(root);
  overrideBind(root);
  priorityBind(root);
  picksShow();
  agesTick();
}

clockSet(document.getElementById("live").dataset.now);
partsBegin({ fresh: freshBind });
freshBind(document);
connectionBind(readAgain);
formsBind();
keysBind();
armingBind();
cardBind();
picksBind();
printingBind();
bellBegin();
keptSay();
setInterval(agesTick, 500);
