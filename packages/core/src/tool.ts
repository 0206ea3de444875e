/** A function the model may call. Of a property's schema, the server keeps only the keys listed here. */
export interface Tool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: ToolParameters;
  };
}

/** The arguments of a tool, as an object schema. */
export interface ToolParameters {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, ToolProperty>>;
  readonly required?: readonly string[];
  readonly $defs?: unknown;
  readonly items?: unknown;
}

/** The schema of one argument. Other JSON Schema keys are dropped by the server in silence. */
export interface ToolProperty {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ToolProperty[];
  readonly items?: unknown;
  readonly properties?: Readonly<Record<string, ToolProperty>>;
  readonly required?: readonly string[];
}

/** A call the model wrote; always whole, its arguments parsed but not checked against the tool's schema. */
export interface ToolCall {
  /** Made by the server; may be absent. */
  readonly id?: string;
  readonly function: {
    /** Its place among the calls of the answer. */
    readonly index?: number;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
}
