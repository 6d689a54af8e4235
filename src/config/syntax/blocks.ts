// Owns the nesting of `.if … .elif … .else … .endif`: which lines count. It evaluates nothing itself. Configuration manual §2.4.

export type BlockDirective = ".if" | ".elif" | ".else" | ".endif";

type Branch = "taken" | "open" | "done";

interface Block {
  /** taken: the present branch counts; open: none has counted yet; done: one has, or an outer block is closed to all. */
  branch: Branch;
  sawElse: boolean;
}

/** The stack of open blocks of one file. */
export class ConditionalBlocks {
  readonly #blocks: Block[] = [];

  get depth(): number {
    return this.#blocks.length;
  }

  /** Whether ordinary lines count here. */
  get active(): boolean {
    const top = this.#blocks.at(-1);
    return top === undefined || top.branch === "taken";
  }

  /** Whether the condition of this directive is to be evaluated. */
  wantsCondition(directive: ".if" | ".elif"): boolean {
    return directive === ".if" ? this.active : this.#blocks.at(-1)?.branch === "open";
  }

  /** Follows a directive; `value` is its condition's when one was wanted. A text is why the directive is out of place. */
  follow(directive: BlockDirective, value: boolean): string | undefined {
    if (directive === ".if") {
      const branch: Branch = this.active ? (value ? "taken" : "open") : "done";
      this.#blocks.push({ branch, sawElse: false });
      return undefined;
    }
    const top = this.#blocks.at(-1);
    if (top === undefined) return `lone '${directive}' with no matching '.if'.`;
    if (directive === ".endif") {
      this.#blocks.pop();
      return undefined;
    }
    if (top.sawElse) return `'${directive}' after '.else' is not permitted.`;
    if (directive === ".else") top.sawElse = true;
    const counts = top.branch === "open" && (directive === ".else" || value);
    if (counts) top.branch = "taken";
    else if (top.branch === "taken") top.branch = "done";
    return undefined;
  }
}
