/** A value of YAML that is this text and no expression. */
export function plainValue(text: string): string {
  const literal = text.replaceAll('${', '$${');
  const plain =
    /^[A-Za-z][\w./-]*(?::[\w./-]+)*$/.test(literal) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(literal);
  return plain ? literal : JSON.stringify(literal);
}

/** A value of YAML that is this expression. */
export const quotedValue = (expression: string): string =>
  /^\$\{[\w.]+\}$/.test(expression) ? expression : `'${expression.replaceAll("'", "''")}'`;

const celWords = new Set(
  'as break const continue else false for function if import in let loop null package namespace return true var void while'.split(
    ' ',
  ),
);

/** The expression that reads a column. */
export const columnExpression = (column: string): string =>
  /^[A-Za-z_]\w*$/.test(column) && !celWords.has(column) ? `\${row.${column}}` : `\${row[${JSON.stringify(column)}]}`;
