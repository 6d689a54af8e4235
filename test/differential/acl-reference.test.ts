// Owns the promise that the recorded answers of `test/sample/golden` are the reference's: all cases are asked again. (That Pointsman gives the same
// answers is tested beside them, without the reference.)

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findReference } from "../support/reference.ts";
import { recordAnswers } from "./acl-record.ts";

const found = findReference();
const title = found.path === undefined ? `recorded answers (skipped: ${found.reason})` : "recorded answers";

describe.skipIf(found.path === undefined)(title, () => {
  test("are what the reference says today", async () => {
    const answers = await recordAnswers();
    for (const [name, lists] of Object.entries(answers)) {
      const path = join(import.meta.dir, "../sample/golden", `${name}.json`);
      expect(lists, name).toEqual(JSON.parse(readFileSync(path, "utf8")));
    }
  }, 120_000);
});
