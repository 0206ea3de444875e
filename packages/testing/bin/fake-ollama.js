#!/usr/bin/env node
import { runCommand } from '../dist/command.js';

await runCommand(process);
