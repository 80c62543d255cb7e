import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { validateXML } from 'xmllint-wasm';

const read = (name: string) => readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8');

/** Problems of a SARIF log by the schema that OASIS publishes; none for a valid one. */
export function sarifProblems(text: string): string[] {
  sarifSchema ??= compileSarif();
  return sarifSchema(JSON.parse(text))
    ? []
    : (sarifSchema.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

let sarifSchema: ValidateFunction | undefined;

function compileSarif(): ValidateFunction {
  // Draft 4 says `id` for what draft 7 calls `$id`; the schema uses nothing else that differs.
  const { $schema: _draft, id, ...schema } = JSON.parse(read('sarif-2.1.0-rtm.5.json'));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  return ajv.compile({ $id: id, ...schema });
}

/** Problems of JUnit XML by Jenkins' XSD, found by libxml2. */
export async function junitProblems(text: string): Promise<string[]> {
  const { valid, errors } = await validateXML({
    xml: { fileName: 'junit.xml', contents: text },
    schema: { fileName: 'junit-4.xsd', contents: read('junit-4.xsd') },
  });
  return valid ? [] : errors.map(({ message }) => message);
}
