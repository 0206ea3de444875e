/** Whether the long tests are to run: `MILLRACE_LONG=1`. */
export const long = process.env.MILLRACE_LONG === '1';
