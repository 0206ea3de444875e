/** That of this package, under which its spans are known. */
export const version = '0.1.0';
