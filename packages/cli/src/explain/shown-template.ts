import type { Template } from '@millrace/schema';

/** A template as the file has it; where that is not one text, what it holds, or what it reads. */
export function shownTemplate(template: Template): string {
  if (template.text !== undefined) return template.text.trim();
  if (template.paths.size > 0) return `made from ${[...template.paths].join(', ')}`;
  const value = template.render({});
  return typeof value === 'string' ? value : JSON.stringify(value);
}
