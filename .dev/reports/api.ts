import ts from 'typescript';

/** Markdown of every export of the entry points, from their types and docstrings. */
export function apiPage(entries: readonly [core: string, node: string]): string {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram([...entries], options);
  const checker = program.getTypeChecker();
  const exportsOf = (file: string) => {
    const source = program.getSourceFile(file) as ts.SourceFile;
    const module = checker.getSymbolAtLocation(source) as ts.Symbol;
    return checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const [core, node] = entries.map(exportsOf) as [ts.Symbol[], ts.Symbol[]];
  const names = new Set(core.map(({ name }) => name));
  const sections = (symbols: readonly ts.Symbol[]) => symbols.flatMap((symbol) => section(symbol, checker));
  return `${[
    '# The library',
    '',
    'Written by `npm run reports` from types and docstrings. Everything is typed; errors are `ArchmeterError`.',
    '',
    '```ts',
    "import { analyze, buildModel } from 'archmeter/core'; // runs in a browser too",
    '',
    "const { totals, layers } = analyze(await buildModel('vovnet39'));",
    '```',
    '',
    '## archmeter/core',
    ...sections(core),
    '',
    '## archmeter',
    '',
    'All of `archmeter/core`, and for Node:',
    ...sections(node.filter(({ name }) => !names.has(name))),
  ].join('\n')}\n`;
}

function section(exported: ts.Symbol, checker: ts.TypeChecker): string[] {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const about = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol.getJsDocTags(checker).map(({ name, text }) => {
    const said = ts.displayPartsToString(text);
    return name === 'example'
      ? `\n\`\`\`ts\n${said}\n\`\`\``
      : `- ${name === 'param' ? said.replace(/^(\w+)/, '`$1`:') : `${name}: ${said}`}`;
  });
  return [
    '',
    `### ${exported.name}`,
    '',
    ...(about === '' ? [] : [about, '']),
    '```ts',
    declared(exported.name, symbol, checker),
    '```',
    ...(tags.length === 0 ? [] : ['', ...tags]),
  ];
}

const FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.WriteArrowStyleSignature;
/** A type longer than this is left to the editor. */
const LONGEST = 1500;

function declared(name: string, symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const declaration = symbol.declarations?.[0] as ts.Declaration;
  if (ts.isClassDeclaration(declaration)) return classShape(declaration);
  const shown = ts.isFunctionDeclaration(declaration)
    ? checker
        .getTypeOfSymbol(symbol)
        .getCallSignatures()
        .map((one) => `function ${name}${checker.signatureToString(one, undefined, ts.TypeFormatFlags.NoTruncation)}`)
        .join('\n')
    : ts.isVariableDeclaration(declaration)
      ? `const ${name}: ${checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, FLAGS)}`
      : withoutComments(declaration);
  return shown.length > LONGEST ? `${shown.slice(0, shown.lastIndexOf(' ', 200))} …` : shown;
}

/** Public members by their signatures, without bodies. */
function classShape(declaration: ts.ClassDeclaration): string {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const members = declaration.members
    .filter(
      (member) =>
        (ts.getCombinedModifierFlags(member) & hidden) === 0 &&
        !ts.isConstructorDeclaration(member) &&
        member.name !== undefined,
    )
    .map((member) => {
      const { body } = member as ts.MethodDeclaration;
      const written = body === undefined ? member.getText() : member.getText().slice(0, body.pos - member.getStart());
      return `  ${written.replace(/;$/, '').replace(/\s+/g, ' ').trim()};`;
    });
  return `class ${declaration.name?.text} {\n${members.join('\n')}\n}`;
}

const printer = ts.createPrinter({ removeComments: true });

function withoutComments(declaration: ts.Declaration): string {
  return printer.printNode(ts.EmitHint.Unspecified, declaration, declaration.getSourceFile()).replace(/^export /, '');
}
