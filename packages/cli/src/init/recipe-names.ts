/** What a first workflow can do. */
export const recipeNames = ['classify', 'extract', 'summarise', 'chat'] as const;

/** One of them. */
export type RecipeName = (typeof recipeNames)[number];
