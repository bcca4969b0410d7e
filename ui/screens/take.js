// Takes a picture of every screen into docs/screens, and lets axe look at each: node screens/take.js [NAME...]
// LANH_CHROMIUM names the browser where it is not /usr/bin/chromium; --check takes no picture.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const pictures = fileURLToPath(new URL("../../docs/screens/", import.meta.url));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const takes = !process.argv.includes("--check");

const guardian = { info: {} };
const child = { info: { role: { role: "child", child: 1 } } };
const fresh = { info: { set_up: false } };

/** Clicks a button by its place, not by its words, which change with the language. */
const nav = (index) => async (page) => {
  await page.locator(".side ul .side-item").nth(index).click();
};
const main = async (page) => {
  await page.locator(".button-main").first().click();
};
const toPin = async (page) => {
  await main(page);
  const fields = page.locator("input[type=password]");
  await fields.nth(0).fill("739155");
  await fields.nth(1).fill("739155");
};
const toCode = async (page) => {
  await toPin(page);
  await main(page);
  await page.locator(".recovery-code").waitFor();
};
const toChild = async (page) => {
  await toCode(page);
  await main(page);
  await page.locator(".choice").nth(1).click();
  await page.locator(".field-short input").fill("2015");
};
const toPreset = async (page) => {
  await toChild(page);
  await main(page);
  await page.locator(".preset").waitFor();
};

