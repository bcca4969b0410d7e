import "@testing-library/jest-dom/vitest";
import { configure } from "@testing-library/dom";

// A loaded machine draws slowly; a test that finds what it waits for does not wait.
configure({ asyncUtilTimeout: 20_000 });

// jsdom captures no pointer; a note that is clicked asks whether it does.
Element.prototype.hasPointerCapture ??= () => false;
