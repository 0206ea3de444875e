// The command line as the compiler left it, a file for each of ours and of its dependencies.
import { main } from '../cli/dist/main.js';

process.exitCode = await main(process);