const scenes = [
  { name: "first-run-1-language", scene: fresh },
  { name: "first-run-2-pin", scene: fresh, steps: toPin },
  { name: "first-run-3-recovery", scene: fresh, steps: toCode },
  { name: "first-run-4-child", scene: fresh, steps: toChild },
  { name: "first-run-5-rules", scene: fresh, steps: toPreset },
  {
    name: "first-run-6-done",
    scene: fresh,
    steps: async (page) => {
      await toPreset(page);
      await main(page);
    },
  },
  { name: "today", scene: guardian, settled: ".rings" },
  {
    name: "today-give-time",
    scene: guardian,
    steps: async (page) => page.locator(".child-foot .button-quiet").first().click(),
  },
  { name: "today-empty", scene: { info: {}, children: 0 }, quick: true },
  { name: "today-narrow", scene: guardian, size: { width: 320, height: 720 }, settled: ".rings" },
  { name: "rules", scene: guardian, steps: nav(1), settled: ".rule" },
  {
    name: "rules-hours",
    scene: guardian,
    steps: async (page) => {
      await nav(1)(page);
      await page.locator(".rule-open").nth(2).click();
      await page.locator(".schedule-grid").waitFor();
      await page.locator(".replay-answer").waitFor();
    },
  },
  {
    name: "rules-time",
    scene: guardian,
    steps: async (page) => {
      await nav(1)(page);
      await page.locator(".rule-open").nth(0).click();
      await page.locator(".replay-strip").waitFor();
      await page.locator(".replay").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "rules-history",
    scene: guardian,
    steps: async (page) => {
      await nav(1)(page);
      await page.locator(".content > .row .button-quiet").click();
      await page.locator(".change-back").nth(1).click();
      await page.locator(".change-ask").waitFor();
    },
  },
  {
    name: "rules-removed",
    scene: guardian,
    steps: async (page) => {
      await nav(1)(page);
      await page.locator(".rule .icon-button").nth(3).click();
      await page.locator(".toast").waitFor();
    },
  },
  { name: "apps", scene: guardian, steps: nav(2), settled: ".app-row" },
  {
    name: "apps-sorted",
    scene: guardian,
    steps: async (page) => {
      await nav(2)(page);
      await page.locator(".sort-name").first().focus();
      await page.keyboard.press("1");
      await page.locator(".toast").waitFor();
      await page.evaluate(() => document.fonts.ready);
    },
  },
  {
    name: "apps-one",
    scene: guardian,
    steps: async (page) => {
      await nav(2)(page);
      await page.locator(".app-row").nth(8).click();
      await page.locator(".says").waitFor();
    },
  },
  {
    name: "apps-narrow",
    scene: guardian,
    size: { width: 320, height: 720 },
    steps: nav(2),
    settled: ".app-row",
  },
  { name: "apps-many", scene: { info: {}, many: true }, steps: nav(2), settled: ".app-row", untaken: true },
  { name: "apps-empty", scene: { info: {}, bare: true }, steps: nav(2), settled: ".empty", quick: true },
  { name: "usage", scene: guardian, steps: nav(3), settled: ".day-track" },
  {
    name: "usage-table",
    scene: guardian,
    steps: async (page) => {
      await nav(3)(page);
      await page.locator(".as-table").click();
      await page.locator("table").nth(1).waitFor();
    },
  },
  {
    name: "usage-why",
    scene: guardian,
    steps: async (page) => {
      await nav(3)(page);
      await page.locator(".stretch-charged").first().focus();
      await page.locator(".day-why .sentences").waitFor();
    },
  },
  {
    name: "usage-month",
    scene: guardian,
    steps: async (page) => {
      await nav(3)(page);
      await page.locator(".switch button").nth(1).click();
      await page.locator(".month-day").first().waitFor();
    },
    settled: ".day-track",
  },
  {
    name: "usage-export",
    scene: guardian,
    steps: async (page) => {
      await nav(3)(page);
      await page.locator(".day-track").first().waitFor();
      await page.locator(".week-head .button-quiet").nth(1).click();
      await page.locator(".menu-item").first().waitFor();
    },
    untaken: true,
  },
  {
    name: "usage-narrow",
    scene: guardian,
    size: { width: 320, height: 720 },
    steps: nav(3),
    settled: ".day-track",
  },
  { name: "usage-empty", scene: { info: {}, bare: true }, steps: nav(3), quick: true },
  { name: "safety", scene: guardian, steps: nav(4), settled: ".finding" },
  {
    name: "safety-privacy",
    scene: guardian,
    steps: async (page) => {
      await nav(4)(page);
      await page.locator(".privacy .choice").nth(1).click();
      await page.locator(".privacy .note").waitFor();
      await page.locator(".privacy").scrollIntoViewIfNeeded();
    },
    settled: ".finding",
  },
  { name: "child", scene: child, settled: ".time-left .ring" },
  {
    name: "child-ask",
    scene: child,
    steps: async (page) => {
      await page.locator(".child-actions .button-main").click();
      await page.locator(".dialog").waitFor();
    },
  },
  {
    name: "child-time",
    scene: child,
    steps: async (page) => {
      await page.locator(".child-actions .button").nth(2).click();
      await page.locator(".my-time .button").first().click();
      await page.locator(".my-why").waitFor();
    },
  },
  { name: "child-held", scene: { ...child, held: true }, settled: ".held" },
  {
    name: "child-help",
    scene: child,
    steps: async (page) => {
      await page.locator(".button-help").click();
      await page.locator(".help-numbers").waitFor();
    },
  },
  { name: "pin", scene: { info: { role: { role: "nobody" } } } },
  {
    name: "offline",
    scene: { info: {}, trouble: { trouble: "not-running", path: "/run/lanh/lanhd.sock" } },
  },
];

/** Screens that are also looked at and taken at 200 %. */
const twice = ["today", "rules", "apps", "usage", "safety", "child"];

/** Each screen in every language; dark and high contrast where it is a screen of its own. */
const looks = [
  { language: "en", theme: "light" },
  { language: "vi", theme: "dark" },
  { language: "vi", theme: "light", unseen: true },
  { language: "en", theme: "contrast", unseen: true },
];
const large = { language: "vi", theme: "light", percent: 200 };

// Built like the app itself, but with recorded answers.
const outDir = `${root}node_modules/.screens`;
const logLevel = "error";
await build({ root, logLevel, build: { outDir, rolldownOptions: { input: `${root}screens/page.html` } } });
const server = await preview({
  root,
  logLevel,
  build: { outDir },
  preview: { port: 1421, strictPort: true },
});
const base = server.resolvedUrls?.local[0];
const browser = await chromium.launch({
  executablePath: process.env.LANH_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
await mkdir(pictures, { recursive: true });
let wrong = 0;
let looked = 0;
try {
  for (const { name, scene, steps, settled, size, quick, untaken } of scenes) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const shown = quick ? looks.slice(0, 1) : twice.includes(name) ? [...looks, large] : looks;
    for (const { language, theme, unseen, percent } of shown) {
      // At 200 % a window of the same size holds half as much each way.
      const zoomed = percent
        ? { viewport: { width: 560, height: 390 }, deviceScaleFactor: percent / 100 }
        : {};
      const context = await browser.newContext({
        viewport: size ?? { width: 1120, height: 780 },
        ...zoomed,
        reducedMotion: "reduce",
        locale: "en-GB",
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => {
        wrong += 1;
        console.error(`${name}: ${error.message}`);
      });
      await page.addInitScript(
        ([shown, said]) => {
          localStorage.setItem("lanh-theme", shown);
          localStorage.setItem("lanh-language", said);
        },
        [theme, language],
      );
      await page.goto(
        `${base}screens/page.html#${encodeURIComponent(JSON.stringify({ ...scene, language }))}`,
      );
      await page.locator("h1").first().waitFor();
      if (steps) await steps(page);
      if (settled) await page.locator(settled).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await page.addScriptTag({ path: `${root}node_modules/axe-core/axe.min.js` });
      const { violations } = await page.evaluate(() =>
        globalThis.axe.run(document, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        }),
      );
      looked += 1;
      for (const violation of violations) {
        wrong += 1;
        const where = violation.nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n    ");
        console.error(`${name} (${language}, ${theme}): ${violation.id}: ${violation.help}\n    ${where}`);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) {
        wrong += 1;
        console.error(`${name} (${language}, ${theme}): wider than its window`);
      }
      if (takes && !unseen && !untaken) {
        // A dialog covers the window, not the page behind it.
        const fullPage = (await page.locator(".dialog").count()) === 0;
        await page.screenshot({
          path: `${pictures}${name}-${language}-${theme}${percent ? `-${percent}` : ""}.png`,
          fullPage,
        });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(`${looked} views looked at, ${wrong} faults`);
process.exitCode = wrong === 0 ? 0 : 1;
