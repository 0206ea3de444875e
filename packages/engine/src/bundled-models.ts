/** Names of the models that come with this package. Reading it loads nothing. */
export const bundledModels: readonly string[] = ['millrace-micro'];
