// The app over recorded answers; the scene stands in the address.

import { mount } from "../src/app";
import { setBackend } from "../src/backend";
import { recorded, type Scene } from "./recorded";

const scene = JSON.parse(decodeURIComponent(location.hash.slice(1))) as Scene;
setBackend(recorded(scene));
void mount();
