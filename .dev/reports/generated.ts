/** Text with the parts between `<!-- generated: NAME -->` and `<!-- end -->` written anew. Other names stay as they are. */
export function fillGenerated(text: string, parts: Readonly<Record<string, string | undefined>>): string {
  return text.replace(
    /(<!-- generated: (\w+) -->\n)([\s\S]*?)(<!-- end -->)/g,
    (whole, start: string, name: string, _old: string, end: string) => {
      const part = parts[name];
      return part === undefined ? whole : `${start}${part.trim()}\n${end}`;
    },
  );
}
