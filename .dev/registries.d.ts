export function staleRegistries(): { file: string; text: string }[];
