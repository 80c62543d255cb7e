export async function table4Report(_facts: string) {
  return { name: 'table4', markdown: '', json: {} };
}
