// Owns the names of variables: "scope.name". Configuration manual §2.8.

const scopes = new Set(["proc", "sess", "txn", "req", "res", "check", "psess", "ptxn", "preq", "pres"]);

/** What the reference says about a name that it refuses, or undefined. */
export function variableProblem(name: string): string | undefined {
  if (name === "") return "Empty variable name cannot be accepted";
  const dot = name.indexOf(".");
  if (dot < 0 || dot === name.length - 1 || !scopes.has(name.slice(0, dot))) {
    return `invalid variable name '${name}'. A variable name must start with its scope. The scope can be 'proc', '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'`;
  }
  const bad = /[^a-zA-Z0-9_.]/.exec(name.slice(dot + 1));
  return bad === null ? undefined : `invalid syntax at char '${bad[0]}'`;
}
