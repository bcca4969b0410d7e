import { mount } from "./app";
import { program, setBackend } from "./backend";

setBackend(program);
void mount();
