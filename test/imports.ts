/** The specifiers of every import, re-export and dynamic import in a source, comments and texts left out. */
export function importsOf(source: string): readonly string[] {
  const code = withoutComments(source);
  const statements = /(?:^|[;}\n])\s*(?:import|export)\s*(?:[^'"`;()]*?\bfrom\s*)?(['"])([^'"\n]+)\1/g;
  const calls = /\b(?:import|require|tsImport)\(\s*(['"`])([^'"`\n]+)\1/g;
  return [...code.matchAll(statements), ...code.matchAll(calls)].map((found) => found[2] ?? '');
}

/** Comments become spaces; what looks like one inside a text or a pattern stays. */
function withoutComments(source: string): string {
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(^|[^\\/])\/\/[^\n]*/gm;
  return source.replace(tokens, (token, before: string | undefined) => {
    if (token.startsWith('/*')) return ' ';
    return before === undefined ? token : before;
  });
}
